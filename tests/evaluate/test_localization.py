import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from simgen.baselines.prior import prior
from simgen.benchmark.azimuths import AzimuthSubmission, Prediction
from simgen.benchmark.localization import conditions, references
from simgen.benchmark.result import Result, read_result
from simgen.benchmark.suite import load_split
from simgen.errors import SubmissionError
from simgen.evaluate.localization import score_azimuths

SPLIT = load_split("localization/mini")
TRUTH = {item: np.rad2deg(azimuths) for item, azimuths in references(SPLIT).items()}
RESULTS = Path(__file__).parents[2] / "benchmarks" / "localization" / "results"


def submission(azimuths, **changes):
    """A submission of azimuths in degrees by item."""
    predictions = {item: Prediction(azimuth_deg=tuple(found)) for item, found in azimuths.items()}
    fields = {"submission": 1, "system": "ours", "track": "localization", "split": "mini"}
    fields |= {"protocol": "doa-scene/1", "predictions": predictions}
    return AzimuthSubmission(**(fields | changes))


def score(azimuths):
    return score_azimuths(submission(azimuths), SPLIT)


def value(result, name):
    return result.scores[name]["value"]


@pytest.fixture(scope="module")
def perfect():
    return score(TRUTH)


@pytest.fixture(scope="module")
def unheard():
    """What answering without listening earns."""
    return score(dict.fromkeys(TRUTH, np.rad2deg(prior([[0.0]], [[0.0] * 3], sample_rate=1.0))))


def test_the_truth_has_the_best_scores(perfect):
    assert value(perfect, "ospa_deg") == pytest.approx(0.0, abs=1e-9)
    assert value(perfect, "gospa_deg") == pytest.approx(0.0, abs=1e-9)
    for rate in ("precision_5deg", "recall_5deg", "f1_5deg", "f1_10deg", "f1_20deg", "region_f1"):
        assert perfect.scores[rate] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert value(perfect, "count_error") == 0.0
    assert value(perfect, "collisions") == 0.0
    assert perfect.coverage == {
        "num_scenes": 24,
        "num_sources": 60,
        "num_estimates": 60,
        "num_pairs": 60,
    }


def test_silence_has_the_worst_ospa_and_recalls_nothing():
    result = score(dict.fromkeys(TRUTH, ()))
    assert result.scores["ospa_deg"] == {"value": 30.0, "low": 30.0, "high": 30.0}
    assert value(result, "recall_10deg") == value(result, "f1_10deg") == 0.0
    assert value(result, "count_error") == 2.5
    assert value(result, "absolute_doa_error_deg") is None
    assert result.coverage["num_pairs"] == 0


def degenerate(kind):
    """Azimuths in degrees that no listening has gone into."""
    return {
        "everywhere": dict.fromkeys(TRUTH, np.arange(22.5, 360.0, 45.0)),
        "as many as allowed": dict.fromkeys(TRUTH, np.arange(64) * 5.625),
        "ahead": dict.fromkeys(TRUTH, (0.0,)),
        "one lucky item": {item: TRUTH[item] * (item == "mini-0000") for item in TRUTH},
        "the first talker of each": {item: azimuths[:1] for item, azimuths in TRUTH.items()},
    }[kind]


@pytest.mark.parametrize("kind", ["everywhere", "as many as allowed", "ahead", "one lucky item"])
def test_no_degenerate_submission_beats_listening(kind):
    listening = read_result(RESULTS / "srp-phat-mini.json")
    result = score(degenerate(kind))
    assert value(result, "ospa_deg") > 2.0 * value(listening, "ospa_deg")
    assert value(result, "f1_10deg") < value(listening, "f1_10deg")
    assert value(result, "region_f1") < value(listening, "region_f1")


def test_every_region_active_finds_all_regions_and_still_loses(unheard):
    everywhere = score(degenerate("everywhere"))
    assert value(everywhere, "region_recall") == 1.0
    assert value(everywhere, "region_precision") == pytest.approx(60 / (24 * 8))
    assert value(everywhere, "ospa_deg") > value(unheard, "ospa_deg") - 2.0
    most = score(degenerate("as many as allowed"))
    assert value(most, "recall_5deg") == 1.0
    assert value(most, "ospa_deg") > value(unheard, "ospa_deg")


