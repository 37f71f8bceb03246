import numpy as np
import pytest

from simgen.acoustics.air import air_absorption, significant, speed_of_sound
from simgen.errors import ParameterError, ShapeError

DB_PER_KM = 1e4 / np.log(10.0)
"""Decibels a kilometre for an intensity coefficient of 1/m: 10 lg(e) * 1000."""


@pytest.mark.parametrize(
    ("temperature_celsius", "expected"),
    # By hand: 331.3 sqrt(1 + t / 273.15), the textbook's value at 0 degrees and its growth.
    [(0.0, 331.3), (10.0, 337.3), (15.0, 340.3), (20.0, 343.2), (25.0, 346.1), (30.0, 349.0)],
)
def test_speed_of_sound_of_the_tables(temperature_celsius, expected):
    assert speed_of_sound(temperature_celsius) == pytest.approx(expected, abs=0.1)


def test_speed_grows_by_0_6_m_s_a_degree():
    assert speed_of_sound(21.0) - speed_of_sound(20.0) == pytest.approx(0.585, abs=0.002)


@pytest.mark.parametrize("temperature_celsius", [-20.1, 50.1, np.nan, np.inf, "20"])
def test_temperatures_outside_the_standard_are_refused(temperature_celsius):
    with pytest.raises(ParameterError, match="temperature_celsius is out of range"):
        speed_of_sound(temperature_celsius)


@pytest.mark.parametrize(
    ("temperature_celsius", "humidity_percent", "third_octave", "expected"),
    # ISO 9613-1:1993, table 1, dB/km. Its frequencies are the exact 1000 * 10^(k / 10) Hz.
    [
        (-20.0, 10.0, -13, 0.589),
        (-20.0, 30.0, -1, 4.92),
        (10.0, 10.0, -10, 0.585),
        (10.0, 10.0, 0, 21.6),
        (10.0, 70.0, -12, 0.122),
        (10.0, 70.0, -3, 1.93),
        (10.0, 70.0, 0, 3.66),
        (10.0, 70.0, 3, 9.66),
        (10.0, 70.0, 6, 32.8),
        (10.0, 70.0, 9, 117.0),
        (20.0, 10.0, 7, 133.0),
        (20.0, 15.0, 8, 175.0),
        (20.0, 50.0, -12, 0.123),
        (20.0, 50.0, -9, 0.445),
        (20.0, 50.0, -6, 1.32),
        (20.0, 50.0, -3, 2.73),
        (20.0, 50.0, 0, 4.66),
        (20.0, 50.0, 3, 9.86),
        (20.0, 50.0, 6, 29.4),
        (20.0, 50.0, 9, 104.0),
        (20.0, 80.0, 7, 30.6),
        (35.0, 60.0, 6, 25.8),
        (50.0, 70.0, 0, 8.03),
    ],
)
def test_absorption_of_the_standard(temperature_celsius, humidity_percent, third_octave, expected):
    (m,) = air_absorption(
        [1000.0 * 10.0 ** (third_octave / 10.0)],
        temperature_celsius=temperature_celsius,
        humidity_percent=humidity_percent,
    )
    # The table has three digits.
    assert float(f"{DB_PER_KM * m:.2e}") == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("temperature_celsius", "humidity_percent", "expected"),
    # ISO 9613-2:1996, table 2, dB/km at nominal octaves from 63 Hz, one decimal up to 100.
    [
        (10.0, 70.0, [0.1, 0.4, 1.0, 1.9, 3.7, 9.7, 32.8, 117.0]),
        (20.0, 70.0, [0.1, 0.3, 1.1, 2.8, 5.0, 9.0, 22.9, 76.6]),
        (30.0, 70.0, [0.1, 0.3, 1.0, 3.1, 7.4, 12.7, 23.1, 59.3]),
        (15.0, 20.0, [0.3, 0.6, 1.2, 2.7, 8.2, 28.2, 88.8, 202.0]),
        (15.0, 50.0, [0.1, 0.5, 1.2, 2.2, 4.2, 10.8, 36.2, 129.0]),
        (15.0, 80.0, [0.1, 0.3, 1.1, 2.4, 4.1, 8.3, 23.7, 82.8]),
    ],
)
def test_absorption_of_the_octaves(temperature_celsius, humidity_percent, expected):
    m = air_absorption(
        1000.0 * 10.0 ** (0.3 * np.arange(-4, 4)),
        temperature_celsius=temperature_celsius,
        humidity_percent=humidity_percent,
    )
    assert DB_PER_KM * m == pytest.approx(expected, rel=0.005, abs=0.06)


def test_a_kilometre_at_1_khz_costs_4_66_db_of_intensity():
    (m,) = air_absorption([1000.0])
    assert 10.0 * np.log10(np.exp(-m * 1000.0)) == pytest.approx(-4.66, abs=0.01)
    assert 20.0 * np.log10(np.exp(-m * 1000.0 / 2.0)) == pytest.approx(-4.66, abs=0.01)


def test_nothing_is_lost_at_0_hz_and_more_at_each_higher_frequency():
    m = air_absorption(np.linspace(0.0, 24e3, 500))
    assert m[0] == 0.0
    assert np.all(np.diff(m) > 0.0)


def test_far_above_relaxation_the_classical_loss_is_left():
    # Equation (5) at 20 degrees: 2 * 1.84e-11 f^2 and relaxations that no longer grow.
    low, high = air_absorption([1e7, 2e7])
    assert (high - low) / (4e14 - 1e14) == pytest.approx(2.0 * 1.84e-11, rel=1e-4)


def test_frequency_and_pressure_scale_together_in_equally_moist_air():
    # Equations (3) to (5): m / pressure depends on frequency / pressure, temperature and h,
    # and half the pressure with half the humidity has the same h.
    full = air_absorption([500.0, 4000.0], humidity_percent=80.0)
    half = air_absorption([250.0, 2000.0], humidity_percent=40.0, pressure_pa=101_325.0 / 2.0)
    np.testing.assert_allclose(half, full / 2.0, rtol=1e-10)


def test_coefficients_have_12_digits():
    for m in air_absorption(np.geomspace(20.0, 20e3, 50)).tolist():
        assert float(f"{m:.11e}") == m


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature_celsius", -20.1),
        ("temperature_celsius", 51.0),
        ("humidity_percent", 9.0),
        ("humidity_percent", 0.5),
        ("humidity_percent", 100.1),
        ("pressure_pa", 101.325),
        ("pressure_pa", 200_001.0),
        ("pressure_pa", np.nan),
    ],
)
def test_air_outside_the_standard_is_refused(name, value):
    with pytest.raises(ParameterError, match=f"{name} is out of range") as caught:
        air_absorption([1000.0], **{name: value})
    assert caught.value.value is value


def test_frequencies_that_are_none_are_refused():
    with pytest.raises(ParameterError, match=r"a frequency is negative, got -1\.0"):
        air_absorption([1000.0, -1.0])
    with pytest.raises(ShapeError, match="frequency has shape"):
        air_absorption(1000.0)


def test_significant_digits_by_hand():
    rounded = significant([[0.0, -1.23456e-300], [9.9996, 123456.0]], 4)
    assert rounded.tolist() == [[0.0, -1.235e-300], [10.0, 123500.0]]


def test_significant_digits_hide_the_last_bits():
    values = np.random.default_rng(3).uniform(1e-5, 1e-1, 1000)
    np.testing.assert_array_equal(
        significant(np.nextafter(values, 1.0), 12), significant(values, 12)
    )
