import numpy as np
import pytest

from simgen.errors import ShapeError
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_plant import CrosstalkPlant
from simgen.scoring.soundstage_plant import (
    PANS,
    HeadDirections,
    SoundstagePlant,
    pan_gains,
    panned_spectra,
)

BINS = PLANT_BINS.stop - PLANT_BINS.start
RANDOM = np.random.default_rng(8)


def some(*shape):
    real, imaginary = RANDOM.standard_normal((2, *shape))
    return real + 1j * imaginary


def directions(count=5):
    return HeadDirections(np.linspace(-1.0, 1.0, count), some(BINS, 2, count))


def plant(seats=3, **changes):
    parts = {
        "device": CrosstalkPlant("ball", some(seats, BINS, 2, 4), some(BINS, 2, 4), anechoic=True),
        "stage": some(seats, BINS, 2, 7),
        "azimuths": RANDOM.standard_normal((seats, 7)),
        "anchor": some(seats, BINS, 2, 2),
        "directions": directions(),
    }
    return SoundstagePlant(**parts | changes)


def test_the_stage_has_seven_places_from_the_left_to_the_right():
    np.testing.assert_allclose(np.rad2deg(PANS), [30, 20, 10, 0, -10, -20, -30], atol=1e-12)


def test_gains_have_constant_power_and_the_tangent_law_finds_the_place_again():
    left, right = pan_gains().T
    np.testing.assert_allclose(left**2 + right**2, 1.0)
    ratio = (left - right) / (left + right) * np.tan(np.pi / 6)
    np.testing.assert_allclose(np.arctan(ratio), PANS, atol=1e-12)
    np.testing.assert_allclose(pan_gains()[::-1, ::-1], pan_gains(), atol=1e-15)
    assert pan_gains()[0].round(12).tolist() == [1.0, 0.0]


def test_panned_sources_are_their_gains_of_both_inputs():
    responses, filters = some(2, 3, 2, 4), some(3, 4, 2)
    found = panned_spectra(responses, filters)
    assert found.shape == (2, 3, 2, 7)
    for place, gains in enumerate(pan_gains()):
        fed = filters @ gains  # to the drivers, (frequency, driver)
        for seat in range(2):
            expected = [responses[seat, f] @ fed[f] for f in range(3)]
            np.testing.assert_allclose(found[seat, :, :, place], expected)


def test_the_outermost_places_are_one_input_alone():
    responses, filters = some(1, BINS, 2, 2), some(BINS, 2, 2)
    found = panned_spectra(responses, filters)
    for place, channel in ((0, 0), (6, 1)):
        alone = np.einsum("fed,fd->fe", responses[0], filters[:, :, channel])
        np.testing.assert_allclose(found[0, :, :, place], alone, atol=1e-12)


def test_a_plant_takes_its_name_and_numbers_from_the_device():
    made = plant(seats=5)
    assert (made.name, made.num_drivers, made.num_seats) == ("ball", 4, 5)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"stage": some(2, BINS, 2, 7)}, "stage"),
        ({"stage": some(3, BINS, 2, 6)}, "stage"),
        ({"azimuths": np.zeros((3, 6))}, "azimuths"),
        ({"azimuths": np.full((3, 7), np.nan)}, "azimuths"),
        ({"anchor": some(3, BINS, 2, 3)}, "anchor"),
        ({"anchor": some(3, BINS - 1, 2, 2)}, "anchor"),
        ({"anchor": np.full((3, BINS, 2, 2), np.inf + 0j)}, "anchor"),
    ],
)
def test_all_parts_are_of_the_same_seats(changes, name):
    with pytest.raises(ShapeError, match=f"^{name} (has shape|holds a non-finite)"):
        plant(**changes)


@pytest.mark.parametrize(
    ("azimuths", "responses"),
    [
        (np.zeros(5), some(BINS, 2, 4)),
        (np.zeros(5), some(BINS, 1, 5)),
        (np.zeros((5, 1)), some(BINS, 2, 5)),
        (np.zeros(0), some(BINS, 2, 0)),
        (np.full(5, np.inf), some(BINS, 2, 5)),
        (np.zeros(5), np.full((BINS, 2, 5), np.nan + 0j)),
    ],
)
def test_a_head_hears_something_from_each_direction_it_looks_up(azimuths, responses):
    with pytest.raises(ShapeError):
        HeadDirections(azimuths, responses)
