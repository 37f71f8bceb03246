import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.signals.noise import pink_noise, white_noise

RATE = 16000


def band_power(signal, low, high):
    frequency = np.fft.rfftfreq(signal.size, 1.0 / RATE)
    return np.sum(np.abs(np.fft.rfft(signal))[(low <= frequency) & (frequency < high)] ** 2)


def test_white_noise_has_unit_variance_and_the_shape_asked_for():
    noise = white_noise(np.random.default_rng(1), (3, 50000))
    assert noise.shape == (3, 50000)
    assert noise.dtype == np.float32
    assert np.var(noise, axis=1) == pytest.approx(np.ones(3), abs=0.03)
    assert np.corrcoef(noise) == pytest.approx(np.eye(3), abs=0.02)


def test_pink_noise_has_unit_rms():
    noise = pink_noise(np.random.default_rng(2), 10 * RATE, RATE)
    assert np.sqrt(np.mean(noise**2)) == pytest.approx(1.0, rel=1e-12)


def test_pink_noise_has_equal_power_in_every_octave():
    noise = pink_noise(np.random.default_rng(3), 60 * RATE, RATE)
    powers = [band_power(noise, low, 2 * low) for low in (62.5, 125, 250, 500, 1000, 2000, 4000)]
    assert 10 * np.log10(np.array(powers) / powers[0]) == pytest.approx(np.zeros(7), abs=0.5)


def test_density_of_pink_noise_falls_by_three_decibels_an_octave():
    noise = pink_noise(np.random.default_rng(4), 60 * RATE, RATE)
    centres = np.array([100, 200, 400, 800, 1600, 3200])
    density = [band_power(noise, f / 1.1, f * 1.1) / f for f in centres]
    slope = np.polyfit(np.log2(centres), 10 * np.log10(density), 1)[0]
    assert slope == pytest.approx(-10 * np.log10(2), abs=0.15)


def test_pink_noise_is_silent_below_hearing():
    noise = pink_noise(np.random.default_rng(5), 10 * RATE, RATE)
    assert band_power(noise, 0, 20) < 1e-20 * band_power(noise, 0, RATE)


@pytest.mark.parametrize("length", [2, 3, 17, 1000])
def test_pink_noise_may_be_short_or_odd(length):
    noise = pink_noise(np.random.default_rng(6), length, RATE)
    assert noise.shape == (length,)
    assert np.all(np.isfinite(noise))


def test_equal_generators_give_equal_noise():
    first, second = (pink_noise(np.random.default_rng(7), 999, RATE) for _ in range(2))
    assert np.array_equal(first, second)


def test_refuses_lengths_and_rates_without_an_audible_frequency():
    with pytest.raises(ParameterError, match="num_samples"):
        pink_noise(np.random.default_rng(8), 1, RATE)
    with pytest.raises(ParameterError, match="sample_rate"):
        pink_noise(np.random.default_rng(8), 100, 30)
