import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError, ShapeError
from simgen.exchange.conventions import (
    dcase_from_doa,
    doa_from_dcase,
    doa_from_locata,
    doa_from_pyroomacoustics,
    locata_from_doa,
    pyroomacoustics_from_doa,
)

HALF, ROOT = 0.5, np.sqrt(0.5)
DIRECTIONS = {
    "front": (1.0, 0.0, 0.0),
    "left": (0.0, 1.0, 0.0),
    "back": (-1.0, 0.0, 0.0),
    "right": (0.0, -1.0, 0.0),
    "front left": (ROOT, ROOT, 0.0),
    "back right": (-ROOT, -ROOT, 0.0),
    "left and up": (0.0, ROOT, ROOT),
    "front left and down": (HALF, HALF, -ROOT),
    "up": (0.0, 0.0, 1.0),
    "down": (0.0, 0.0, -1.0),
}
# Angles of the directions above in degrees, in their order, worked out by hand.
LOCATA = [(-90, 90), (0, 90), (90, 90), (180, 90), (-45, 90), (135, 90)]
LOCATA += [(0, 45), (-45, 135), (-90, 0), (-90, 180)]
PYROOMACOUSTICS = [(0, 90), (90, 90), (180, 90), (-90, 90), (45, 90), (-135, 90)]
PYROOMACOUSTICS += [(90, 45), (45, 135), (0, 0), (0, 180)]
DCASE = [(0, 0), (90, 0), (180, 0), (-90, 0), (45, 0), (-135, 0)]
DCASE += [(90, 45), (45, -45), (0, 90), (0, -90)]


def every_direction(angles_deg):
    points = list(zip(DIRECTIONS.values(), angles_deg, strict=True))
    return pytest.mark.parametrize(("doa", "angles_deg"), points, ids=list(DIRECTIONS))


azimuths = st.floats(-np.pi, np.pi, exclude_min=True)
polar_angles = st.floats(0.01, np.pi - 0.01)


@st.composite
def doas(draw):
    """Unit vectors of every direction, the poles among them."""
    vector = np.array(draw(st.tuples(*[st.floats(-1.0, 1.0)] * 3)))
    length = np.linalg.norm(vector)
    return vector / length if length > 1e-3 else np.array([0.0, 0.0, 1.0])


@every_direction(LOCATA)
def test_hand_computed_points_of_locata(doa, angles_deg):
    assert np.rad2deg(locata_from_doa(doa)) == pytest.approx(angles_deg)
    assert doa_from_locata(*np.deg2rad(angles_deg)) == pytest.approx(doa)


@every_direction(PYROOMACOUSTICS)
def test_hand_computed_points_of_pyroomacoustics(doa, angles_deg):
    assert np.rad2deg(pyroomacoustics_from_doa(doa)) == pytest.approx(angles_deg)
    assert doa_from_pyroomacoustics(*np.deg2rad(angles_deg)) == pytest.approx(doa)


@every_direction(DCASE)
def test_hand_computed_points_of_dcase(doa, angles_deg):
    assert [int(number) for number in dcase_from_doa(doa, 2.344)] == [*angles_deg, 234]
    direction, distance = doa_from_dcase(*angles_deg, 250)
    assert direction == pytest.approx(doa)
    assert distance == pytest.approx(2.5)


def test_locata_agrees_with_the_formula_of_its_software():
    x, y, z = 0.48, -0.6, 0.64
    azimuth, inclination = locata_from_doa([x, y, z])
    assert azimuth == pytest.approx((np.arctan2(y, x) - np.pi / 2.0 + np.pi) % (2 * np.pi) - np.pi)
    assert inclination == pytest.approx(np.arccos(z))


@given(doas())
def test_unit_vectors_survive_each_round_trip(doa):
    assert doa_from_locata(*locata_from_doa(doa)) == pytest.approx(doa, abs=1e-12)
    assert doa_from_pyroomacoustics(*pyroomacoustics_from_doa(doa)) == pytest.approx(doa, abs=1e-12)


@given(azimuths, polar_angles)
def test_angles_survive_each_round_trip(azimuth, polar):
    for there, back in (
        (doa_from_locata, locata_from_doa),
        (doa_from_pyroomacoustics, pyroomacoustics_from_doa),
    ):
        azimuth_again, polar_again = back(there(azimuth, polar))
        difference = azimuth_again - azimuth
        assert np.hypot(1.0 - np.cos(difference), np.sin(difference)) < 1e-9
        assert polar_again == pytest.approx(polar, abs=1e-9)
        assert -np.pi < azimuth_again <= np.pi


