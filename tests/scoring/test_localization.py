import json

import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.scoring.localization import PROTOCOL, scene_ospa_deg, score_localization
from simgen.scoring.regions import collisions, region_counts, sector_activity, sector_of

HIGHER_IS_BETTER = [
    f"{rate}_{gate}deg" for gate in (5, 10, 20) for rate in ("precision", "recall", "f1")
] + ["region_precision", "region_recall", "region_f1"]
SCORES = [
    "ospa_deg",
    "gospa_deg",
    "gospa_localisation_deg",
    "gospa_missed_deg",
    "gospa_false_deg",
    "absolute_doa_error_deg",
    *(
        f"{name}_{gate}deg"
        for gate in (5, 10, 20)
        for name in ("precision", "recall", "f1", "absolute_doa_error")
    ),
    "count_error",
    "region_precision",
    "region_recall",
    "region_f1",
    "collisions",
]


def degrees(scenes):
    return {item: np.deg2rad(azimuths) for item, azimuths in scenes.items()}


def values(references_deg, estimates_deg, **options):
    score = score_localization(degrees(references_deg), degrees(estimates_deg), **options)
    return {name: interval.value for name, interval in score.scores.items()}


def random_scenes(num_scenes, seed=0):
    generator = np.random.default_rng(seed)
    return {
        f"scene-{k:04d}": generator.uniform(-np.pi, np.pi, generator.integers(1, 5))
        for k in range(num_scenes)
    }


def test_the_truth_has_the_best_of_every_score():
    references = random_scenes(30)
    scores = score_localization(references, references).scores
    assert list(scores) == SCORES
    for name, interval in scores.items():
        if name != "collisions":
            best = 1.0 if name in HIGHER_IS_BETTER else 0.0
            assert (interval.value, interval.low, interval.high) == (best, best, best), name


def test_two_scenes_by_hand():
    references = {"a": [0.0, 100.0], "b": [10.0]}
    estimates = {"a": [4.0, 107.0], "b": [350.0, 200.0]}
    found = values(references, estimates)
    # OSPA: a (4 + 7) / 2; b (20 + 30) / 2. Pairs: 4, 7 and 20 degrees apart.
    assert found["ospa_deg"] == pytest.approx((5.5 + 25.0) / 2)
    assert found["gospa_localisation_deg"] == pytest.approx((11.0 + 20.0) / 2)
    assert found["gospa_missed_deg"] == 0.0
    assert found["gospa_false_deg"] == pytest.approx(15.0 / 2)
    assert found["gospa_deg"] == pytest.approx((11.0 + 35.0) / 2)
    assert found["absolute_doa_error_deg"] == pytest.approx(31.0 / 3)
    assert found["precision_5deg"] == 1 / 4
    assert found["recall_5deg"] == pytest.approx(1 / 3)
    assert found["f1_5deg"] == pytest.approx(2 / 7)
    assert found["absolute_doa_error_5deg"] == pytest.approx(4.0)
    assert found["precision_10deg"] == 2 / 4
    assert found["absolute_doa_error_10deg"] == pytest.approx(5.5)
    assert found["recall_20deg"] == 1.0
    assert found["absolute_doa_error_20deg"] == pytest.approx(31.0 / 3)
    assert found["count_error"] == 0.5
    # Sectors of 45 degrees: a {0, 2} against {0, 2}; b {0} against {7, 4}.
    assert found["region_precision"] == 2 / 4
    assert found["region_recall"] == pytest.approx(2 / 3)
    assert found["collisions"] == 0.0


def test_angles_wrap():
    found = values({"a": [359.0]}, {"a": [1.0]})
    assert found["ospa_deg"] == pytest.approx(2.0)
    assert values({"a": [-1.0]}, {"a": [721.0]})["ospa_deg"] == pytest.approx(2.0)


