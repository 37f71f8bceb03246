import numpy as np
import pytest

from simgen.scoring.crosstalk_bands import PLANT_BINS, plant_frequencies
from simgen.scoring.crosstalk_condition import (
    CTC_1,
    pose_aggregate,
    score_condition,
)
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import CrosstalkPlant, doing_nothing
from tests.references import crosstalk_score as plain

BINS = PLANT_BINS.stop - PLANT_BINS.start


def flat_plant(*matrices, num_drivers=2):
    """A plant without frequency: one matrix (ear, driver) for each pose."""
    poses = np.array([np.broadcast_to(matrix, (BINS, 2, num_drivers)) for matrix in matrices])
    return CrosstalkPlant("flat", poses.astype(complex), poses[0].astype(complex), anechoic=True)


def flat(matrix):
    """Filters without frequency, from a matrix (driver, input)."""
    return np.broadcast_to(np.asarray(matrix, dtype=complex), (BINS, *np.shape(matrix)))


def leaky(leak):
    return np.array([[1.0, leak], [leak, 1.0]])


def random_plant(num_poses=4, num_drivers=3, seed=0):
    generator = np.random.default_rng(seed)
    parts = generator.standard_normal((2, num_poses, BINS, 2, num_drivers))
    return CrosstalkPlant("random", parts[0] + 1j * parts[1], parts[0, 0] + 1j * parts[1, 0], False)


def random_taps(num_drivers=3, seed=1):
    generator = np.random.default_rng(seed)
    return generator.standard_normal((num_drivers, 2, 64)) * 0.9 ** np.arange(64)


@pytest.mark.slow
@pytest.mark.parametrize("leaning", [0.0, 1.0, 20.0])
def test_score_is_that_of_the_definition_read_bin_by_bin(leaning):
    plant = random_plant()
    taps = random_taps() + leaning * doing_nothing(3)
    score = score_condition(plant, filter_spectra(taps)[PLANT_BINS])
    assert score.gain_db == pytest.approx(plain.gain_db(plant.poses, taps), abs=1e-9)
    assert score.gain_db > CTC_1.floor_db


def test_score_of_an_effortful_canceller_is_that_of_the_definition_too():
    frequency = plant_frequencies()[:, None, None]
    delays = np.array([[1.0, 1.03], [1.03, 1.0]]) * 1e-3
    matrix = np.exp(-2j * np.pi * frequency * delays) * leaky(0.95)
    off = np.exp(-2j * np.pi * frequency * np.array([[0, 2e-6], [1e-6, 0]])) * leaky(0.98)
    plant = CrosstalkPlant("two paths", np.array([matrix, off, matrix * off]), matrix, True)
    taps = np.zeros((2, 2, 64))
    for k in range(8):  # the series of the inverse, cut short
        taps[[0, 1], [0, 1], round(2 * k * 1.44)] += 0.95 ** (2 * k)
        taps[[0, 1], [1, 0], round((2 * k + 1) * 1.44)] -= 0.95 ** (2 * k + 1)
    score = score_condition(plant, filter_spectra(taps)[PLANT_BINS])
    assert score.effort_db.max() > 10.0
    assert score.gain_db == pytest.approx(plain.gain_db(plant.poses, taps), abs=1e-9)


def test_separation_of_doing_nothing_is_that_of_the_head():
    score = score_condition(flat_plant(leaky(0.5), leaky(0.1)), flat(np.eye(2)))
    np.testing.assert_allclose(score.separation_db[0], 20 * np.log10(2), atol=1e-9)
    np.testing.assert_allclose(score.separation_db[1], 20.0, atol=1e-9)
    np.testing.assert_allclose(score.pose_separation_db, [20 * np.log10(2), 15.0])
    assert score.gain_db == score.charge_db == 0.0


def test_a_perfect_inverse_reaches_the_clip_and_no_more():
    inverse = np.linalg.inv(leaky(0.5))
    score = score_condition(flat_plant(leaky(0.5)), flat(inverse))
    assert score.separation_db.min() > 200.0
    assert score.gain_db == pytest.approx(15.0 - 20 * np.log10(2))
    # The inverse's larger singular value is 1 / (1 - 0.5), and it restores the level.
    np.testing.assert_allclose(score.effort_db, 20 * np.log10(2))


