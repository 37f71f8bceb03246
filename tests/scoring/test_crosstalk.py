"""The whole track, with honest cancellers on devices, heads and a room."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from simgen.errors import ParameterError, SubmissionError
from simgen.scoring.crosstalk import PROTOCOL, compare_crosstalk, score_crosstalk
from simgen.scoring.crosstalk_bands import PLANT_BINS
from simgen.scoring.crosstalk_condition import CTC_1, score_condition
from simgen.scoring.crosstalk_filters import filter_spectra
from simgen.scoring.crosstalk_plant import doing_nothing
from tests.references.crosstalk_designs import Designer
from tests.references.crosstalk_plants import DEVICES, ROOMS, small_track

FAMILIES = ("robust", "capped", "perfect", "natural")
TRACK = small_track()


@cache
def submission(family):
    options = {"capped": {"cap_db": 6.0}}.get(family, {})
    designers = {device: Designer(device) for device in DEVICES}
    return {
        device: designer.taps(getattr(designer, family)(**options))
        for device, designer in designers.items()
    }


@cache
def spectra(family):
    return {device: filter_spectra(taps) for device, taps in submission(family).items()}


@cache
def scored(family):
    return score_crosstalk(TRACK, submission(family))


def gains(score):
    return {name: device.gain_db.value for name, device in score.devices.items()}


def test_doing_nothing_scores_exactly_nothing():
    score = score_crosstalk(TRACK, {name: doing_nothing(len(at)) for name, at in DEVICES.items()})
    assert vars(score.gain_db) == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert gains(score) == dict.fromkeys(DEVICES, 0.0)
    for device in score.devices.values():
        assert all(condition.gain_db == 0.0 for condition in device.conditions.values())


def test_doing_nothing_late_scores_next_to_nothing():
    assert gains(scored("natural")) == pytest.approx(dict.fromkeys(DEVICES, 0.0), abs=1e-6)


@pytest.mark.parametrize("device", ["B", "C"])
def test_robust_beats_capped_beats_perfect_beats_nothing(device):
    robust, capped, perfect, nothing = (gains(scored(family))[device] for family in FAMILIES)
    assert robust > capped > perfect > nothing
    assert robust > perfect + 1.0


def test_on_a_wide_pair_robustness_decides():
    robust, capped, perfect, _ = (gains(scored(family))["A"] for family in FAMILIES)
    assert robust > 2.0
    assert max(capped, perfect) < 1.0


def test_perfect_inverse_is_not_capped_by_the_scorer():
    assert gains(scored("capped"))["B"] > gains(scored("perfect"))["B"] + 1.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clip_db", "effort_cap_db", "effort_fade_db", "worst_weight"),
    [(12, 8, 6, 0.5), (20, 12, 6, 0.5), (12, 12, 3, 0.5), (20, 8, 3, 0.5), (15, 10, 6, 0.0)],
)
def test_order_does_not_depend_on_the_numbers(clip_db, effort_cap_db, effort_fade_db, worst_weight):
    rules = replace(
        CTC_1,
        clip_db=clip_db,
        effort_cap_db=effort_cap_db,
        effort_fade_db=effort_fade_db,
        worst_weight=worst_weight,
    )
    robust, capped, perfect = (
        np.mean(
            [
                score_condition(plant, filters[PLANT_BINS], rules=rules).gain_db
                for device, filters in spectra(family).items()
                for plant in TRACK[device][1::2]
            ]
        )
        for family in ("robust", "capped", "perfect")
    )
    assert robust > capped > perfect > 0.0


def test_paired_comparison_is_sharper_than_the_intervals():
    robust, capped = scored("robust"), scored("capped")
    difference = compare_crosstalk(robust, capped)
    assert difference.value == robust.gain_db.value - capped.gain_db.value
    assert 0.0 < difference.low < difference.value < difference.high
    assert difference.share_below_zero == 0.0
    assert difference.high - difference.low < robust.gain_db.high - robust.gain_db.low
    other_way = compare_crosstalk(capped, robust)
    assert other_way.value == -difference.value
    assert other_way.share_below_zero == 1.0
    same = compare_crosstalk(robust, robust)
    assert (same.value, same.low, same.high, same.share_below_zero) == (0.0, 0.0, 0.0, 0.0)


def test_only_like_scores_are_compared():
    few = score_crosstalk({"B": TRACK["B"]}, {"B": doing_nothing(2)})
    with pytest.raises(ParameterError, match="not scored on the same devices"):
        compare_crosstalk(scored("robust"), few)


def test_the_ranking_number_is_the_mean_of_means():
    score = scored("robust")
    assert score.gain_db.value == np.mean(list(gains(score).values()))
    for device in score.devices.values():
        conditions = [condition.gain_db for condition in device.conditions.values()]
        assert device.gain_db.value == np.mean(conditions)
        assert device.gain_db.low < device.gain_db.value < device.gain_db.high


def test_a_device_left_out_counts_as_doing_nothing():
    whole = scored("robust")
    score = score_crosstalk(TRACK, {"C": submission("robust")["C"]})
    assert gains(score) == {"A": 0.0, "B": 0.0, "C": gains(whole)["C"]}
    assert score.gain_db.value == pytest.approx(gains(whole)["C"] / 3)
    assert (score.devices["A"].num_taps, score.devices["C"].num_taps) == (0, 2048)
    plain = score.to_dict()
    assert plain["coverage"] == {"num_devices": 3, "num_devices_submitted": 1, "num_poses": 16}
    assert compare_crosstalk(whole, score).value > 0.0


def test_filters_in_single_precision_score_alike():
    single = {name: taps.astype(np.float32) for name, taps in submission("perfect").items()}
    expected = pytest.approx(gains(scored("perfect")), abs=1e-3)
    assert gains(score_crosstalk(TRACK, single)) == expected


def test_json_has_fixed_keys_and_only_finite_numbers():
    plain = scored("capped").to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert list(plain) == ["protocol", "coverage", "gain_db", "devices"]
    assert plain["protocol"] == PROTOCOL == "ctc/1"
    device = plain["devices"]["B"]
    assert list(device) == ["gain_db", "num_taps", "conditions", "reports"]
    assert list(device["conditions"]) == [plant.name for plant in TRACK["B"]]
    assert list(device["reports"]) == list(device["conditions"])
    condition = device["conditions"]["sphere 8.75, anechoic"]
    assert (len(condition["effort_db"]), len(condition["pose_separation_db"])) == (17, 16)
    assert "separation_db" not in condition
    assert len(json.dumps(plain)) < 100_000


def test_a_matched_perfect_inverse_reaches_the_clip():
    for device in DEVICES:
        report = scored("perfect").devices[device].reports["sphere 8.75, anechoic"]
        assert report.nominal_separation_db.min() > 35.0
        assert report.early_energy_db < -20.0
        assert report.late_energy_db < -20.0


def test_overfitting_shows():
    for device in ("A", "C"):
        perfect, robust = (
            scored(family).devices[device].reports["sphere 8.75, anechoic"].overfitting_db
            for family in ("perfect", "robust")
        )
        assert perfect > robust > 0.0


def test_wrapping_round_hides_on_the_frequencies_of_the_design_alone():
    designer = Designer("A", num_taps=256, num_poses=0)
    inverse = designer.perfect()
    seen = designer.nominal @ inverse
    assert np.abs(seen[:, 1, 0] / seen[:, 0, 0]).max() < 1e-12
    late = np.exp(-1j * np.pi * np.arange(len(inverse)))[:, None, None]
    taps = np.moveaxis(np.fft.irfft(inverse * late, axis=0), 0, -1)
    score = score_crosstalk({"A": TRACK["A"][:1]}, {"A": taps}).devices["A"]
    assert score.reports["sphere 8.75, anechoic"].nominal_separation_db.min() < 10.0


def test_an_inverse_of_a_room_smears_and_is_refused():
    designer = Designer("B", num_poses=0, box=ROOMS["R8"])
    with pytest.raises(SubmissionError, match=r"energy long (before|after) the main peak"):
        score_crosstalk({"B": TRACK["B"]}, {"B": designer.taps(designer.perfect())})
