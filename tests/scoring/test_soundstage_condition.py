import numpy as np
import pytest

from simgen.scoring.crosstalk_bands import PLANT_BINS, plant_frequencies
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing
from simgen.scoring.interaural import InterauralCues, interaural_cues
from simgen.scoring.soundstage_condition import (
    STAGE_1,
    SoundstageRules,
    cue_errors,
    score_head,
    stage_colour_db,
)
from simgen.scoring.soundstage_plant import (
    PANS,
    HeadDirections,
    SoundstagePlant,
    pan_gains,
    panned_spectra,
)
from tests.references import soundstage_score as plain
from tests.references.soundstage_designs import routed, shuffler
from tests.references.soundstage_plants import stage_track

FREQUENCY = plant_frequencies()
BINS = len(FREQUENCY)
NOTHING = filter_spectra(doing_nothing(2))[PLANT_BINS]


def random_responses(num_sources, num_seats=2, seed=0):
    shape = (2, num_seats, BINS, 2, num_sources)
    parts = np.random.default_rng(seed).standard_normal(shape)
    return parts[0] + 1j * parts[1]


def plant_of(device, stage, anchor):
    seats = np.zeros((len(device), len(PANS)))
    directions = HeadDirections(np.zeros(1), stage[0, :, :, :1])
    name = CrosstalkPlant("made up", device, device[0], anechoic=True)
    return SoundstagePlant(name, stage, seats, anchor, directions)


def random_plant(num_drivers=3, num_seats=2):
    stage = random_responses(7, num_seats, seed=1)
    anchor = random_responses(2, num_seats, seed=2)
    return plant_of(random_responses(num_drivers, num_seats), stage, anchor)


def thinned(plant, seats):
    """The same at fewer seats."""
    device = plant.device
    fewer = CrosstalkPlant(device.name, device.poses[seats], device.nominal, device.anechoic)
    at = (plant.stage[seats], plant.azimuths[seats], plant.anchor[seats])
    return SoundstagePlant(fewer, *at, plant.directions)


def points_of(plant, taps):
    return score_head(plant, filter_spectra(taps)[PLANT_BINS]).points


@pytest.mark.slow
@pytest.mark.parametrize("leaning", [1.0, 20.0])
def test_score_is_that_of_the_definition_read_band_by_band(leaning):
    plant = random_plant()
    generator = np.random.default_rng(3)
    taps = generator.standard_normal((3, 2, 64)) * 0.9 ** np.arange(64)
    taps += leaning * doing_nothing(3)
    expected = plain.points(plant.device.poses, plant.stage, plant.anchor, taps)
    assert points_of(plant, taps) == pytest.approx(expected, abs=1e-9)
    assert expected > STAGE_1.floor


@pytest.mark.slow
@pytest.mark.parametrize(
    "taps",
    [shuffler("B", 6), shuffler("B", 12), shuffler("B", 16), routed("B", [[0, 1], [1, 0]])],
    ids=["6 dB", "12 dB", "16 dB", "swapped"],
)
def test_score_before_a_head_is_that_of_the_definition_too(taps):
    plant = thinned(stage_track()["B"][0], [0, 7])
    expected = plain.points(plant.device.poses, plant.stage, plant.anchor, taps)
    assert points_of(plant, taps) == pytest.approx(expected, abs=1e-9)


def test_doing_nothing_has_exactly_nothing():
    score = score_head(random_plant(2), NOTHING)
    assert (score.points, score.kept, score.charge) == (0.0, 1.0, 0.0)
    np.testing.assert_allclose(score.effort_db, 0.0, atol=1e-9)
    np.testing.assert_array_equal(score.seat_errors, score.nothing_errors)
    assert score.coherence == score.nothing_coherence


def test_the_stage_itself_has_all_points():
    device, anchor = random_responses(2), random_responses(2, seed=2)
    swapped = np.broadcast_to([[0.0, 1.0], [1.0, 0.0]], (BINS, 2, 2))
    plant = plant_of(device, panned_spectra(device, swapped), anchor)
    score = score_head(plant, swapped + 0j)
    np.testing.assert_allclose(score.seat_errors, 0.0, atol=1e-9)
    assert 100.0 - score.points == pytest.approx(score.charge + 100.0 * (1.0 - score.kept))


def test_the_anchor_is_the_pair_without_filters():
    anchor = random_responses(2, seed=2)
    stage = panned_spectra(anchor, NOTHING)
    score = score_head(plant_of(random_responses(3), stage, anchor), random_filters(3))
    assert score.anchor_points == 100.0
    np.testing.assert_array_equal(score.anchor_errors, 0.0)


def random_filters(num_drivers):
    taps = np.random.default_rng(4).standard_normal((num_drivers, 2, 64))
    return filter_spectra(taps)[PLANT_BINS]


def test_a_pan_reaches_the_outer_drivers_by_the_tangent_law():
    gains = pan_gains()
    np.testing.assert_allclose(np.sum(gains**2, axis=1), 1.0)
    np.testing.assert_allclose(gains[::-1, ::-1], gains, atol=1e-15)
    ratio = (gains[:, 0] - gains[:, 1]) / gains.sum(axis=1)
    np.testing.assert_allclose(np.arctan(ratio * np.tan(PANS[0])), PANS, atol=1e-15)
    np.testing.assert_allclose(np.rad2deg(PANS), [30, 20, 10, 0, -10, -20, -30], atol=1e-12)
    device = random_responses(3)
    heard = panned_spectra(device, filter_spectra(doing_nothing(3))[PLANT_BINS])
    np.testing.assert_allclose(heard[..., 0], device[..., 0], atol=1e-12)
    np.testing.assert_allclose(heard[..., 6], device[..., 2], atol=1e-12)


# Cue errors