@pytest.mark.parametrize(
    ("leak", "effort", "share"), [(0.68, 9.9, 1.0), (0.776, 13.0, 0.5), (0.85, 16.5, 0.0)]
)
def test_effort_beyond_the_cap_fades_what_is_gained(leak, effort, share):
    score = score_condition(flat_plant(leaky(leak)), flat(np.linalg.inv(leaky(leak))))
    np.testing.assert_allclose(score.effort_db, effort, atol=0.05)
    gained = 15.0 + 20 * np.log10(leak)
    assert score.gain_db == pytest.approx(share * gained, abs=0.1)


def test_effort_never_excuses_harm():
    wrong = np.array([[0.1, 1.0], [1.0, 0.1]])
    harmful = score_condition(flat_plant(leaky(0.5)), flat(wrong))
    assert harmful.effort_db.min() > 1.0
    louder = wrong + 50 * np.array([[0.0, 1.0], [1.0, 0.0]])
    score = score_condition(flat_plant(leaky(0.5)), flat(louder))
    assert score.gain_db < harmful.gain_db < -5.0


def test_effort_is_charged_at_the_ear_that_has_less():
    quiet = score_condition(flat_plant(leaky(0.1)), flat(np.diag([1.0, 0.1])))
    np.testing.assert_allclose(quiet.effort_db, 20.0)


def test_the_worse_input_counts():
    matrix = np.array([[1.0, 0.1], [0.5, 1.0]])
    score = score_condition(flat_plant(matrix), flat(np.eye(2)))
    np.testing.assert_allclose(score.separation_db, 20 * np.log10(2))


def test_a_quiet_channel_is_colour():
    score = score_condition(flat_plant(leaky(0.1)), flat(np.diag([1.0, 0.1])))
    np.testing.assert_allclose(score.side_colour_db[:, 0], 10.0)
    np.testing.assert_allclose(score.side_colour_db[:, 1], -10.0)
    assert score.charge_db >= 7.0
    assert score.gain_db < -6.0


def test_a_tilt_beyond_the_allowance_is_charged_and_a_lower_centre_is_not():
    tilt_db = np.linspace(-12.0, 12.0, BINS)[:, None, None]
    tilted = score_condition(flat_plant(leaky(0.2)), flat(np.eye(2)) * 10 ** (tilt_db / 20))
    assert tilted.charge_db > 3.0
    assert tilted.gain_db == pytest.approx(-tilted.charge_db)
    lower = score_condition(flat_plant(leaky(0.9)), flat([[1.0, -0.5], [-0.5, 1.0]]))
    assert lower.charge_db == 0.0


def test_gain_delay_and_equalisers_change_neither_separation_nor_effort():
    plant, filters = random_plant(), filter_spectra(random_taps())[PLANT_BINS]
    frequency = plant_frequencies()[:, None, None]
    turn = np.exp(-2j * np.pi * frequency / 48000)
    expected = score_condition(plant, filters)
    for change in (1e6, 1e-6, -1.0, turn**33, 1.0 - 0.5 * turn**301, 1.0 / (1.0 - 0.9 * turn)):
        score = score_condition(plant, filters * change)
        np.testing.assert_allclose(score.separation_db, expected.separation_db, atol=1e-10)
        np.testing.assert_allclose(score.effort_db, expected.effort_db, atol=1e-10)


def test_left_and_right_are_alike():
    plant, filters = random_plant(), filter_spectra(random_taps())[PLANT_BINS]
    poses = plant.poses[:, :, ::-1, ::-1]
    mirrored = CrosstalkPlant("mirror", poses, poses[0], False)
    score, other = (
        score_condition(plant, filters),
        score_condition(mirrored, filters[:, ::-1, ::-1]),
    )
    assert other.gain_db == pytest.approx(score.gain_db, abs=1e-12)


def test_worst_poses_weigh_as_much_as_all():
    separation = np.arange(32.0)
    assert pose_aggregate(separation) == pytest.approx(0.5 * 15.5 + 0.5 * 1.5)
    thirty = np.arange(30.0)  # 0.1 * 30 is a little above 3 in floating point
    assert pose_aggregate(thirty) == pytest.approx(0.5 * 14.5 + 0.5 * 1.0)
    assert pose_aggregate(np.stack([separation, -separation])).shape == (2,)


def test_nothing_scores_less_than_the_floor():
    poor = score_condition(flat_plant(leaky(0.01)), flat([[0.0, 1.0], [1.0, 0.0]]))
    assert poor.gain_db == CTC_1.floor_db
