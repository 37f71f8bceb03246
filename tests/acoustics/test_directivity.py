import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import j1

from simgen.acoustics.bands import OCTAVE_CENTRES
from simgen.acoustics.directivity import (
    FIRST_ORDER_PATTERNS,
    ambisonic_receiver,
    axisymmetric,
    cardioid_family,
    directivity_index_db,
    fit_axisymmetric,
    fit_error,
    omnidirectional,
    piston_in_baffle,
    speech_directivity,
    spherical_cap,
)
from simgen.acoustics.radiators import (
    cap_response,
    octave_pattern,
    piston_response,
    speech_pattern,
)
from simgen.acoustics.spherical_harmonics import evaluate_harmonics, real_spherical_harmonics
from simgen.errors import ParameterError, ShapeError

SPEED = 343.0
BOX = {"sphere_radius": 0.12, "half_angle": 0.5, "speed_of_sound": SPEED}
angles = st.floats(-math.pi, math.pi)


def on_horizon(azimuth):
    azimuth = np.atleast_1d(azimuth)
    return np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros_like(azimuth)], axis=1)


def unit(azimuth, elevation):
    across = math.cos(elevation)
    return [across * math.cos(azimuth), across * math.sin(azimuth), math.sin(elevation)]


@given(angles, st.floats(-math.pi / 2, math.pi / 2))
def test_a_cardioid_is_1_plus_cos_over_2(azimuth, elevation):
    direction = unit(azimuth, elevation)
    gain = evaluate_harmonics(cardioid_family("cardioid", 3), [direction])
    assert gain == pytest.approx(np.full((3, 1), (1.0 + direction[0]) / 2.0), abs=1e-15)


@pytest.mark.parametrize(("pattern", "share"), FIRST_ORDER_PATTERNS.items())
def test_first_order_patterns(pattern, share):
    azimuth = np.linspace(-np.pi, np.pi, 73)
    (gain,) = evaluate_harmonics(cardioid_family(pattern, 1), on_horizon(azimuth))
    assert gain == pytest.approx(share + (1.0 - share) * np.cos(azimuth), abs=1e-15)


@pytest.mark.parametrize(
    ("pattern", "null_deg", "back"),
    # The nulls and rear lobes that makers of microphones print.
    [("cardioid", 180, 0), ("supercardioid", 125, -0.27), ("hypercardioid", 110, -0.5),
     ("figure_eight", 90, -1)],
)  # fmt: skip
def test_nulls_and_rear_lobes(pattern, null_deg, back):
    gain = evaluate_harmonics(
        cardioid_family(pattern, 1), on_horizon(np.radians([null_deg, 180.0]))
    )
    assert gain[0] == pytest.approx([0.0, back], abs=0.01)


@pytest.mark.parametrize(
    ("pattern", "expected_db"),
    # -10 lg(p^2 + (1 - p)^2 / 3): -10 lg 0.52 for p = 0.7, 10 lg 3, 10 lg 4 for p = 1/4.
    [
        ("omni", 0.0),
        ("subcardioid", 2.84),
        ("cardioid", 4.77),
        ("supercardioid", 5.72),
        ("hypercardioid", 6.02),
        ("figure_eight", 4.77),
    ],
)
def test_directivity_index_by_hand(pattern, expected_db):
    index_db = directivity_index_db(cardioid_family(pattern, 2))
    assert index_db == pytest.approx([expected_db] * 2, abs=0.005)


def test_directivity_index_is_blind_to_gain():
    assert directivity_index_db(omnidirectional(3)).tolist() == [0.0, 0.0, 0.0]
    assert directivity_index_db(-7.0 * cardioid_family("cardioid", 1)) == pytest.approx(
        directivity_index_db(cardioid_family("cardioid", 1))
    )


def test_directivity_index_of_all_energy_in_front():
    # The sharpest beam of order N, a_n = (2 n + 1) / (N + 1)^2, has (N + 1)^2.
    for order in (1, 4, 30):
        n = np.arange(order + 1)
        beam = axisymmetric((2 * n + 1) / (order + 1) ** 2)
        assert directivity_index_db(beam) == pytest.approx(20.0 * math.log10(order + 1), abs=1e-9)


