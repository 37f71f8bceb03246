"""The whole track, with honest designs on both devices and two heads."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.exchange.heads import head_of
from simgen.exchange.sofa import read_impulse_responses
from simgen.scoring.crosstalk_bands import plant_frequencies
from simgen.scoring.crosstalk_plant import doing_nothing
from simgen.scoring.soundstage import PROTOCOL, compare_soundstage, score_soundstage
from tests.references.crosstalk_plants import DEVICES
from tests.references.soundstage_designs import BrownDuda, VirtualPair, blumlein, shuffler
from tests.references.soundstage_plants import Measured, stage_track, track_of

KEMAR = Path("/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa")
TRACK = stage_track()


@cache
def designer(device, head=None):
    pair = VirtualPair(device)
    return pair if head is None else VirtualPair(device, head(pair.frequency[1:]))


DESIGNS = {
    "shuffler": lambda device: shuffler(device, 6.0),
    "blumlein": blumlein,
    "robust": lambda device: levelled(designer(device), "robust", 6.0),
    "simple head": lambda device: levelled(designer(device, BrownDuda), "robust", 6.0),
    "not levelled": lambda device: plain(designer(device), "robust", 6.0),
    "one place": lambda device: levelled(designer(device), "one_place", 6.0),
    "perfect": lambda device: plain(designer(device), "perfect"),
}


def levelled(pair, family, *options):
    return pair.taps(pair.level(getattr(pair, family)(*options)))


def plain(pair, family, *options):
    return pair.taps(getattr(pair, family)(*options))


@cache
def submission(design):
    return {device: DESIGNS[design](device) for device in TRACK}


@cache
def scored(design):
    return score_soundstage(TRACK, submission(design))


def points(score):
    return {name: device.points.value for name, device in score.devices.items()}


def test_doing_nothing_scores_exactly_nothing():
    score = score_soundstage(TRACK, {name: doing_nothing(len(DEVICES[name])) for name in TRACK})
    assert vars(score.points) == {"value": 0.0, "low": 0.0, "high": 0.0}
    for device in score.devices.values():
        assert [head.points for head in device.heads.values()] == [0.0, 0.0]
        assert vars(device.points) == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_doing_nothing_late_scores_next_to_nothing():
    late = {name: np.roll(doing_nothing(len(DEVICES[name])), 30, axis=2) for name in TRACK}
    assert points(score_soundstage(TRACK, late)) == pytest.approx({"B": 0.0, "C": 0.0}, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("design", ["shuffler", "blumlein", "robust", "simple head"])
def test_honest_designs_gain_on_both_devices(design):
    found = points(scored(design))
    assert min(found.values()) > 5.0
    assert scored(design).points.low > 5.0


@pytest.mark.slow
def test_times_ask_for_more_side_in_the_bass():
    assert compare_soundstage(scored("blumlein"), scored("shuffler")).low > 1.0


def test_the_stereo_pair_is_no_perfect_stage_off_its_middle():
    for device in scored("shuffler").devices.values():
        for head in device.heads.values():
            assert 20.0 < head.anchor_points < 35.0
            assert head.points < head.anchor_points


@pytest.mark.slow
def test_the_level_that_robust_designs_lose_is_charged():
    levels, lost = (scored(design) for design in ("robust", "not levelled"))
    for name in TRACK:
        assert points(levels)[name] > points(lost)[name] + 2.0
    for head in lost.devices["B"].heads.values():
        assert head.colour_charge > 2.0


@pytest.mark.slow
def test_moving_heads_punish_a_design_for_one_place():
    robust, one, perfect = (scored(design) for design in ("robust", "one place", "perfect"))
    for other in (one, perfect):
        assert compare_soundstage(robust, other).low > 0.0
        assert robust.points.value > other.points.value + 3.0


@pytest.mark.slow
def test_the_perfect_inverse_pays_for_its_effort():
    heads = scored("perfect").devices["B"].heads.values()
    assert all(head.kept < 0.5 for head in heads)
    assert all(head.kept > 0.8 for head in scored("robust").devices["B"].heads.values())


def test_paired_comparison_turns_round():
    robust, one = scored("robust"), scored("one place")
    difference, other_way = compare_soundstage(robust, one), compare_soundstage(one, robust)
    assert difference.value == robust.points.value - one.points.value == -other_way.value
    assert (difference.low, difference.high) == pytest.approx((-other_way.high, -other_way.low))
    same = compare_soundstage(one, one)
    assert (same.value, same.low, same.high, same.share_below_zero) == (0.0, 0.0, 0.0, 0.0)


def test_only_like_scores_are_compared():
    few = score_soundstage({"B": TRACK["B"]}, {"B": doing_nothing(2)})
    with pytest.raises(ParameterError, match="not scored on the same devices"):
        compare_soundstage(scored("shuffler"), few)


def test_the_ranking_number_is_the_mean_of_means():
    score = scored("robust")
    assert score.points.value == np.mean(list(points(score).values()))
    for device in score.devices.values():
        assert device.points.value == np.mean([head.points for head in device.heads.values()])
        assert device.points.low < device.points.value < device.points.high


def test_a_device_left_out_counts_as_doing_nothing():
    whole = points(scored("shuffler"))
    score = score_soundstage(TRACK, {"C": submission("shuffler")["C"]})
    assert points(score) == {"B": 0.0, "C": whole["C"]}
    assert score.points.value == pytest.approx(whole["C"] / 2)
    coverage = score.to_dict()["coverage"]
    assert coverage == {"num_devices": 2, "num_devices_submitted": 1, "num_seats": 15}
    assert compare_soundstage(scored("shuffler"), score).value > 0.0


def test_filters_in_single_precision_score_alike():
    single = {name: taps.astype(np.float32) for name, taps in submission("robust").items()}
    expected = pytest.approx(points(scored("robust")), abs=1e-3)
    assert points(score_soundstage(TRACK, single)) == expected


def test_json_has_fixed_keys_only_finite_numbers():
    plain = scored("robust").to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert list(plain) == ["protocol", "coverage", "points", "devices"]
    assert plain["protocol"] == PROTOCOL == "stage/1"
    device = plain["devices"]["B"]
    assert list(device) == ["points", "num_taps", "heads", "reports"]
    assert list(device["heads"]) == list(device["reports"]) == [each.name for each in TRACK["B"]]
    assert np.shape(device["heads"]["sphere 8.75"]["effort_db"]) == (17,)
    assert np.shape(device["reports"]["sphere 8.75"]["stage"]["azimuths_deg"]) == (15, 7)
    assert len(json.dumps(plain)) < 100_000


@pytest.mark.slow
@pytest.mark.debian
@pytest.mark.skipif(not KEMAR.exists(), reason="needs the Debian package libmysofa1")
def test_a_measured_head_agrees():
    head = Measured(head_of(read_impulse_responses(KEMAR)), plant_frequencies())
    track = track_of({"KEMAR": head})
    silent = score_soundstage(track, {name: doing_nothing(len(DEVICES[name])) for name in track})
    assert points(silent) == {"B": 0.0, "C": 0.0}
    for design in ("shuffler", "robust", "simple head"):
        assert min(points(score_soundstage(track, submission(design))).values()) > 4.0
    late = score_soundstage(track, submission("perfect")).points
    assert late.value < score_soundstage(track, submission("robust")).points.value
