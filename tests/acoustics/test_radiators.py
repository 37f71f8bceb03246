import math
from functools import partial

import numpy as np
import pytest
from scipy.special import eval_legendre, j1, spherical_jn, spherical_yn

from simgen.acoustics.radiators import (
    cap_response,
    octave_pattern,
    piston_response,
    speech_pattern,
)
from simgen.errors import ParameterError, ShapeError

COSINES = np.linspace(-1.0, 1.0, 181)
SPEED = 343.0


def cap_at(ka, half_angle, cosines=COSINES):
    frequency = ka * SPEED / (2.0 * math.pi * 0.1)
    return cap_response(
        frequency, cosines, sphere_radius=0.1, half_angle=half_angle, speed_of_sound=SPEED
    )


def piston_at(ka, cosines=COSINES):
    frequency = ka * SPEED / (2.0 * math.pi * 0.1)
    return piston_response(frequency, cosines, radius=0.1, speed_of_sound=SPEED)


def plane_wave_on_sphere(ka, cosines):
    """Pressure on a rigid sphere: incident plane wave plus scattered wave, term by term."""
    total = np.zeros(len(cosines), complex)
    for n in range(int(ka) + 25):
        bessel, slope = spherical_jn(n, ka), spherical_jn(n, ka, derivative=True)
        hankel = bessel - 1j * spherical_yn(n, ka)
        hankel_slope = slope - 1j * spherical_yn(n, ka, derivative=True)
        wave = bessel - slope / hankel_slope * hankel
        total += (2 * n + 1) * 1j**n * wave * eval_legendre(n, cosines)
    return total


@pytest.mark.parametrize("ka", [0.3, 1.0, 4.0, 16.0])
def test_a_small_cap_is_reciprocal_to_a_point_on_a_sphere(ka):
    # A source on the sphere heard far away = a far source heard on the sphere.
    on_sphere = plane_wave_on_sphere(ka, COSINES)
    assert cap_at(ka, 0.01) == pytest.approx(on_sphere / on_sphere[-1], abs=3e-4 * ka)


def test_a_cap_is_a_sum_of_points():
    # Integrate the point source's pressure over the cap: axial directions suffice.
    ka, half_angle = 5.0, 0.8
    edge = math.cos(half_angle)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    on_cap = edge + (1.0 - edge) * (nodes + 1.0) / 2.0
    front = weights @ plane_wave_on_sphere(ka, on_cap)
    back = weights @ plane_wave_on_sphere(ka, -on_cap)
    assert cap_at(ka, half_angle, np.array([-1.0])) == pytest.approx(back / front, abs=1e-12)


@pytest.mark.parametrize("ka", [0.1, 3.0, 30.0])
def test_a_cap_all_around_pulsates_alike_in_all_directions(ka):
    assert cap_at(ka, math.pi) == pytest.approx(np.ones(len(COSINES)), abs=1e-12)


def test_a_cap_is_omnidirectional_at_low_and_directional_at_high_frequencies():
    assert np.abs(cap_at(0.01, 0.3)) == pytest.approx(np.ones(len(COSINES)), abs=1e-3)
    sides = [abs(cap_at(ka, 0.3, np.array([0.0]))[0]) for ka in (0.1, 1.0, 3.0, 10.0, 30.0)]
    assert sides == sorted(sides, reverse=True)
    assert sides[-1] < 0.1


def test_a_cap_on_a_large_sphere_is_a_piston_in_a_wall():
    # Its radius is a sin(alpha); compare about the axis, where the sphere is nearly a wall.
    near_axis = np.cos(np.linspace(0.3, 0.0, 50))
    cap = np.abs(cap_at(100.0, 0.1, near_axis))
    assert cap == pytest.approx(np.abs(piston_at(100.0 * math.sin(0.1), near_axis)), abs=0.05)