@given(angles, st.floats(-math.pi / 2, math.pi / 2))
def test_axisymmetric_is_a_legendre_series(azimuth, elevation):
    series = np.array([[0.3, -0.2, 0.5, 0.1], [1.0, 0.0, 0.0, -1.0]])
    direction = unit(azimuth, elevation)
    expected = np.polynomial.legendre.legval(direction[0], series.T)
    assert evaluate_harmonics(axisymmetric(series), [direction])[:, 0] == pytest.approx(
        expected, abs=1e-14
    )


@pytest.mark.parametrize("order", [1, 3, 7])
def test_an_ambisonic_receiver_hears_the_harmonics(order):
    directions = [unit(0.3, -0.4), unit(2.0, 1.0)]
    heard = evaluate_harmonics(ambisonic_receiver(order), directions)
    assert heard == pytest.approx(real_spherical_harmonics(directions, order).T, abs=1e-15)


@pytest.mark.parametrize("order", [0, 8, 1.5])
def test_ambisonic_orders_out_of_range_are_refused(order):
    with pytest.raises(ParameterError, match="ambisonic receiver"):
        ambisonic_receiver(order)


def test_a_cap_is_omni_at_low_frequencies():
    (low,) = spherical_cap([20.0], **BOX, order=6)
    assert low == pytest.approx([1.0] + [0.0] * 48, abs=0.002)
    index_db = directivity_index_db(spherical_cap(OCTAVE_CENTRES[:-1], **BOX, order=30))
    assert np.all(np.diff(index_db) > 0.0)
    assert index_db[0] < 0.3
    assert index_db[-1] > 12.0


def test_the_order_of_a_cap_that_its_docstring_names():
    pattern = octave_pattern(partial(cap_response, **BOX), OCTAVE_CENTRES[:-1])
    fitted = spherical_cap(OCTAVE_CENTRES[:-1], **BOX)
    assert np.max(fit_error(pattern, fitted)) < 0.03


@pytest.mark.parametrize("ka", [4.0, 8.0, 12.0])
def test_directivity_index_of_a_piston(ka):
    # L. E. Kinsler and others, Fundamentals of Acoustics, 4th ed. 2000, section 7.6:
    # (ka)^2 / (1 - J1(2 ka) / ka), which tends to 20 lg ka.
    frequency = ka * SPEED / (2.0 * math.pi * 0.1)
    piston = partial(piston_response, frequency, radius=0.1, speed_of_sound=SPEED)
    fitted = fit_axisymmetric(lambda cosines: np.abs(piston(cosines))[None], 30)
    index_db = directivity_index_db(fitted)[0]
    assert index_db == pytest.approx(20.0 * math.log10(ka), abs=0.3)
    exact_db = 10.0 * math.log10(ka**2 / (1.0 - j1(2.0 * ka) / ka))
    assert index_db == pytest.approx(exact_db, abs=0.05)


def test_a_small_piston_fills_a_half_space():
    (index_db,) = directivity_index_db(piston_in_baffle([50.0], 0.05, speed_of_sound=SPEED))
    assert index_db == pytest.approx(3.01, abs=0.15)
    piston = partial(piston_response, radius=0.05, speed_of_sound=SPEED)
    fitted = piston_in_baffle([50.0], 0.05, speed_of_sound=SPEED)
    assert fit_error(octave_pattern(piston, [50.0]), fitted) == pytest.approx([0.5], abs=0.02)


@pytest.mark.parametrize("order", [0, 1, 4, 12, 30])
def test_a_fit_is_1_in_front(order):
    fitted = piston_in_baffle([125.0, 1000.0, 8000.0], 0.08, speed_of_sound=SPEED, order=order)
    assert fitted.shape == (3, (order + 1) ** 2)
    assert evaluate_harmonics(fitted, [[1, 0, 0]]) == pytest.approx(np.ones((3, 1)), abs=1e-7)


def test_a_fit_finds_a_pattern_of_its_order():
    series = np.array([[0.2, 0.5, 0.3], [0.5, 0.5, 0.0]])
    fitted = fit_axisymmetric(lambda x: np.polynomial.legendre.legval(x, series.T), 2)
    assert fitted == pytest.approx(axisymmetric(series), abs=2.0**-30)
    higher = fit_axisymmetric(lambda x: np.polynomial.legendre.legval(x, series.T), 5)
    assert higher[:, 9:] == pytest.approx(np.zeros((2, 27)), abs=2.0**-30)


