import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from simgen.benchmark.result import Result, read_result
from simgen.benchmark.result_details import LocalizationDetails
from simgen.errors import SubmissionError

OLD = Path(__file__).parents[2] / "benchmarks" / "beam" / "results" / "nulls-test.json"
HISTOGRAM = {"edges_deg": [0.0, 1.0, 180.0], "counts": [3, 1]}
REGION = {
    "sector": 1,
    "num_sources": 2,
    "count": 4,
    "recall": 0.5,
    "absolute_doa_error_deg": None,
}
DETAILS = {"error_histogram": HISTOGRAM, "regions": [REGION]}


def test_details_round_trip():
    made = LocalizationDetails.model_validate(DETAILS)
    assert LocalizationDetails.from_json(made.to_json()) == made
    assert made.model_dump(mode="json") == DETAILS


@pytest.mark.parametrize(
    "histogram",
    [
        {"edges_deg": [0.0, 1.0], "counts": [1, 2]},
        {"edges_deg": [0.0, 1.0, 1.0], "counts": [1, 2]},
        {"edges_deg": [1.0, 0.0], "counts": [1]},
        {"edges_deg": [0.0, 181.0], "counts": [1]},
        {"edges_deg": [0.0, 1.0], "counts": [-1]},
        {"edges_deg": [0.0, 1.0], "counts": [1.5]},
        {"edges_deg": [], "counts": []},
        {"edges_deg": [*range(1, 180)] * 10, "counts": [0] * 1789},
    ],
)
def test_histograms_that_cannot_be_are_refused(histogram):
    with pytest.raises(ValidationError):
        LocalizationDetails.model_validate(DETAILS | {"error_histogram": histogram})


@pytest.mark.parametrize(
    "change",
    [
        {"sector": -1},
        {"sector": 360},
        {"recall": 1.1},
        {"recall": "1"},
        {"count": -1},
        {"absolute_doa_error_deg": 181.0},
        {"absolute_doa_error_deg": float("nan")},
        {"colour": "red"},
    ],
)
def test_regions_that_cannot_be_are_refused(change):
    with pytest.raises(ValidationError):
        LocalizationDetails.model_validate(DETAILS | {"regions": [REGION | change]})


def test_results_without_details_are_written_without():
    told = json.loads(OLD.read_text())
    bare = {key: value for key, value in told.items() if key not in ("per_item", "details")}
    result = Result.model_validate(bare)
    assert (result.per_item, result.details) == (None, None)
    assert {"per_item", "details"}.isdisjoint(result.to_dict())
    kept = Result.model_validate(bare | {"details": DETAILS})
    assert kept.to_dict()["details"] == DETAILS


@pytest.mark.parametrize(
    ("per_item", "message"),
    [
        ({"a": 9.0}, "has the mean 9, which is not scores.gain_db"),
        ({"a": -16.0}, "per_item.a: must be at least -15"),
        ({}, "has the mean 0"),
        ({"a": float("inf")}, "per_item.a"),
        ({"a": "1"}, "per_item.a"),
    ],
)
def test_items_that_make_another_score_are_refused(tmp_path, per_item, message):
    told = json.loads(OLD.read_text()) | {"per_item": per_item}
    (tmp_path / "result.json").write_text(json.dumps(told))
    with pytest.raises(SubmissionError, match=message):
        read_result(tmp_path / "result.json")
