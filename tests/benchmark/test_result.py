import json

import pytest

from simgen.benchmark.result import Result, read_result
from simgen.benchmark.suite import load_split, unsealed_place
from simgen.errors import SubmissionError

SHA256 = load_split("localization/mini").sha256
INTERVAL = {"value": 5.25, "low": 4.0, "high": 6.5}
PLAIN = {
    "result": 1,
    "system": "ours",
    "uses_oracle": False,
    "description": "",
    "parameters": {"a": 1.0, "b": "x"},
    "track": "localization",
    "split": "mini",
    "split_sha256": SHA256,
    "protocol": "doa-scene/1",
    "submission_sha256": "1" * 64,
    "scorer": "simgen 0.1.0",
    "coverage": {"num_scenes": 24},
    "scores": {"ospa_deg": INTERVAL, "precision_5deg": dict.fromkeys(INTERVAL)},
    "breakdown": {"t60": {"0 s": {"num_scenes": 12.0, "ospa_deg": None}}},
}


@pytest.fixture
def write(tmp_path):
    def to_file(content):
        path = tmp_path / "result.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return to_file


def test_a_result_round_trips_through_its_file(write):
    result = Result.model_validate(PLAIN)
    assert result.to_dict() == PLAIN
    assert read_result(write(result.model_dump_json(indent=1))) == result
    assert json.loads(result.to_json()) == PLAIN


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "line 1, column 1: is not JSON"),
        ("[]", "top level: must be an object, got a list of 0"),
        ('{"a": 1, "a": 1}', 'the key "a" stands twice'),
        ({**PLAIN, "result": 2}, "result: must be 1, got 2"),
        ({**PLAIN, "system": "\x1b[2J"}, r'system: must be printable text, got "\\u001b\[2J"'),
        ({**PLAIN, "system": "\u202e"}, "system: must be printable text"),
        ({**PLAIN, "protocol": "\x9b"}, "protocol: must be printable text"),
        ({**PLAIN, "scores": {"ospa_deg": {"value": float("nan")}}}, "must be a finite number"),
        ({**PLAIN, "scores": 3}, "scores: must be an object, got 3"),
        ({**PLAIN, "extra": 3}, "extra: is not a key here"),
        ({}, "system: is missing"),
    ],
)
def test_what_is_no_result_is_refused(write, content, fault):
    with pytest.raises(SubmissionError, match=fault):
        read_result(write(content))


def test_a_missing_result_is_refused(tmp_path):
    with pytest.raises(SubmissionError, match=r"gone\.json: [^:]*:\s+there is no such file"):
        read_result(tmp_path / "gone.json")


def interval(value, low=None, high=None):
    return {"value": value, "low": low, "high": high}


@pytest.mark.parametrize(
    ("name", "scores", "fault"),
    [
        ("ospa_deg", interval(-5.0), "must be at least 0 and at most 30, got -5"),
        ("ospa_deg", interval(30.1), "must be at least 0 and at most 30, got 30.1"),
        ("ospa_deg", interval(5.0, -1.0, 6.0), "low: must be at least 0 and at most 30, got -1"),
        ("ospa_deg", interval(5.0, 6.0, 7.0), "must be low <= value <= high, got 6, 5, 7"),
        ("ospa_deg", interval(5.0, 3.0, 4.0), "must be low <= value <= high, got 3, 5, 4"),
        ("ospa_deg", interval(5.0, 4.0, None), "an interval has two ends round a value, or none"),
        ("ospa_deg", interval(None, 4.0, 6.0), "an interval has two ends round a value, or none"),
        ("ospa_deg", {"value": 5.0}, "must have value, low, high"),
        ("gospa_deg", interval(-0.1), "must be at least 0, got -0.1"),
        ("absolute_doa_error_deg", interval(181.0), "at most 180"),
        ("absolute_doa_error_5deg", interval(5.1), "at most 5"),
        ("recall_10deg", interval(1.01), "at most 1, got 1.01"),
        ("precision_20deg", interval(-0.01), "must be at least 0"),
        ("region_f1", interval(2.0), "at most 1, got 2"),
        ("collisions", interval(-1.0), "must be at least 0"),
        ("my_score", interval(1.0), "is not a score of doa-scene/1"),
        ("ospa_deg", interval(float("inf")), "must be a finite number"),
        ("ospa_deg", interval("5"), "must be a number"),
    ],
)
def test_a_score_that_cannot_be_is_refused(write, name, scores, fault):
    with pytest.raises(SubmissionError) as caught:
        read_result(write({**PLAIN, "scores": {name: scores}}))
    [found] = caught.value.faults
    assert found.startswith(f"scores.{name}")
    assert fault in found


