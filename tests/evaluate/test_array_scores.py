import math
import pickle
from dataclasses import dataclass

import pytest

from simgen.benchmark.centres import CentreSubmission
from simgen.benchmark.suite import load_split
from simgen.errors import SubmissionError
from simgen.evaluate.array_scores import faults_by_file, intervals, rounded, rounded_values

SPLIT = load_split("crosstalk/mini")
SUBMISSION = CentreSubmission(
    submission=1,
    system="ours",
    version="1",
    track="crosstalk",
    split="mini",
    protocol="ctc/1",
    sample_rate_hz=48_000.0,
    arrays={},
)


def renamed(*faults):
    with pytest.raises(SubmissionError) as caught, faults_by_file(SUBMISSION, SPLIT):
        raise SubmissionError(faults)
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults
    assert str(caught.value).startswith("ours: ")
    return caught.value.faults


def test_parts_of_the_track_become_their_files():
    assert renamed("A: too loud", "C: tap [0, 1] is nan") == (
        "ctc_A.npy: too loud",
        "ctc_C.npy: tap [0, 1] is nan",
    )


def test_what_follows_the_part_is_left_as_it_is():
    assert renamed("B: B: twice: said") == ("ctc_B.npy: B: twice: said",)


@pytest.mark.parametrize("fault", ["D: no such device", "the sample rate is 1 Hz", "AB: x", "A:x"])
def test_other_faults_are_left_as_they_are(fault):
    assert renamed(fault) == (fault,)


def test_other_errors_and_no_errors_pass():
    with pytest.raises(ZeroDivisionError), faults_by_file(SUBMISSION, SPLIT):
        raise ZeroDivisionError
    with faults_by_file(SUBMISSION, SPLIT):
        pass


@pytest.mark.parametrize(
    ("number", "written"),
    [(1 / 3, 0.333333333), (-2 / 3, -0.666666667), (-1e-12, 0.0), (-0.0, 0.0), (5, 5.0)],
)
def test_numbers_have_nine_decimals_and_zero_no_sign(number, written):
    assert rounded(number) == written
    assert math.copysign(1.0, rounded(number)) == math.copysign(1.0, written)
    assert type(rounded(number)) is float
    assert rounded_values({"a": number, "b": 1}) == {"a": written, "b": 1.0}


@dataclass
class Bounds:
    value: float
    low: float
    high: float
    samples: tuple = ()


def test_an_interval_is_its_value_and_its_ends():
    found = intervals({"gain_db": Bounds(1.0, -1e-15, 2.00000000049, samples=(1, 2))})
    assert found == {"gain_db": {"value": 1.0, "low": 0.0, "high": 2.0}}
    assert math.copysign(1.0, found["gain_db"]["low"]) == 1.0
