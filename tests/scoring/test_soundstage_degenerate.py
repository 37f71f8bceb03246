"""Filters that help nobody must not beat doing nothing by what has a meaning: 3 points."""

import numpy as np
import pytest

from simgen.errors import SubmissionError
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.soundstage import score_soundstage
from simgen.scoring.soundstage_condition import score_head
from tests.references.soundstage_designs import VirtualPair, late_right, routed, shuffler
from tests.references.soundstage_plants import stage_track

TRACK = {device: plants[:1] for device, plants in stage_track().items()}
MEANINGLESS = 3.0

HARMFUL = {
    "swapped": lambda device: routed(device, [[0, 1], [1, 0]]),
    "mono": lambda device: routed(device, [[1, 1], [1, 1]]),
    "left alone": lambda device: routed(device, [[1, 1], [0, 0]]),
    "one polarity flipped": lambda device: routed(device, [[1, 0], [0, -1]]),
    "right 10 dB down": lambda device: routed(device, [[1, 0], [0, 10**-0.5]]),
    "right 40 dB down": lambda device: routed(device, [[1, 0], [0, 0.01]]),
    "narrowed": lambda device: shuffler(device, -6.0),
    "side alone": lambda device: routed(device, [[1, -1], [-1, 1]]),
    "noise": lambda device: np.random.default_rng(3).standard_normal(
        (len(routed(device, 0)), 2, 64)
    ),
    "side 20 dB up": lambda device: shuffler(device, 20.0),
}
SMEARED = {
    "right 0.17 ms late": lambda device: late_right(device, 0.17e-3),
    "right 0.6 ms late": lambda device: late_right(device, 0.6e-3),
}


def points(filters):
    """Points by device, before the first head."""
    return {
        device: score_head(plant, filter_spectra(filters(device))[PLANT_BINS]).points
        for device, (plant,) in TRACK.items()
    }


@pytest.mark.parametrize("name", HARMFUL)
def test_no_degenerate_filter_beats_doing_nothing(name):
    found = points(HARMFUL[name])
    assert max(found.values()) < -1.0, found


@pytest.mark.parametrize("name", SMEARED)
def test_smearing_the_stage_is_worth_nothing(name):
    found = points(SMEARED[name])
    assert max(found.values()) < MEANINGLESS
    assert np.mean(list(found.values())) < 0.0


@pytest.mark.parametrize("name", ["one polarity flipped", "right 40 dB down", "side alone"])
def test_what_breaks_the_stage_is_near_the_floor(name):
    assert max(points(HARMFUL[name]).values()) < -70.0


def test_a_side_boost_is_bounded():
    by_boost = [np.mean(list(points(lambda d, b=b: shuffler(d, b)).values())) for b in (3, 9, 16)]
    assert by_boost[1] > by_boost[0] > 5.0
    assert by_boost[2] < by_boost[1] - 5.0


def test_cancelling_alone_gives_headphone_cues():
    def filters(device):
        designer = VirtualPair(device, num_poses=0)
        return designer.taps(designer.perfectly_cancelling())

    assert max(points(filters).values()) < -40.0


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda taps: 0.0 * taps, "every tap is zero"),
        (lambda taps: taps * [[1.0], [0.0]], "input 1 is silent"),
        (lambda taps: taps * np.nan, "is nan"),
        (lambda taps: taps + 0j, "complex128"),
        (lambda taps: taps * [[1.0], [1e-4]], "re the louder input"),
    ],
)
def test_silent_and_impossible_filters_are_refused(spoil, fault):
    with pytest.raises(SubmissionError, match=fault):
        score_soundstage(TRACK, {"C": spoil(shuffler("C", 6.0))})


def test_filters_that_smear_in_time_are_refused():
    taps = np.zeros((2, 2, 2048))
    taps[..., :64] = shuffler("B", 6.0)
    taps[..., 1024:] += taps[..., :1024]
    with pytest.raises(SubmissionError, match=r"energy long (before|after) the main peak"):
        score_soundstage(TRACK, {"B": taps})