@given(st.integers(-179, 180), st.integers(-89, 89), st.integers(0, 10_000))
def test_dcase_integers_survive_the_round_trip(azimuth_deg, elevation_deg, distance_cm):
    numbers = dcase_from_doa(*doa_from_dcase(azimuth_deg, elevation_deg, distance_cm))
    assert [int(number) for number in numbers] == [azimuth_deg, elevation_deg, distance_cm]


@given(doas(), st.floats(0.0, 100.0))
def test_dcase_rounds_by_at_most_a_half(doa, distance):
    rounded, distance_again = doa_from_dcase(*dcase_from_doa(doa, distance))
    angle = 2.0 * np.arcsin(min(1.0, np.linalg.norm(rounded - doa) / 2.0))
    assert np.rad2deg(angle) <= np.sqrt(0.5) + 1e-6
    assert abs(distance_again - distance) <= 0.005 + 1e-9


def test_dcase_writes_the_back_as_plus_180():
    for azimuth in np.deg2rad([179.6, 180.0, -180.0, -179.6]):
        azimuth_deg, _, _ = dcase_from_doa([np.cos(azimuth), np.sin(azimuth), 0.0], 1.0)
        assert azimuth_deg == 180
    assert doa_from_dcase(-180, 0, 100)[0] == pytest.approx([-1.0, 0.0, 0.0])


def test_arrays_of_frames_and_sources_keep_their_axes():
    doa = np.array(list(DIRECTIONS.values())).reshape(5, 2, 3)
    assert locata_from_doa(doa)[0].shape == (5, 2)
    assert doa_from_pyroomacoustics(*pyroomacoustics_from_doa(doa)) == pytest.approx(doa)
    azimuth_deg, elevation_deg, distance_cm = dcase_from_doa(doa, np.ones((5, 2)))
    assert azimuth_deg.shape == elevation_deg.shape == distance_cm.shape == (5, 2)
    assert azimuth_deg.dtype == elevation_deg.dtype == distance_cm.dtype == np.int64


def test_no_directions_convert_to_none():
    azimuth, inclination = locata_from_doa(np.zeros((0, 3)))
    assert azimuth.shape == inclination.shape == (0,)
    assert doa_from_locata([], []).shape == (0, 3)


def test_float32_unit_vectors_are_accepted():
    doa = (np.ones(3) / np.sqrt(3.0)).astype(np.float32)
    assert np.rad2deg(locata_from_doa(doa)[0]) == pytest.approx(-45.0)


@pytest.mark.parametrize("convert", [locata_from_doa, pyroomacoustics_from_doa])
@pytest.mark.parametrize(
    "doa", [1.0, [1.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0], [np.nan, 0.0, 1.0], ["a", "b", "c"]]
)
def test_anything_but_unit_vectors_is_refused(convert, doa):
    with pytest.raises(ShapeError, match="doa"):
        convert(doa)


@pytest.mark.parametrize("convert", [doa_from_locata, doa_from_pyroomacoustics])
@pytest.mark.parametrize("polar", [-0.1, 3.2])
def test_angles_from_the_pole_outside_their_range_are_refused(convert, polar):
    with pytest.raises(ParameterError, match="out of range"):
        convert(0.0, polar)


@pytest.mark.parametrize(
    "numbers", [(181, 0, 1), (-181, 0, 1), (0, 91, 1), (0, -91, 1), (0, 0, -1)]
)
def test_dcase_numbers_outside_their_range_are_refused(numbers):
    with pytest.raises(ParameterError, match="out of range"):
        doa_from_dcase(*numbers)


def test_negative_distances_are_refused():
    with pytest.raises(ParameterError, match="distance in m"):
        dcase_from_doa([1.0, 0.0, 0.0], -1.0)


def test_arrays_that_do_not_belong_together_are_refused():
    with pytest.raises(ShapeError, match="different shapes"):
        doa_from_locata([0.0, 1.0], [0.0])
    with pytest.raises(ShapeError, match="different shapes"):
        dcase_from_doa([1.0, 0.0, 0.0], [1.0])
