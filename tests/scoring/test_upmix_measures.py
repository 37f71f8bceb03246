import numpy as np
import pytest

from simgen.scoring.upmix_measures import (
    HEARING_BANDS,
    band_correlation,
    correlation,
    energy_db,
    leakage_db,
    segment_sdr_db,
    si_sdr_db,
)
from simgen.scoring.upmix_mix import StereoMix
from tests.references import upmix_score as plain

RATE = 48000


def noise(num_samples=RATE, seed=0):
    return np.random.default_rng(seed).standard_normal(num_samples)


@pytest.mark.parametrize("gain", [1e-3, 0.5, 1.0, 1e3])
def test_si_sdr_of_two_noises_by_hand(gain):
    """Orthogonal parts: the ratio is that of their energies, whatever the gain."""
    reference, other = np.array([1.0, 1.0, 1.0, 1.0]), np.array([1.0, -1.0, 1.0, -1.0])
    estimate = gain * (2.0 * reference + 0.5 * other)
    assert si_sdr_db(reference, estimate) == pytest.approx(20 * np.log10(4))


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 2.0, 30.0, 1e3])
def test_si_sdr_is_the_cotangent_of_an_angle(share):
    reference = noise()
    estimate = share * reference + noise(seed=1)
    expected = plain.si_sdr_db(reference, estimate)
    assert si_sdr_db(reference, estimate) == pytest.approx(expected, abs=1e-6)


def test_si_sdr_is_between_its_limits():
    reference = noise()
    assert si_sdr_db(reference, reference) == 40.0
    assert si_sdr_db(reference, -reference) == -30.0
    assert si_sdr_db(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == -30.0
    assert si_sdr_db(reference, reference + 1e-3 * noise(seed=1)) == 40.0


def test_segment_sdr_averages_over_seconds_with_a_centre():
    reference = np.concatenate([noise(), 1e-3 * noise(), 0.1 * noise(seed=1), noise(7, seed=2)])
    estimate = reference.copy()
    estimate[:RATE] *= 0.5
    estimate[RATE : 2 * RATE] *= -9.0
    estimate[2 * RATE : 3 * RATE] *= 1.1
    # 6.02 dB, left out, 20 dB, left out (no whole second)
    assert segment_sdr_db(reference, estimate) == pytest.approx((20 * np.log10(2) + 20) / 2)
    assert segment_sdr_db(reference, 0 * estimate) == 0.0
    assert segment_sdr_db(reference, reference) == 40.0
    assert segment_sdr_db(reference, 1e6 * reference) == -30.0


def test_correlation_by_hand():
    ones, ramp = np.ones(4), np.array([-1.0, -1.0, 1.0, 1.0])
    assert correlation(ones, ramp) == 0.0
    assert correlation(-2 * ones, ones) == 1.0
    assert correlation(ones, ones + ramp) == pytest.approx(np.sqrt(0.5))
    assert correlation(ones, 0 * ones) == 0.0


def test_band_correlation_is_that_of_band_limited_signals():
    first, second = noise(2 * RATE), noise(2 * RATE, seed=1)
    second = second + 0.3 * first
    expected = plain.band_correlation(first, second)
    np.testing.assert_allclose(band_correlation(first, second), expected, atol=1e-9)


def test_band_correlation_tells_bands_apart():
    seconds = np.arange(RATE) / RATE
    low, high = np.sin(2 * np.pi * 440 * seconds), np.sin(2 * np.pi * 4400 * seconds)
    found = band_correlation(low + high, low - 1e-3 * noise())
    at_low, at_high = (
        list(HEARING_BANDS).index(plain.hearing_band(hertz)) for hertz in (440, 4400)
    )
    assert found[at_low] > 0.99
    assert found[at_high] < 0.2


@pytest.mark.parametrize("signal", [np.zeros(RATE), np.ones(RATE)])
def test_what_has_no_sound_in_a_band_correlates_with_nothing(signal):
    assert not np.any(band_correlation(signal, noise(RATE))[2:])
    assert not np.any(band_correlation(noise(RATE), signal)[2:])


def test_energy_of_silence_is_finite():
    assert energy_db(np.zeros(3)) < -3000.0
    assert energy_db(np.array([6.0, 8.0])) == pytest.approx(20.0)


def test_leakage_is_that_of_the_gains():
    stems = {"centre": np.ones((2, 1)) * noise()}
    stems["left"] = np.array([[1.0], [0.0]]) * noise(seed=1)
    stems["part"] = np.array([[0.9], [0.5]]) * noise(seed=2)
    stems["room"] = 0.1 * np.stack([noise(seed=3), noise(seed=4)])
    stems["silent"] = np.zeros((2, RATE))
    mix = StereoMix(stems)
    found = leakage_db(mix, mix.mid)
    energy = {name: energy_db(0.5 * stem.sum(axis=0)) for name, stem in stems.items()}
    for name in ("left", "part", "room"):
        assert found[name] == pytest.approx(energy[name] - energy["centre"], abs=1e-6)
    assert found["silent"] == -100.0
    half = leakage_db(mix, mix.centre + 0.5 * 0.5 * stems["left"][0])
    assert half["left"] == pytest.approx(found["left"] - 20 * np.log10(2), abs=1e-6)
    assert half["part"] == -100.0