@pytest.mark.parametrize("ka", [1e-4, 1e-3, 0.1, 1.0, 10.0, 100.0])
def test_no_term_overflows(ka):
    assert np.all(np.isfinite(cap_at(ka, 0.2)))
    assert cap_at(ka, 0.2)[-1] == pytest.approx(1.0, abs=1e-12)


def test_piston_by_hand():
    # Null where ka sin = 3.8317, half pressure where ka sin = 2.2150; silence behind the wall.
    at = [math.sqrt(1.0 - (x / 5.0) ** 2) for x in (3.831706, 2.215089)]
    assert piston_at(5.0, np.array(at)) == pytest.approx([0.0, 0.5], abs=1e-6)
    assert piston_at(5.0, np.array([1.0, -1.0, -0.5])).tolist() == [1.0, 0.0, 0.0]
    assert piston_at(5.0, np.array([0.0]))[0] == pytest.approx(2.0 * j1(5.0) / 5.0)


def test_an_octave_is_the_mean_of_energies():
    # |response| = f / 1000 Hz: the mean of f^2 over ln f is (f2^2 - f1^2) / (2 ln 2).
    pattern = octave_pattern(lambda f, cosines: np.full(len(cosines), 1j * f / 1000.0), [1000.0])
    exact = math.sqrt((2.0 - 0.5) / (2.0 * math.log(2.0)))
    assert pattern(COSINES) == pytest.approx(np.full((1, len(COSINES)), exact), rel=1e-3)


def test_an_octave_fills_the_nulls():
    piston = partial(piston_response, radius=0.1, speed_of_sound=SPEED)
    centre = 5.0 * SPEED / (2.0 * math.pi * 0.1)
    null = np.array([math.sqrt(1.0 - (3.831706 / 5.0) ** 2)])
    assert abs(piston(centre, null)[0]) < 1e-6
    assert octave_pattern(piston, [centre])(null)[0, 0] > 0.1


def test_a_talker_grows_quieter_to_the_back_and_with_frequency():
    gains = speech_pattern([125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])(COSINES)
    assert np.all(np.diff(gains, axis=1) >= 0.0)  # from the back, -1, to the front, 1
    assert gains[:, -1] == pytest.approx(np.ones(7), abs=1e-12)
    assert np.all(np.diff(gains[:, 0]) < 0.0)


def test_a_talker_is_the_cap_before_the_bright_spot():
    cap = partial(
        cap_response, sphere_radius=0.09, half_angle=math.radians(8.0), speed_of_sound=343.2
    )
    on_sphere = octave_pattern(cap, [2000.0])(COSINES)[0]
    talker = speech_pattern([2000.0])(COSINES)[0]
    assert talker[60:].tolist() == on_sphere[60:].tolist()
    assert on_sphere[0] > 1.5 * talker[0]


@pytest.mark.parametrize("half_angle", [0.0, -0.1, 3.2, math.nan])
def test_half_angles_out_of_range_are_refused(half_angle):
    with pytest.raises(ParameterError, match="half_angle is out of range"):
        cap_at(1.0, half_angle)


@pytest.mark.parametrize("ka", [0.0, 1e-5, 101.0, math.nan])
def test_spheres_out_of_range_are_refused(ka):
    with pytest.raises(ParameterError, match="k a is out of range"):
        cap_at(ka, 0.2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frequency", math.nan),
        ("frequency", -1.0),
        ("radius", math.nan),
        ("radius", -0.1),
        ("speed_of_sound", 0.0),
    ],
)
def test_pistons_out_of_range_are_refused(name, value):
    piston = {"frequency": 1000.0, "radius": 0.1, "speed_of_sound": SPEED, name: value}
    with pytest.raises(ParameterError, match=rf"{name} is out of range, got {value}"):
        piston_response(piston.pop("frequency"), COSINES, **piston)


def test_centres_out_of_range_are_refused():
    with pytest.raises(ParameterError, match="an octave's centre is out of range"):
        speech_pattern([125.0, 0.0])
    with pytest.raises(ShapeError, match="centres has shape"):
        speech_pattern(125.0)