def cues(phase=0.0, level_db=0.0, num_seats=1):
    flat = interaural_cues(np.ones((num_seats, BINS, 2, len(PANS)), dtype=complex))
    return InterauralCues(flat.phase + phase, flat.level_db + level_db)


def test_half_the_error_is_time_and_half_is_level():
    assert cue_errors(cues(), cues(level_db=3.0)) == pytest.approx(1.5)
    assert cue_errors(cues(), cues(level_db=-30.0)) == pytest.approx(10.0)
    frequency = plant_frequencies()[:, None]
    later = np.stack([np.ones(BINS), np.exp(-2j * np.pi * frequency[:, 0] * 60e-6)], axis=1)
    moved = interaural_cues(np.repeat(later[None, ..., None], len(PANS), axis=3))
    assert cue_errors(moved, cues()) == pytest.approx(1.5, rel=0.01)


def test_the_worse_half_of_the_stage_counts_and_both_hold_the_middle():
    slope = np.array([4.0, 2.0, 2.0, 0.0, 10.0, 0.0, 0.0])
    for level_db in (slope, slope[::-1], -slope):
        assert cue_errors(cues(level_db=level_db), cues()) == pytest.approx(0.5 * 10 / 4)
    middle = np.array([0.0, 0.0, 0.0, 8.0, 0.0, 0.0, 0.0])
    assert cue_errors(cues(level_db=middle), cues()) == pytest.approx(0.5 * 8 / 4)


def test_the_worst_seats_weigh_as_much_as_all():
    errors = np.arange(15.0)
    assert STAGE_1.over_seats(errors) == pytest.approx(0.5 * 7.0 + 0.5 * 13.5)
    assert STAGE_1.over_seats(np.stack([errors, 2 * errors])) == pytest.approx([10.25, 20.5])


# What it costs


def test_points_fade_with_effort_and_harm_does_not():
    better, worse, nothing = np.full(15, 2.0), np.full(15, 6.0), np.full(15, 4.0)
    rules = SoundstageRules()
    assert rules.points(better, nothing, kept=0.5, charge=3.0) == pytest.approx(22.0)
    assert rules.points(worse, nothing, kept=0.5, charge=3.0) == pytest.approx(-53.0)
    assert rules.points(3 * worse, nothing, kept=1.0, charge=0.0) == rules.floor == -100.0


@pytest.mark.parametrize(("effort", "kept"), [(-5.0, 1.0), (10.0, 1.0), (13.0, 0.5), (20.0, 0.0)])
def test_effort_beyond_the_cap_fades_band_by_band(effort, kept):
    efforts = np.array([0.0, effort])
    assert STAGE_1.kept(efforts) == pytest.approx(0.5 + 0.5 * kept)


def test_coherence_is_charged_beyond_five_hundredths():
    assert STAGE_1.coherence_points(0.96, 1.0) == 0.0
    assert STAGE_1.coherence_points(0.75, 1.0) == pytest.approx(20.0)
    assert STAGE_1.coherence_points(1.0, 0.75) == 0.0


def test_colour_is_charged_beyond_what_is_free():
    flat, tilted = np.zeros((35, 7)), np.zeros((35, 7))
    tilted[:, 2] = 4.0
    assert STAGE_1.colour_points(flat, flat) == 0.0
    assert STAGE_1.colour_points(tilted, flat) == pytest.approx(10.0)
    assert STAGE_1.colour_points(tilted, 0.75 * tilted) == pytest.approx(5.0)
    assert STAGE_1.colour_points(tilted, tilted) == 0.0


def test_colour_is_relative_to_the_pair_and_shows_places_that_are_louder():
    pair = panned_spectra(random_responses(2), NOTHING)
    for gain in (1.0, 1e-3, 7.0 * np.exp(1j * FREQUENCY)[:, None, None]):
        np.testing.assert_allclose(stage_colour_db(gain * pair, pair), 0.0, atol=1e-9)
    louder = pair * np.array([10.0, 1, 1, 1, 1, 1, 1])
    colour = stage_colour_db(louder, pair)
    np.testing.assert_allclose(colour[:, 0], 20.0 * 6 / 7)
    np.testing.assert_allclose(colour[:, 1:], -20.0 / 7)
    bass = stage_colour_db(pair * np.where(FREQUENCY < 500.0, 0.1, 1.0)[:, None, None], pair)
    np.testing.assert_allclose(np.ptp(bass, axis=0), 20.0)
    np.testing.assert_allclose(bass.mean(), 0.0, atol=1e-9)


def test_gain_and_delay_change_nothing():
    plant, filters = random_plant(), random_filters(3)
    expected = score_head(plant, filters)
    for change in (1e6, -1e-6, np.exp(-2j * np.pi * FREQUENCY * 0.01)[:, None, None]):
        score = score_head(plant, filters * change)
        assert score.points == pytest.approx(expected.points, abs=1e-9)


def test_left_and_right_are_alike():
    plant, filters = random_plant(), random_filters(3)
    mirrored = plant_of(
        plant.device.poses[:, :, ::-1, ::-1],
        plant.stage[:, :, ::-1, ::-1],
        plant.anchor[:, :, ::-1, ::-1],
    )
    score, other = (
        score_head(plant, filters),
        score_head(mirrored, filters[:, ::-1, ::-1]),
    )
    assert other.points == pytest.approx(score.points, abs=1e-9)


def test_seats_can_be_given_in_any_order():
    plant, filters = random_plant(num_seats=4), random_filters(3)
    order = [2, 0, 3, 1]
    score, other = score_head(plant, filters), score_head(thinned(plant, order), filters)
    assert other.points == pytest.approx(score.points, abs=1e-9)
    np.testing.assert_allclose(other.seat_errors, score.seat_errors[order])