def test_saying_only_what_is_sure_costs():
    sure = score(degenerate("the first talker of each"))
    assert value(sure, "precision_5deg") == 1.0
    assert value(sure, "absolute_doa_error_deg") == pytest.approx(0.0, abs=1e-9)
    assert value(sure, "recall_5deg") == pytest.approx(24 / 60)
    assert value(sure, "ospa_deg") == pytest.approx(30.0 * np.mean([0, 1 / 2, 2 / 3, 3 / 4]))


def test_whole_turns_do_not_matter():
    turned = score({item: azimuths + 720.0 for item, azimuths in TRUTH.items()})
    assert value(turned, "ospa_deg") == pytest.approx(0.0, abs=1e-6)


def test_neither_the_order_of_items_nor_of_azimuths_matters():
    rng = np.random.default_rng(0)
    azimuths = {
        item: np.array(found) + rng.normal(0, 8, len(found)) for item, found in TRUTH.items()
    }
    forward = score(azimuths)
    reversed_items = score(dict(reversed(azimuths.items())))
    assert reversed_items == forward
    mirrored = score({item: found[::-1] for item, found in azimuths.items()})
    assert (mirrored.scores, mirrored.breakdown) == (forward.scores, forward.breakdown)


def test_the_digest_is_of_the_content():
    one = submission(dict.fromkeys(TRUTH, (1.0,)))
    canonical = json.dumps(json.loads(one.to_json()), sort_keys=True)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert score_azimuths(one, SPLIT).submission_sha256 == digest
    assert score(dict.fromkeys(TRUTH, (2.0,))).submission_sha256 != digest


def test_the_breakdown_covers_every_scene_once(perfect):
    assert set(perfect.breakdown) == set(conditions(SPLIT))
    for labels in perfect.breakdown.values():
        assert sum(scores["num_scenes"] for scores in labels.values()) == 24


def test_a_result_says_what_was_scored(perfect):
    assert (perfect.track, perfect.split, perfect.protocol) == (
        "localization",
        "mini",
        "doa-scene/1",
    )
    assert perfect.split_sha256 == SPLIT.sha256
    assert perfect.scorer.startswith("simgen ")
    named = submission(TRUTH, uses_oracle=True, description="how", parameters={"a": 1.5, "b": "c"})
    result = score_azimuths(named, SPLIT)
    assert (result.system, result.uses_oracle, result.description) == ("ours", True, "how")
    assert result.parameters == {"a": 1.5, "b": "c"}


def test_a_result_round_trips_through_json(perfect, tmp_path):
    path = tmp_path / "result.json"
    for result in (perfect, score(dict.fromkeys(TRUTH, ()))):
        path.write_text(result.model_dump_json(indent=1))
        assert read_result(path) == result
        assert Result.model_validate(json.loads(json.dumps(result.to_dict()))) == result


def test_a_submission_for_something_else_is_not_scored():
    with pytest.raises(SubmissionError) as caught:
        score_azimuths(submission({"mini-0001": ()}, split="maxi"), SPLIT)
    assert caught.value.faults[0] == 'split: is "maxi", but this split needs "mini"'
    assert len(caught.value.faults) == 1 + 10 + 1, "the other missing items are counted"


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*-mini.json")), ids=lambda path: path.stem)
def test_committed_results_are_of_this_split(path):
    result = read_result(path)
    assert result.split_sha256 == load_split(f"{result.track}/{result.split}").sha256
    assert result.coverage["num_scenes"] == 24


def test_the_committed_prior_is_what_answering_without_listening_earns(unheard):
    committed = read_result(RESULTS / "prior-mini.json")
    for name, interval in committed.scores.items():
        assert unheard.scores[name] == pytest.approx(interval, abs=1e-6), name


def test_listening_beats_the_prior():
    listening, prior = (
        value(read_result(RESULTS / f"{name}-mini.json"), "ospa_deg")
        for name in ("srp-phat", "prior")
    )
    assert listening < 0.6 * prior