def test_no_other_fit_that_is_1_in_front_is_nearer():
    # Move away along directions that keep the sum of the series: the error must grow.
    x, areas = np.polynomial.legendre.leggauss(200)
    fitted = fit_axisymmetric(lambda cosines: np.exp(3.0 * (cosines - 1.0))[None], 3)[0]
    basis = np.polynomial.legendre.legvander(x, 3)
    series = fitted[[0, 3, 8, 15]] / axisymmetric(np.ones(4))[[0, 3, 8, 15]]

    def error(a):
        return areas @ (basis @ a - np.exp(3.0 * (x - 1.0))) ** 2

    for step in ([1, -1, 0, 0], [0, 1, -1, 0], [0, 0, 1, -1]):
        for sign in (1e-4, -1e-4):
            assert error(series + sign * np.array(step)) > error(series)


def test_fits_have_no_last_bits():
    # Rounded to 2^-30 before the harmonics of the front, exact there for degrees 0 and 1.
    coefficients = speech_directivity(OCTAVE_CENTRES)[:, [0, 3]]
    assert np.array_equal(coefficients * 2.0**30, np.rint(coefficients * 2.0**30))


def test_a_talker():
    coefficients = speech_directivity(OCTAVE_CENTRES)
    assert coefficients.shape == (8, 25)
    assert np.max(fit_error(speech_pattern(OCTAVE_CENTRES), coefficients)) < 0.04
    gains = evaluate_harmonics(coefficients, on_horizon(np.radians(np.arange(0, 181, 5))))
    assert gains[:, 0] == pytest.approx(np.ones(8), abs=1e-7)
    quietest_so_far = np.minimum.accumulate(gains, axis=1)
    assert np.max(gains - quietest_so_far) < 0.05
    assert np.all(gains > 0.0)


def test_a_talkers_directivity_index():
    index_db = directivity_index_db(speech_directivity(OCTAVE_CENTRES))
    assert np.all(np.diff(index_db) > 0.0)
    assert np.all(index_db[:-1] < 8.0)
    assert index_db == pytest.approx([0.1, 0.6, 2.0, 2.8, 3.3, 3.9, 5.8, 10.7], abs=0.1)


def test_a_talkers_level_behind():
    # What is heard behind a talker: little less at 125 Hz, about 15 dB less at 4 kHz.
    coefficients = speech_directivity([125.0, 4000.0])
    behind_db = 20.0 * np.log10(evaluate_harmonics(coefficients, [[-1, 0, 0]])[:, 0])
    assert -1.0 < behind_db[0] < 0.0
    assert -18.0 < behind_db[1] < -12.0


def test_unknown_patterns_are_refused_with_the_names():
    with pytest.raises(ParameterError, match=r"got 'heart' \(allowed: omni, subcardioid"):
        cardioid_family("heart", 1)


@pytest.mark.parametrize("radius", [math.nan, math.inf, -0.05, 10.1, "small"])
def test_pistons_that_cannot_be_are_refused(radius):
    with pytest.raises(ParameterError, match=r"piston's radius .* got .*allowed: 0 to 10\)"):
        piston_in_baffle([1000.0], radius, speed_of_sound=SPEED)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sphere_radius": math.nan}, "the sphere's radius is out of range"),
        ({"sphere_radius": -0.1}, "the sphere's radius is out of range"),
        ({"half_angle": math.nan}, "half_angle is out of range"),
        ({"speed_of_sound": 0.0}, "speed_of_sound is out of range"),
        ({"order": 2.5}, "order is out of range"),
    ],
)
def test_caps_that_cannot_be_are_refused(change, message):
    with pytest.raises(ParameterError, match=message):
        spherical_cap([1000.0], **{**BOX, **change})


@pytest.mark.parametrize("order", [-1, 31, 2.5, math.nan])
def test_fits_of_no_order_are_refused(order):
    with pytest.raises(ParameterError, match="order is out of range"):
        fit_axisymmetric(lambda cosines: np.ones((1, len(cosines))), order)


def test_a_piston_of_no_size_is_a_point_in_a_wall():
    point = piston_in_baffle([1000.0], 0.0, speed_of_sound=SPEED)
    assert directivity_index_db(point) == pytest.approx([3.01], abs=0.15)


def test_indices_of_nothing_in_front_are_refused():
    for coefficients in (np.zeros((1, 4)), [[0.0, 1.0, 0.0, 0.0]]):
        with pytest.raises(ParameterError, match="the gain in front is 0"):
            directivity_index_db(coefficients)


def test_numbers_of_coefficients_of_no_order_are_refused():
    with pytest.raises(ShapeError, match="no order"):
        directivity_index_db(np.ones((1, 3)))
