import numpy as np
import pytest

from simgen.acoustics.band_limit import PASSBAND, band_limit

FREQUENCY = np.linspace(0.0, 0.5, 20_001)


def test_nothing_is_lost_up_to_the_passband_and_nothing_left_at_half_the_rate():
    gain = band_limit(FREQUENCY)
    assert np.all(gain[FREQUENCY <= PASSBAND] == 1.0)
    assert gain[-1] == 0.0
    assert np.all(np.diff(gain) <= 0.0)
    assert band_limit(np.array([0.5, 0.7, 3.0])).tolist() == [0.0, 0.0, 0.0]


def test_seven_of_eight_kilohertz_are_left_as_they_are():
    assert band_limit(np.array([7000.0 / 16_000.0])).tolist() == [1.0]


def test_the_two_halves_of_the_fall_add_up_to_one():
    away = np.linspace(0.0, 0.1, 11)
    pair = [band_limit(0.3 + sign * away, start=0.2, end=0.4) for sign in (-1.0, 1.0)]
    np.testing.assert_allclose(sum(pair), np.ones(11), atol=1e-15)


@pytest.mark.parametrize(("start", "end"), [(PASSBAND, 0.5), (0.1, 0.3)])
def test_it_rings_as_a_raised_cosine_does(start, end):
    """The closed form of J. G. Proakis, Digital Communications, for roll-off and symbol rate."""
    rate, roll_off = start + end, (end - start) / (start + end)
    samples = np.arange(0.0, 60.0) + 0.003  # off the closed form's removable poles
    fall = np.cos(np.pi * roll_off * rate * samples) / (
        1.0 - (2.0 * roll_off * rate * samples) ** 2
    )
    exact = rate * np.sinc(rate * samples) * fall
    waves = np.cos(2.0 * np.pi * samples[:, None] * FREQUENCY)
    found = 2.0 * np.trapezoid(waves * band_limit(FREQUENCY, start=start, end=end), FREQUENCY)
    np.testing.assert_allclose(found, exact, atol=1e-7)


def test_it_rings_for_some_twenty_samples():
    response = np.fft.irfft(band_limit(np.fft.rfftfreq(4096)))
    away = np.minimum(np.arange(4096), 4096 - np.arange(4096))
    assert np.abs(response[away > 20]).max() < 3e-3
    assert np.abs(response[(away > 10) & (away < 20)]).max() > 3e-3
