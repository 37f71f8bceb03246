"""The whole track, with honest beams on both devices."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.scoring.beam import PROTOCOL, compare_beams, score_beams
from simgen.scoring.beam_bands import PLANT_BINS
from simgen.scoring.beam_devices import beam_devices
from simgen.scoring.beam_pattern import BEAM_1, score_pattern
from simgen.scoring.beam_plant import beam_spectra, single_driver
from tests.references.beam_designs import Designer

DEVICES = beam_devices()
FAMILIES = {
    "nulls, 9 dB": lambda designer: designer.nulls(9.0),
    "nulls, 6 dB": lambda designer: designer.nulls(6.0),
    "least squares, 6 dB": lambda designer: designer.least_squares(1e-6, 6.0),
    "nulls": lambda designer: designer.nulls(),
    "closed form": lambda designer: designer.closed_form(),
    "sum": lambda designer: designer.same(1, 1, 1),
    "single": lambda designer: designer.same(0, 1, 0),
}


@cache
def submission(family):
    designers = {device: Designer(device) for device in DEVICES}
    return {name: each.taps(FAMILIES[family](each)) for name, each in designers.items()}


@cache
def scored(family):
    return score_beams(DEVICES, submission(family))


def gains(score):
    return {name: device.gain_db.value for name, device in score.devices.items()}


def test_the_single_driver_scores_exactly_nothing():
    score = score_beams(DEVICES, {name: single_driver() for name in DEVICES})
    assert vars(score.gain_db) == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert gains(score) == dict.fromkeys(DEVICES, 0.0)


def test_the_single_driver_late_scores_next_to_nothing():
    assert gains(scored("single")) == pytest.approx(dict.fromkeys(DEVICES, 0.0), abs=1e-6)


def test_order_of_the_methods():
    totals = {family: scored(family).gain_db.value for family in FAMILIES}
    nine, six, fitted, nulls, closed, summed, single = totals.values()
    assert nine > six > fitted > nulls > closed > summed > single + 1.0
    assert nine == pytest.approx(9.05, abs=0.05)
    assert nulls < nine - 1.0


def test_closed_form_is_the_exact_nulls_of_its_own_device_alone():
    closed, nulls = gains(scored("closed form")), gains(scored("nulls"))
    assert closed["D-omni"] == pytest.approx(nulls["D-omni"], abs=1e-3)
    assert closed["D-ball"] < nulls["D-ball"] - 6.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clip_db", "effort_cap_db", "effort_fade_db", "worst_weight"),
    [(12, 8, 6, 0.5), (20, 10, 6, 0.5), (15, 9, 3, 0.5), (15, 9, 6, 0.0)],
)
def test_order_does_not_depend_on_the_numbers(clip_db, effort_cap_db, effort_fade_db, worst_weight):
    rules = replace(
        BEAM_1,
        clip_db=clip_db,
        effort_cap_db=effort_cap_db,
        effort_fade_db=effort_fade_db,
        worst_weight=worst_weight,
    )
    capped, fitted, nulls, closed, summed = (
        np.mean(
            [
                score_pattern(plant, beam_spectra(taps)[PLANT_BINS], rules=rules).gain_db
                for plant, taps in zip(DEVICES.values(), submission(family).values(), strict=True)
            ]
        )
        for family in ("nulls, 6 dB", "least squares, 6 dB", "nulls", "closed form", "sum")
    )
    assert capped > nulls > closed > summed > 0.0
    assert fitted > closed + 1.0


def test_paired_comparison_is_sharper_than_the_intervals():
    first, second = scored("nulls, 9 dB"), scored("nulls, 6 dB")
    difference = compare_beams(first, second)
    assert difference.value == first.gain_db.value - second.gain_db.value
    assert 0.0 < difference.low < difference.value < difference.high
    assert difference.share_below_zero == 0.0
    assert difference.high - difference.low < first.gain_db.high - first.gain_db.low
    other_way = compare_beams(second, first)
    assert (other_way.value, other_way.share_below_zero) == (-difference.value, 1.0)
    same = compare_beams(first, first)
    assert (same.value, same.low, same.high, same.share_below_zero) == (0.0, 0.0, 0.0, 0.0)


def test_only_like_scores_are_compared():
    few = score_beams({"D-omni": DEVICES["D-omni"]}, {"D-omni": single_driver()})
    with pytest.raises(ParameterError, match="not scored on the same devices"):
        compare_beams(scored("sum"), few)


def test_the_ranking_number_is_the_mean_of_devices():
    score = scored("nulls, 6 dB")
    assert score.gain_db.value == np.mean(list(gains(score).values()))
    assert score.gain_db.low < score.gain_db.value < score.gain_db.high
    for device in score.devices.values():
        assert device.gain_db.value == device.pattern.gain_db
        assert device.gain_db.low < device.gain_db.value < device.gain_db.high


def test_a_device_left_out_counts_as_its_single_driver():
    whole = scored("nulls, 6 dB")
    score = score_beams(DEVICES, {"D-ball": submission("nulls, 6 dB")["D-ball"]})
    assert gains(score) == {"D-omni": 0.0, "D-ball": gains(whole)["D-ball"]}
    assert score.gain_db.value == pytest.approx(gains(whole)["D-ball"] / 2)
    plain = score.to_dict()
    assert plain["coverage"] == {"num_devices": 2, "num_devices_submitted": 1, "num_draws": 17}
    assert plain["devices"]["D-omni"]["pattern"] is None
    assert compare_beams(whole, score).value > 0.0


def test_filters_in_single_precision_score_alike():
    single = {name: taps.astype(np.float32) for name, taps in submission("nulls").items()}
    assert gains(score_beams(DEVICES, single)) == pytest.approx(gains(scored("nulls")), abs=1e-3)


def test_json_has_fixed_keys_and_only_finite_numbers():
    plain = scored("nulls, 6 dB").to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert list(plain) == ["protocol", "coverage", "gain_db", "devices"]
    assert plain["protocol"] == PROTOCOL == "beam/1"
    device = plain["devices"]["D-ball"]
    assert list(device) == ["gain_db", "num_taps", "pattern", "report"]
    assert (len(device["pattern"]["effort_db"]), len(device["pattern"]["colour_db"])) == (12, 25)
    assert "level_db" not in device["pattern"]
    assert device["report"]["drr_gain_db"] is None
    assert len(json.dumps(plain)) < 20_000


def test_driver_errors_are_what_exact_nulls_cannot_have():
    """As it was meant, silence is 40 dB and more down; over draws, hardly 25 dB."""
    device = scored("nulls").devices["D-omni"]
    assert device.report.axis_to_side_db.mean() > 35.0
    off = device.pattern.level_db[1:].mean(axis=0)
    assert off[0] < 5.0
    assert off.max() < 30.0
