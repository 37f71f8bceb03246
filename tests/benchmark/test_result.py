import json

import pytest

from simgen.benchmark.result import Result, read_result
from simgen.errors import SubmissionError

INTERVAL = {"value": 5.25, "low": 4.0, "high": 6.5}
PLAIN = {
    "result": 1,
    "system": "ours",
    "uses_oracle": False,
    "description": "",
    "parameters": {"a": 1.0, "b": "x"},
    "track": "localization",
    "split": "mini",
    "split_sha256": "0" * 64,
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
    with pytest.raises(SubmissionError, match=r"gone\.json: [^:]*:\s+cannot be read: No such file"):
        read_result(tmp_path / "gone.json")
