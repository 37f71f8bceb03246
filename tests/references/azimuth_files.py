"""Submissions of azimuths in files of their own, and what they are refused for."""

import json

import pytest

from simgen.benchmark.suite import load_split
from simgen.errors import SubmissionError
from simgen.evaluate.kinds import read_submission

SPLIT = load_split("localization/mini")
HEADER = {
    "submission": 1,
    "system": "ours",
    "track": "localization",
    "split": "mini",
    "protocol": "doa-scene/1",
}
SILENCE = {item: {"azimuth_deg": []} for item in SPLIT.items}
ROWS = "item,azimuth_deg\n" + "".join(f"{item},\n" for item in SPLIT.items)
SOUND = {"submission.json": json.dumps(HEADER), "predictions.csv": ROWS}
MIB = 2**20


def refused(path, kind=SubmissionError):
    """Return the faults of a submission, which a terminal can show."""
    with pytest.raises(SubmissionError) as caught:
        read_submission(path)
    assert type(caught.value) is kind
    assert all(line.isprintable() for line in str(caught.value).splitlines())
    return caught.value.faults
