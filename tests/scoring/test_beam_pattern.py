"""One device against a plain reading of the definitions, and what a score must not see."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simgen.scoring.beam_bands import COLOUR_BANDS, GRADED_BANDS, PLANT_BINS
from simgen.scoring.beam_devices import DRIVER_ERRORS, ball_responses, beam_plant, omni_responses
from simgen.scoring.beam_pattern import (
    BEAM_1,
    draw_aggregate,
    effort_db,
    graded_pattern,
    score_pattern,
    window_to_sides_db,
)
from simgen.scoring.beam_plant import (
    AZIMUTHS,
    SIDES,
    WINDOW,
    BeamPlant,
    beam_spectra,
    radiated_power,
    single_driver,
)
from tests.references import beam_score as plain
from tests.references.beam_designs import Designer

RADIATION = {"D-omni": omni_responses, "D-ball": ball_responses}
BINS = PLANT_BINS.stop - PLANT_BINS.start


@cache
def plant(device):
    return beam_plant(RADIATION[device], DRIVER_ERRORS[:3])


@cache
def designed(device):
    designer = Designer(device)
    return designer.taps(designer.nulls(9.0))


def scored(device, taps, **options):
    return score_pattern(plant(device), beam_spectra(taps)[PLANT_BINS], **options)


def noise(num_taps=64, seed=3):
    return np.random.default_rng(seed).standard_normal((3, num_taps))


def filtered(taps, response):
    return np.apply_along_axis(np.convolve, -1, taps, response)


TAPS = {
    "nulls": designed,
    "noise": lambda _: noise(),
    "coloured": lambda device: filtered(designed(device), [1.0, -0.98]),
    "sum": lambda _: np.roll(single_driver(), 1, axis=0) + single_driver(),
    "hopeless": lambda _: single_driver() - np.roll(single_driver(), 1, axis=0),
}


@pytest.mark.parametrize("device", RADIATION)
@pytest.mark.parametrize("name", TAPS)
def test_the_score_is_what_its_definition_reads(device, name):
    taps = TAPS[name](device)
    expected = plain.gain_db(plant(device).draws, taps)
    assert scored(device, taps).gain_db == pytest.approx(expected, abs=1e-9)


def test_bands_and_directions_are_those_of_the_protocol():
    assert len(GRADED_BANDS.centres) == 12
    assert GRADED_BANDS.centres[[0, -1]] == pytest.approx([315.0, 4000.0], abs=0.1)
    assert GRADED_BANDS.limits.tolist() == [*(b[0] for b in plain.GRADED), plain.GRADED[-1][-1] + 1]
    assert COLOUR_BANDS.limits.tolist() == [*(b[0] for b in plain.COLOUR), plain.LAST + 1]
    assert GRADED_BANDS.sizes.min() == 13
    np.testing.assert_allclose(np.rad2deg(AZIMUTHS), [*range(0, 180, 5), *range(-180, 0, 5)])
    assert np.flatnonzero(WINDOW).tolist() == sorted(plain.WINDOW)
    assert np.flatnonzero(SIDES).tolist() == sorted(plain.SIDES)


@pytest.mark.parametrize("device", RADIATION)
def test_the_single_driver_scores_exactly_nothing(device):
    score = scored(device, single_driver())
    assert score.gain_db == 0.0
    assert not np.any(score.effort_db)
    assert not np.any(score.colour_db)
    assert not np.any(score.window_level_db)


@pytest.mark.parametrize("device", RADIATION)
@pytest.mark.parametrize(
    ("response", "what"),
    [
        ([1e5], "gain"),
        ([-1e-5], "small gain"),
        ([0.0] * 37 + [1.0], "delay"),
        ([1.0, 0.8], "equaliser"),
        ([1.0] + [0.0] * 300 + [-0.5], "comb"),
    ],
)
def test_level_effort_and_dip_are_blind_to_what_the_drivers_share(device, response, what):
    taps = noise()
    given, changed = scored(device, taps), scored(device, filtered(taps, response))
    for name in ("draw_level_db", "level_db", "effort_db", "dip_db"):
        np.testing.assert_allclose(getattr(changed, name), getattr(given, name), atol=1e-9)
    if what in ("gain", "small gain", "delay"):
        assert changed.gain_db == pytest.approx(given.gain_db, abs=1e-9)


def test_colour_answers_to_an_equaliser_alone():
    tilt = filtered(single_driver(), [1.0, -0.99])
    score = scored("D-omni", tilt)
    np.testing.assert_allclose(score.draw_level_db, score.nothing_level_db, atol=1e-9)
    assert score.colour_charge_db == pytest.approx(np.std(score.colour_db) - 3.0)
    assert score.gain_db == pytest.approx(-score.colour_charge_db, abs=1e-9)
    assert score.gain_db < -2.0


def test_effort_of_drivers_in_phase_is_that_of_their_number():
    """Where all are in phase, three times the drive is nine times the power."""
    still = BeamPlant(np.ones((1, BINS, 72, 3), dtype=complex))
    power = radiated_power(still.draws, np.ones((BINS, 3), dtype=complex))
    effort = effort_db(np.ones((BINS, 3), complex), power, np.ones_like(power))
    np.testing.assert_allclose(effort, 10 * np.log10(3 / 9))


def test_effort_of_the_closed_form_by_hand():
    """Drive over the mean of cos^4 in the window, for drivers close together."""
    designer = Designer("D-omni")
    bins = np.arange(PLANT_BINS.start, PLANT_BINS.stop)
    frequency = bins * 48000 / 8192
    side = np.cos(2 * np.pi * frequency / 343 * 0.06)
    filters = np.stack([0.5 + 0 * side, -side, 0.5 + 0 * side], axis=1) / (1 - side)[:, None]
    nominal = designer.radiation(frequency, np.stack([np.cos(AZIMUTHS), np.sin(AZIMUTHS)]).T)
    score = score_pattern(BeamPlant(nominal[None]), filters + 0j)
    window = np.mean(np.cos(np.deg2rad(np.arange(-45, 46, 5))) ** 4)
    lowest = GRADED_BANDS.mean(np.sum(filters**2, axis=1), axis=0)[0]
    assert score.effort_db[0] == pytest.approx(10 * np.log10(lowest / window), abs=0.1)
    assert score.dip_db[0] == pytest.approx(-6.02, abs=0.1)


def test_what_a_band_gains_fades_with_its_effort():
    costly = designed("D-omni")
    free, capped, none = (
        scored("D-omni", costly, rules=replace(BEAM_1, effort_cap_db=cap)) for cap in (99, 7, -99)
    )
    assert free.gain_db > capped.gain_db > none.gain_db
    np.testing.assert_allclose(none.draw_level_db, none.nothing_level_db, atol=1e-12)
    kept = np.clip(1 - (free.effort_db - 7) / 6, 0, 1)
    gained = np.clip(free.level_db, -15, 15) - 0.0
    nothing = np.clip(scored("D-omni", single_driver()).level_db, -15, 15)
    expected = (nothing + kept * (gained - nothing)).mean(axis=-1)
    np.testing.assert_allclose(capped.draw_level_db, expected, atol=1e-12)


def test_harm_is_not_excused_by_effort():
    harmful = scored("D-omni", TAPS["hopeless"]("D-omni"))
    never = scored("D-omni", TAPS["hopeless"]("D-omni"), rules=replace(BEAM_1, effort_cap_db=-99.0))
    lost = harmful.level_db < 0.0
    assert lost.any()
    assert never.draw_level_db.max() < 0.0


def test_a_null_in_one_bin_does_not_decide_a_band():
    power = np.ones((1, BINS, 72))
    power[:, 100, WINDOW] = 1e-30
    level = window_to_sides_db(graded_pattern(power))
    assert level.min() > -60.0 + 10 * np.log10(GRADED_BANDS.sizes.min())
    assert np.sum(level != 0.0) == 1


def test_the_window_is_compared_with_its_loudest_direction():
    """A beam that is silent on its axis gains nothing by dividing by that silence."""
    pattern = np.ones((1, BINS, 72, 3), dtype=complex)
    pattern[:, :, 0] = 0.01
    score = score_pattern(BeamPlant(pattern), np.tile([0j, 1.0, 0], (BINS, 1)))
    np.testing.assert_allclose(score.dip_db, -40.0)
    assert score.dip_charge_db == pytest.approx(33.5)
    assert score.gain_db == BEAM_1.floor_db


def test_the_worst_draws_weigh_half():
    level = np.array([4.0, 8.0, *[6.0] * 15])
    assert float(draw_aggregate(level)) == pytest.approx(0.5 * 6.0 + 0.5 * 5.0)


@pytest.mark.parametrize("device", RADIATION)
def test_left_and_right_are_alike(device):
    """Where errors and filters are turned round together."""
    taps, errors = noise(), np.array(DRIVER_ERRORS[:3])
    swapped = beam_plant(RADIATION[device], errors[:, [2, 1, 0, 5, 4, 3]])
    mirrored = score_pattern(swapped, beam_spectra(taps[::-1])[PLANT_BINS])
    assert mirrored.gain_db == pytest.approx(scored(device, taps).gain_db, abs=1e-9)
