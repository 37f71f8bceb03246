import numpy as np
import pytest

from simgen.errors import ShapeError
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing, ear_powers

BINS = PLANT_BINS.stop - PLANT_BINS.start
RANDOM = np.random.default_rng(6)


def some(*shape):
    real, imaginary = RANDOM.standard_normal((2, *shape))
    return real + 1j * imaginary


def test_powers_are_those_of_each_input_at_each_ear():
    plant, filters = some(3, 4, 2, 5), some(4, 5, 2)
    found = ear_powers(plant, filters)
    for pose in range(3):
        for bin_ in range(4):
            left, right = plant[pose, bin_] @ filters[bin_]  # by ear: of input 0, of input 1
            assert found.intended[pose, bin_] == pytest.approx(
                [abs(left[0]) ** 2, abs(right[1]) ** 2]
            )
            # Crosstalk is filed under its input: that of input 0 is what the right ear hears.
            assert found.crosstalk[pose, bin_] == pytest.approx(
                [abs(right[0]) ** 2, abs(left[1]) ** 2]
            )
            assert found.centre[pose, bin_] == pytest.approx(
                [abs(sum(left)) ** 2, abs(sum(right)) ** 2]
            )


def test_one_ear_each_is_heard_without_crosstalk():
    """Left and right to the outermost drivers, each of which reaches its own ear alone."""
    plant = np.zeros((1, BINS, 2, 3), complex)
    plant[:, :, 0, 0], plant[:, :, 1, 2], plant[:, :, :, 1] = 2.0, 3.0j, 100.0
    found = ear_powers(plant, filter_spectra(doing_nothing(3))[PLANT_BINS])
    np.testing.assert_array_equal(found.intended, np.broadcast_to([4.0, 9.0], (1, BINS, 2)))
    np.testing.assert_array_equal(found.crosstalk, np.zeros((1, BINS, 2)))
    np.testing.assert_array_equal(found.centre, found.intended)


@pytest.mark.parametrize("drivers", [2, 3, 5])
def test_doing_nothing_is_one_tap_for_each_input(drivers):
    taps = doing_nothing(drivers, 100)
    assert taps.shape == (drivers, 2, 100)
    assert sorted(map(tuple, np.argwhere(taps).tolist())) == [(0, 0, 0), (drivers - 1, 1, 0)]
    assert taps.sum() == 2.0


def test_a_plant_knows_its_numbers():
    plant = CrosstalkPlant("a", some(4, BINS, 2, 5), some(BINS, 2, 5), anechoic=True)
    assert (plant.num_drivers, plant.num_poses) == (5, 4)


@pytest.mark.parametrize(
    ("poses", "nominal"),
    [
        ((1, BINS, 2, 2), (BINS, 2, 3)),
        ((1, BINS, 2, 1), (BINS, 2, 1)),
        ((1, BINS, 3, 2), (BINS, 2, 2)),
        ((1, BINS, 2, 2), (BINS, 1, 2)),
        ((1, BINS - 1, 2, 2), (BINS, 2, 2)),
        ((1, BINS, 2, 2), (BINS + 1, 2, 2)),
        ((0, BINS, 2, 2), (BINS, 2, 2)),
        ((BINS, 2, 2), (BINS, 2, 2)),
        ((1, BINS, 2, 2), (1, BINS, 2, 2)),
        ((1, BINS, 2, 0), (BINS, 2, 0)),
        ((), ()),
    ],
)
def test_poses_and_nominal_belong_together(poses, nominal):
    with pytest.raises(ShapeError, match="plant 'bar' has shape"):
        CrosstalkPlant("bar", np.ones(poses, complex), np.ones(nominal, complex), anechoic=True)


@pytest.mark.parametrize("part", ["poses", "nominal"])
def test_responses_are_finite(part):
    parts = {"poses": some(2, BINS, 2, 2), "nominal": some(BINS, 2, 2)}
    parts[part][..., 5, 1, 0] = np.nan
    with pytest.raises(ShapeError, match="holds a non-finite value"):
        CrosstalkPlant("bar", anechoic=False, **parts)
