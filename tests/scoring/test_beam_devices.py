import numpy as np
import pytest
from scipy.special import spherical_jn, spherical_yn

from simgen.errors import ShapeError
from simgen.scoring.beam_bands import GRADED_BANDS
from simgen.scoring.beam_devices import (
    BALL_AZIMUTHS,
    BALL_RADIUS,
    DRIVER_ERRORS,
    ball_responses,
    beam_devices,
    beam_plant,
    fibonacci_directions,
    omni_responses,
)
from simgen.scoring.beam_plant import AZIMUTHS

FREQUENCY = np.array([300.0, 1000.0, 4500.0])


def horizon(azimuths):
    return np.stack([np.cos(azimuths), np.sin(azimuths), 0 * azimuths], axis=1)


def test_drivers_on_the_left_are_ahead_to_the_left():
    left = omni_responses(np.array([1000.0]), horizon(np.array([np.pi / 2])))[0, 0]
    np.testing.assert_allclose(np.angle(left), 2 * np.pi * 1000 / 343 * np.array([0.06, 0, -0.06]))
    ahead = ball_responses(np.array([1000.0]), horizon(np.array([np.pi / 2])))[0, 0]
    assert np.all(np.diff(np.unwrap(np.angle(ahead))) < 0.0)
    assert np.all(np.diff(np.abs(ahead)) < 0.0)


def test_all_drivers_are_alike_on_the_axis_in_free_field():
    np.testing.assert_array_equal(omni_responses(FREQUENCY, horizon(np.zeros(1))), 1.0)


def test_the_ball_radiates_as_the_series_of_a_point_on_it_says():
    """sum (2m+1) j^(m-1) P_m / (mu^2 h_m'(mu)), by scipy's Bessel functions."""
    azimuths = np.deg2rad([0.0, 35.0, 90.0, 180.0])
    found = ball_responses(FREQUENCY, horizon(azimuths))
    for f, hertz in enumerate(FREQUENCY):
        mu = 2 * np.pi * hertz * BALL_RADIUS / 343.0
        for d, at in enumerate(BALL_AZIMUTHS):
            cosines = np.cos(azimuths - at)
            order = np.arange(40)
            slope = spherical_jn(order, mu, True) - 1j * spherical_yn(order, mu, True)
            weights = (2 * order + 1) * 1j ** (order - 1) / (mu**2 * slope)
            expected = np.polynomial.legendre.legval(cosines, weights)
            np.testing.assert_allclose(found[f, :, d], expected, atol=1e-12)


def test_the_ball_does_not_shade_the_lowest_frequencies():
    np.testing.assert_allclose(np.abs(ball_responses(np.array([1.0]), horizon(AZIMUTHS))), 1, 1e-2)


def test_the_devices_are_17_draws_of_which_the_first_is_meant():
    devices = beam_devices()
    assert [*devices] == ["D-omni", "D-ball"]
    for radiation, plant in zip((omni_responses, ball_responses), devices.values(), strict=True):
        meant = radiation(GRADED_BANDS.frequencies, horizon(AZIMUTHS))
        assert plant.draws.shape == (17, 766, 72, 3)
        assert plant.sphere.shape == (766, 400, 3)
        np.testing.assert_allclose(plant.draws[0], meant, atol=1e-12)
        off = plant.draws[1:, 100] / meant[100]
        np.testing.assert_allclose(off, off[:, :1].repeat(72, axis=1), atol=1e-9)


def test_errors_are_gains_and_delays_of_the_drivers():
    plant = beam_plant(omni_responses, [[6.0, 0.0, -6.0, 0.0, 100.0, 0.0]])
    ratio = plant.draws[1, :, 0] / plant.draws[0, :, 0]
    np.testing.assert_allclose(np.abs(ratio[0]), [10**0.3, 1.0, 10**-0.3])
    turn = -2 * np.pi * GRADED_BANDS.frequencies * 100e-6
    np.testing.assert_allclose(np.unwrap(np.angle(ratio[:, 1])), turn)
    np.testing.assert_allclose(np.angle(ratio[:, 0]), 0.0, atol=1e-12)


def test_the_stored_errors_are_ordinary_tolerances():
    gains, delays = np.split(np.array(DRIVER_ERRORS), 2, axis=1)
    assert gains.shape == delays.shape == (16, 3)
    assert np.std(gains) == pytest.approx(0.5, rel=0.2)
    assert np.std(delays) == pytest.approx(3.0, rel=0.2)
    assert np.all(gains == np.round(gains, 2))
    assert np.all(delays == np.round(delays, 1))


def test_errors_of_another_number_of_drivers_are_refused():
    with pytest.raises(ShapeError, match="errors has shape"):
        beam_plant(omni_responses, [[0.0, 0.0, 0.0, 0.0]])


def test_directions_share_the_sphere_evenly():
    directions = fibonacci_directions(400)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0)
    np.testing.assert_allclose(directions.mean(axis=0), 0.0, atol=1e-3)
    np.testing.assert_allclose(directions.T @ directions / 400, np.eye(3) / 3, atol=1e-3)
