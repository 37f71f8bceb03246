import numpy as np
import pytest

from simgen.errors import ShapeError
from simgen.scoring.beam_bands import PLANT_BINS
from simgen.scoring.beam_plant import (
    AZIMUTHS,
    SIDES,
    WINDOW,
    BeamPlant,
    BeamSeats,
    beam_spectra,
    radiated_power,
    single_driver,
)

BINS = PLANT_BINS.stop - PLANT_BINS.start
RANDOM = np.random.default_rng(2)


def some(*shape):
    real, imaginary = RANDOM.standard_normal((2, *shape))
    return real + 1j * imaginary


def plant(draws=2, drivers=3, **parts):
    return BeamPlant(some(draws, BINS, 72, drivers), **parts)


def test_azimuths_go_once_round_from_the_front_to_the_left():
    degrees = np.rad2deg(AZIMUTHS)
    assert degrees[[0, 1, 18, 35]].round(9).tolist() == [0, 5, 90, 175]
    assert degrees[[36, 37, 54, 71]].round(9).tolist() == [-180, -175, -90, -5]
    assert len(set(degrees.round(9) % 360)) == 72


def test_the_window_is_ahead_the_sides_to_either_side_and_nothing_both():
    degrees = np.rad2deg(AZIMUTHS).round(9)
    assert sorted(degrees[WINDOW]) == list(range(-45, 50, 5))
    expected = [*range(-105, -70, 5), *range(75, 110, 5)]
    assert sorted(degrees[SIDES]) == expected
    assert not np.any(WINDOW & SIDES)
    # A mirror between left and right changes neither.
    mirrored = [int(np.flatnonzero((degrees + d) % 360 == 0)[0]) for d in degrees]
    for part in (WINDOW, SIDES):
        np.testing.assert_array_equal(part[mirrored], part)


def test_power_is_that_of_the_sum_of_all_drivers_in_each_direction():
    responses, filters = some(2, 3, 4, 5), some(3, 5)
    found = radiated_power(responses, filters)
    assert found.shape == (2, 3, 4)
    for draw in range(2):
        for frequency in range(3):
            for direction in range(4):
                heard = sum(
                    responses[draw, frequency, direction, k] * filters[frequency, k]
                    for k in range(5)
                )
                assert found[draw, frequency, direction] == pytest.approx(abs(heard) ** 2)
    np.testing.assert_allclose(radiated_power(responses[1], filters), found[1])


def test_spectra_are_those_of_the_definition():
    taps = RANDOM.standard_normal((3, 64)).astype(np.float32)
    spectra = beam_spectra(taps)
    assert (spectra.shape, spectra.dtype) == ((4097, 3), np.complex128)
    for k in (0, 1, 777, 4096):
        wave = np.exp(-2j * np.pi * k * np.arange(64) / 8192)
        np.testing.assert_allclose(spectra[k], taps.astype(np.float64) @ wave, atol=1e-12)


@pytest.mark.parametrize("drivers", [1, 3, 5, 7])
def test_doing_nothing_is_the_middle_driver_alone(drivers):
    spectra = beam_spectra(single_driver(drivers))
    expected = np.zeros(drivers)
    expected[(drivers - 1) // 2] = 1.0
    np.testing.assert_array_equal(spectra, np.broadcast_to(expected, (4097, drivers)))


def test_a_plant_knows_its_numbers():
    assert (plant(4, 5).num_drivers, plant(4, 5).num_draws) == (5, 4)


@pytest.mark.parametrize("drivers", [2, 4])
def test_there_is_a_driver_in_the_middle(drivers):
    with pytest.raises(ShapeError, match=f"a driver in the middle, got {drivers}"):
        plant(drivers=drivers)


@pytest.mark.parametrize(
    "shape",
    [(0, BINS, 72, 3), (1, BINS - 1, 72, 3), (1, BINS, 71, 3), (1, BINS, 72, 0), (BINS, 72, 3)],
)
def test_draws_have_every_frequency_and_azimuth(shape):
    with pytest.raises(ShapeError, match="draws of a beam's plant has shape"):
        BeamPlant(np.ones(shape, complex))


def test_parts_belong_to_the_same_drivers_and_frequencies():
    seats = BeamSeats(some(1, 2, BINS, 3), some(1, 2, BINS, 3))
    sphere = some(BINS, 7, 3)
    assert plant(sphere=sphere, seats=seats).seats is seats
    for wrong in (some(BINS, 7, 5), some(BINS + 1, 7, 3), some(BINS, 0, 3)):
        with pytest.raises(ShapeError, match="sphere"):
            plant(sphere=wrong)
    with pytest.raises(ShapeError, match="seats"):
        plant(drivers=5, seats=seats)
    with pytest.raises(ShapeError, match="reverberant"):
        BeamSeats(some(1, 2, BINS, 3), some(1, 3, BINS, 3))


@pytest.mark.parametrize("value", [np.nan, 1j * np.inf])
def test_every_part_is_finite(value):
    broken = some(1, BINS, 72, 3)
    broken[0, 7, 8, 1] = value
    with pytest.raises(ShapeError, match="non-finite"):
        BeamPlant(broken)
    with pytest.raises(ShapeError, match="non-finite"):
        BeamSeats(some(1, 1, BINS, 3), value + some(1, 1, BINS, 3))
