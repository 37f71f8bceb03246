import json

import numpy as np
import pytest

from simgen.benchmark.filters import read_filters
from simgen.benchmark.own_filters import filter_submission
from simgen.errors import ParameterError, SubmissionError
from tests.references.filter_files import HEADER, doing_nothing

KNOWN = HEADER["designed_on"]


def test_what_is_written_is_read_again(tmp_path):
    taps = np.moveaxis(np.random.default_rng(1).standard_normal((64, 2, 2)), 0, -1)
    made = filter_submission({"B": taps}, "crosstalk/mini", system="ours", designed_on=KNOWN)
    made.write(tmp_path / "mine")
    read = read_filters(tmp_path / "mine")
    assert np.array_equal(read.filters["B"], taps)
    assert read.sha256() == made.sha256()


def test_the_header_is_that_of_the_documentation(tmp_path):
    made = filter_submission(
        {"A": doing_nothing(2)}, "crosstalk/mini", system="ours", version="1.0", designed_on=KNOWN
    )
    made.write(tmp_path / "mine")
    header = json.loads((tmp_path / "mine" / "submission.json").read_text())
    assert header == HEADER | {"uses_oracle": False, "description": "", "parameters": {}}


def test_other_tracks_of_filters_have_files_of_their_own(tmp_path):
    made = filter_submission(
        {"B": doing_nothing(2)}, "soundstage/mini", system="ours", designed_on=KNOWN
    )
    made.write(tmp_path / "mine")
    assert (tmp_path / "mine" / "stage_B.npy").is_file()
    assert read_filters(tmp_path / "mine").protocol == "stage/1"


def test_who_knew_the_test_says_so():
    made = filter_submission({}, "crosstalk/mini", system="us", designed_on=KNOWN, uses_oracle=True)
    assert made.uses_oracle


def test_an_unknown_device_or_split_is_refused():
    with pytest.raises(ParameterError, match=r"no such device, got 'D' \(allowed: A, B, C\)"):
        filter_submission({"D": 1}, "crosstalk/mini", system="ours", designed_on=KNOWN)
    with pytest.raises(ParameterError, match="no such split"):
        filter_submission({}, "crosstalk/maxi", system="ours", designed_on=KNOWN)


def test_every_fault_of_the_header_is_named():
    with pytest.raises(SubmissionError) as caught:
        filter_submission({}, "crosstalk/mini", system="", designed_on={"heads": ["x"]})
    text = "\n".join(caught.value.faults)
    assert all(key in text for key in ("system", "designed_on.rooms", "designed_on.poses"))