@pytest.mark.parametrize("reference", [0.0, 10.0, 357.0, 359.0])
@pytest.mark.parametrize("gate", [5, 10, 20])
def test_whole_degrees_at_a_gate_are_within_it(reference, gate):
    found = values({"a": [reference]}, {"a": [(reference + gate) % 360.0]})
    assert found[f"recall_{gate}deg"] == 1.0
    beyond = values({"a": [reference]}, {"a": [(reference + gate + 1e-6) % 360.0]})
    assert beyond[f"recall_{gate}deg"] == 0.0


def test_collisions_are_those_of_the_references():
    assert values({"a": [1.0, 2.0, 3.0], "b": [0.0]}, {"a": [], "b": []})["collisions"] == 1.0
    wide = values({"a": [1.0, 100.0]}, {"a": []}, num_sectors=1)
    assert wide["collisions"] == 1.0


@pytest.mark.parametrize("num_sectors", [1, 8, 13])
def test_regions_are_counted_as_scene_by_scene(num_sectors):
    generator = np.random.default_rng(3)
    references = random_scenes(50) | {"nobody": np.zeros(0)}
    estimates = {
        item: generator.uniform(-9.0, 9.0, generator.integers(0, 6)) for item in references
    }
    counts = [
        region_counts(
            sector_activity(references[item], num_sectors),
            sector_activity(estimates[item], num_sectors),
        )
        for item in references
    ]
    shared = [collisions(sector_of(azimuths, num_sectors)) for azimuths in references.values()]
    pooled = sum(counts[1:], counts[0])
    scores = score_localization(references, estimates, num_sectors=num_sectors).scores
    assert scores["region_precision"].value == pooled.precision
    assert scores["region_recall"].value == pooled.recall
    assert scores["region_f1"].value == pooled.f1
    assert scores["collisions"].value == np.mean(shared)


@pytest.mark.slow
def test_ten_thousand_scenes_score_the_same_in_any_order():
    references = random_scenes(10_000)
    generator = np.random.default_rng(4)
    estimates = {
        item: generator.uniform(-np.pi, np.pi, 64 if number % 10 == 0 else 4)
        for number, item in enumerate(references)
    }
    score = score_localization(references, estimates)
    backwards = {item: estimates[item][::-1] for item in reversed(estimates)}
    assert score_localization(references, backwards) == score


def test_a_scene_without_sources_is_won_by_silence():
    silent = values({"a": []}, {"a": []})
    assert (silent["ospa_deg"], silent["f1_5deg"], silent["region_f1"]) == (0.0, 1.0, 1.0)
    assert np.isnan(silent["absolute_doa_error_deg"])
    assert values({"a": []}, {"a": [0.0]})["ospa_deg"] == pytest.approx(30.0)


def test_order_of_items_and_of_azimuths_changes_no_bit():
    generator = np.random.default_rng(1)
    references = random_scenes(40)
    estimates = {
        item: np.append(azimuths + generator.normal(0.0, 0.2, azimuths.size), 0.1)
        for item, azimuths in references.items()
    }
    labels = {"t60": {item: str(k % 3) for k, item in enumerate(references)}}

    def shuffled(mapping):
        items = [str(item) for item in generator.permutation(list(mapping))]
        return {item: mapping[item] for item in items}

    def shuffled_azimuths(scenes):
        return {item: generator.permutation(scenes[item]) for item in shuffled(scenes)}

    expected = score_localization(references, estimates, conditions=labels)
    again = score_localization(
        shuffled_azimuths(references),
        shuffled_azimuths(estimates),
        conditions={"t60": shuffled(labels["t60"])},
    )
    assert again == expected
    assert json.dumps(again.to_dict()) == json.dumps(expected.to_dict())


def test_order_of_azimuths_changes_no_bit_of_a_scene():
    generator = np.random.default_rng(2)
    references = random_scenes(300)
    estimates = {k: v + generator.normal(0.0, 0.1, v.size) for k, v in references.items()}
    backwards = {item: azimuths[::-1] for item, azimuths in references.items()}
    expected = scene_ospa_deg(references, estimates)
    assert scene_ospa_deg(backwards, estimates) == expected
    estimates = {item: azimuths[::-1] for item, azimuths in estimates.items()}
    assert scene_ospa_deg(backwards, estimates) == expected