def test_every_impossible_score_is_named_at_once(write):
    scores = {"ospa_deg": interval(-5.0, -6.0, -4.0), "region_f1": interval(2.0)}
    breakdown = {
        "t60": {"0 s": {"num_scenes": 12.0, "ospa_deg": 31.0, "count_error": 2.0, "x": 0.0}}
    }
    with pytest.raises(SubmissionError) as caught:
        read_result(write({**PLAIN, "scores": scores, "breakdown": breakdown}))
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "scores.ospa_deg.value",
        "scores.ospa_deg.low",
        "scores.ospa_deg.high",
        "scores.region_f1.value",
        "breakdown.t60.0 s.ospa_deg",
        "breakdown.t60.0 s.x",
    ]


def test_rounding_at_a_limit_is_allowed(write):
    scores = {"ospa_deg": interval(30.0 + 1e-9, 30.0 + 2e-9, 30.0), "recall_5deg": interval(-1e-9)}
    assert read_result(write({**PLAIN, "scores": scores})).scores == scores


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"split_sha256": "0" * 64}, "split_sha256: was scored on other scenes than localization/"),
        ({"split_sha256": "mini"}, "split_sha256: string should match"),
        ({"submission_sha256": ""}, "submission_sha256: string should match"),
        ({"track": "separation"}, "track, split: there is no such track"),
        ({"split": "maxi"}, "track, split: there is no such split"),
        ({"coverage": {"num_scenes": -1}}, "coverage.num_scenes: must be at least 0, got -1"),
        ({"uses_oracle": "no"}, "uses_oracle: "),
    ],
)
def test_a_result_of_anything_but_the_suite_is_refused(write, change, fault):
    with pytest.raises(SubmissionError, match=fault):
        read_result(write(PLAIN | change))


@pytest.mark.parametrize("protocol", ["doa-scene/2", "ctc/1", "ours"])
def test_a_protocol_that_is_not_the_tracks_is_refused(write, protocol):
    change = {"protocol": protocol, "scores": {}, "breakdown": {}}
    with pytest.raises(SubmissionError) as caught:
        read_result(write(PLAIN | change))
    assert caught.value.faults == (f"protocol: must be doa-scene/1, got {protocol}",)


def test_what_is_told_of_items_is_of_the_splits_own(write):
    items = load_split("localization/mini").items
    told = PLAIN | {"per_item": dict.fromkeys(items, 5.25)}
    assert len(read_result(write(told)).per_item) == len(items)
    with pytest.raises(SubmissionError) as caught:
        read_result(write(PLAIN | {"per_item": {items[0]: 5.25, "mini-9999": 5.25, "x": 5.25}}))
    assert caught.value.faults == (
        "per_item.mini-9999: is not an item of localization/mini",
        "per_item.x: is not an item of localization/mini",
    )


def test_results_of_unsealed_splits_stay_readable(write, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    name = "sealed-" + "0123456789abcdef" * 2
    place = unsealed_place(f"localization/{name}")
    place.parent.mkdir(parents=True)
    place.write_bytes(load_split("localization/mini").lines)
    change = {"split": name, "per_item": {f"{name}-0000": 5.25}}
    assert read_result(write(PLAIN | change)).split == name


CROSSTALK = PLAIN | {
    "track": "crosstalk",
    "split_sha256": load_split("crosstalk/test").sha256,
    "split": "test",
    "protocol": "ctc/1",
    "scores": {"gain_db": interval(-3.5, -4.0, 2.0)},
    "breakdown": {"A under": {"kemar R4": {"effort_db": -40.0, "charge_db": 0.0}}},
}


def test_other_protocols_have_ranges_of_their_own(write):
    assert read_result(write(CROSSTALK)).scores["gain_db"]["value"] == -3.5


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"gain_db": interval(-15.5)}, "must be at least -15 and at most 30, got -15.5"),
        ({"gain_db": interval(31.0)}, "must be at least -15 and at most 30, got 31"),
        ({"ospa_deg": interval(5.0)}, "scores.ospa_deg: is not a score of ctc/1"),
        ({"charge_db": interval(-1.0)}, "must be at least 0, got -1"),
    ],
)
def test_scores_that_no_filters_have_are_refused(write, change, fault):
    with pytest.raises(SubmissionError, match=fault):
        read_result(write(CROSSTALK | {"scores": change}))


def test_what_a_result_gained_is_written_only_where_it_is_told():
    told = {"training_data": "none", "code": "https://example.org", "scorer_sha256": "2" * 64}
    assert set(Result.model_validate(PLAIN).to_dict()) == set(PLAIN)
    assert Result.model_validate(PLAIN | told).to_dict() == PLAIN | told


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("code", "javascript:alert(1)"),
        ("training_data", "=1+1"),
        ("system", "@x"),
        ("scorer_sha256", "x"),
    ],
)
def test_what_a_page_takes_for_more_than_text_is_refused(write, key, value):
    with pytest.raises(SubmissionError, match=f"{key}"):
        read_result(write(PLAIN | {key: value}))
