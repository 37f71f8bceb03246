import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ShapeError
from simgen.scoring.doa import azimuth_error, azimuth_error_matrix, great_circle_error

azimuths = st.floats(-20.0, 20.0)


@pytest.mark.parametrize(
    ("estimate_deg", "reference_deg", "error_deg"),
    [
        (359, 1, 2),
        (1, 359, 2),
        (-179, 179, 2),
        (0, 180, 180),
        (10, 10, 0),
        (725, 5, 0),
        (90, 0, 90),
    ],
)
def test_azimuths_differ_the_short_way_round(estimate_deg, reference_deg, error_deg):
    error = azimuth_error(np.deg2rad(estimate_deg), np.deg2rad(reference_deg))
    assert np.rad2deg(error) == pytest.approx(error_deg, abs=1e-9)


@given(azimuths, azimuths)
def test_azimuth_error_is_symmetric_and_at_most_half_a_turn(estimate, reference):
    error = azimuth_error(estimate, reference)
    assert error == azimuth_error(reference, estimate)
    assert 0.0 <= error <= np.pi


@given(azimuths, azimuths)
def test_azimuth_error_follows_the_complex_plane(estimate, reference):
    turn = np.angle(np.exp(1j * (estimate - reference)))
    assert azimuth_error(estimate, reference) == pytest.approx(abs(turn), abs=1e-9)


@given(azimuths, azimuths)
def test_on_the_horizon_the_great_circle_is_the_azimuth(estimate, reference):
    u, v = ([np.cos(a), np.sin(a), 0.0] for a in (estimate, reference))
    assert great_circle_error(u, v) == pytest.approx(azimuth_error(estimate, reference), abs=1e-9)


def test_error_matrix_has_references_in_rows():
    errors = azimuth_error_matrix([0.0, 1.0], [0.0, 1.0, 3.0])
    np.testing.assert_allclose(errors, [[0.0, 1.0, 3.0], [1.0, 0.0, 2.0]])
    assert azimuth_error_matrix([], [1.0]).shape == (0, 1)


def test_great_circle_keeps_small_and_nearly_opposite_angles():
    for angle in (1e-10, np.pi - 1e-10):
        v = [np.cos(angle), np.sin(angle), 0.0]
        assert great_circle_error([1.0, 0.0, 0.0], v) == pytest.approx(angle, rel=1e-12)
    x = np.array([1.0, 2.0, 2.0]) / 3.0
    assert great_circle_error(x, x) == 0.0


def test_great_circle_broadcasts_over_leading_axes():
    poles = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])
    equator = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])
    errors = great_circle_error(poles[:, None], equator[None])
    np.testing.assert_allclose(errors, np.full((2, 3), np.pi / 2))


@pytest.mark.parametrize("length", [0.0, 0.5, 2.0, np.nan, np.inf])
def test_a_vector_that_is_not_of_unit_length_is_refused(length):
    with np.errstate(invalid="ignore"):
        vector = length * np.array([1.0, 0.0, 0.0])
    with pytest.raises(ShapeError, match="v holds a vector whose length is not 1, got"):
        great_circle_error([[1.0, 0.0, 0.0]], [vector])


def test_wrong_shapes_are_refused():
    with pytest.raises(ShapeError, match=r"u has shape \(2,\)"):
        great_circle_error([1.0, 0.0], [1.0, 0.0, 0.0])
    with pytest.raises(ShapeError, match="estimates has shape"):
        azimuth_error_matrix([0.0], [[0.0]])
    with pytest.raises(ShapeError, match="references holds a non-finite value"):
        azimuth_error_matrix([np.nan], [0.0])
