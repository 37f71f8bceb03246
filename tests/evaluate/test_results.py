import importlib.metadata
import json

from simgen.benchmark.azimuths import AzimuthSubmission
from simgen.benchmark.suite import load_split
from simgen.evaluate.results import result_of

SPLIT = load_split("localization/mini")
SUBMISSION = AzimuthSubmission.model_validate(
    {
        "submission": 1,
        "system": "ours",
        "track": "localization",
        "split": "mini",
        "protocol": "doa-scene/1",
        "uses_oracle": True,
        "description": "Says little.",
        "parameters": {"frame_s": 0.032, "window": "hann"},
        "predictions": {item: {"azimuth_deg": [10.0]} for item in SPLIT.items},
    }
)
COVERAGE = {"num_items": 24}
SCORES = {"ospa_deg": {"value": 1.0, "low": 0.5, "high": 2.0}}
BREAKDOWN = {"t60": {"0 s": {"ospa_deg": 1.0}}}


def result():
    return result_of(SUBMISSION, SPLIT, coverage=COVERAGE, scores=SCORES, breakdown=BREAKDOWN)


def test_what_a_system_says_of_itself_is_published_as_it_says_it():
    published = json.loads(result().model_dump_json())
    for key in ("system", "uses_oracle", "description", "parameters", "track", "split"):
        assert published[key] == SUBMISSION.model_dump(mode="json")[key]
    assert published["submission_sha256"] == SUBMISSION.sha256()


def test_what_was_asked_is_the_splits_and_the_scorer_is_this_one():
    found = result()
    assert (found.protocol, found.split_sha256) == ("doa-scene/1", SPLIT.sha256)
    assert found.scorer == f"simgen {importlib.metadata.version('simgen')}"


def test_the_scores_are_copied():
    """Who goes on to change them does not change what is published."""
    found, scores = result(), SCORES["ospa_deg"].copy()
    assert (found.coverage, found.scores, found.breakdown) == (COVERAGE, SCORES, BREAKDOWN)
    SCORES["ospa_deg"]["value"] = 7.0
    assert found.scores["ospa_deg"] == scores
    SCORES["ospa_deg"]["value"] = 1.0


def test_the_same_submission_has_the_same_result_at_any_time():
    assert result().model_dump_json() == result().model_dump_json()