def test_coverage_counts_what_was_scored():
    references = {"a": [0.0, 1.0], "b": [2.0]}
    score = score_localization(references, {"a": [0.5], "b": [1.0, 2.0]})
    assert vars(score.coverage) == {
        "num_scenes": 2,
        "num_sources": 3,
        "num_estimates": 3,
        "num_pairs": 2,
    }


def test_breakdown_scores_each_label_alone():
    references, estimates = (
        {"a": [0.0], "b": [10.0], "c": [20.0]},
        {"a": [3.0], "b": [], "c": [25.0]},
    )
    conditions = {
        "t60": {"a": "short", "b": "long", "c": "short"},
        "all": dict.fromkeys("abc", "x"),
    }
    score = score_localization(degrees(references), degrees(estimates), conditions=conditions)
    assert list(score.breakdown) == ["all", "t60"]
    assert list(score.breakdown["t60"]) == ["long", "short"]
    assert list(score.breakdown["t60"]["long"]) == ["num_scenes", *SCORES]
    short = score.breakdown["t60"]["short"]
    assert short["num_scenes"] == 2
    alone = values({k: references[k] for k in "ac"}, {k: estimates[k] for k in "ac"})
    assert short == {"num_scenes": 2, **alone}
    whole = score.breakdown["all"]["x"]
    assert whole["ospa_deg"] == score.scores["ospa_deg"].value


def test_json_has_no_nan_and_fixed_keys():
    score = score_localization({"a": [0.0]}, {"a": []}, conditions={"t60": {"a": "0.3"}})
    plain = score.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert list(plain) == ["protocol", "coverage", "scores", "breakdown"]
    assert plain["protocol"] == PROTOCOL == "doa-scene/1"
    assert plain["scores"]["ospa_deg"] == {"value": 30.0, "low": 30.0, "high": 30.0}
    undefined = {"value": None, "low": None, "high": None}
    assert plain["scores"]["absolute_doa_error_deg"] == undefined
    assert plain["breakdown"]["t60"]["0.3"]["absolute_doa_error_5deg"] is None


def test_intervals_hold_their_values_and_shrink_with_scenes():
    generator = np.random.default_rng(5)

    def ospa_interval(num_scenes):
        references = random_scenes(num_scenes)
        noisy = {k: v + generator.normal(0.0, 0.1, v.size) for k, v in references.items()}
        return score_localization(references, noisy).scores["ospa_deg"]

    few, many = ospa_interval(20), ospa_interval(500)
    assert few.low < few.value < few.high
    assert many.high - many.low < 0.5 * (few.high - few.low)


def test_distances_by_scene_average_to_the_score():
    references = random_scenes(12)
    estimates = {item: azimuths[:1] + 0.1 for item, azimuths in references.items()}
    distances = scene_ospa_deg(references, estimates)
    assert list(distances) == sorted(references)
    expected = score_localization(references, estimates).scores["ospa_deg"].value
    assert np.mean(list(distances.values())) == pytest.approx(expected)


def test_faults_that_are_not_the_submitter_s():
    with pytest.raises(ParameterError, match="there is no scene to score"):
        score_localization({}, {})
    with pytest.raises(ShapeError, match="reference 'a' holds a non-finite value"):
        score_localization({"a": [np.nan]}, {"a": [0.0]})
    with pytest.raises(ParameterError, match="num_sectors is out of range, got 0"):
        score_localization({"a": [0.0]}, {"a": [0.0]}, num_sectors=0)
    with pytest.raises(ParameterError, match="condition 't60' has no label for 1 items, got 'b'"):
        score_localization(
            {"a": [0.0], "b": [0.0]}, {"a": [], "b": []}, conditions={"t60": {"a": "short"}}
        )
