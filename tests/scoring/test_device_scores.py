"""A submission that answers for several devices."""

import numpy as np
import pytest

from simgen.errors import SubmissionError
from simgen.scoring.device_scores import score_devices

DEVICES = {"B": 1.0, "A": 2.0}


def times(plant, filters):
    return plant * filters, ["it is negative", "it is odd"] if filters < 0 else []


def test_devices_keep_their_order_and_one_left_out_has_its_score():
    assert [*score_devices(DEVICES, {"A": 3.0}, times, left_out=-1.0).items()] == [
        ("B", -1.0),
        ("A", 6.0),
    ]


def test_every_fault_of_every_device_is_in_one_error():
    with pytest.raises(SubmissionError) as caught:
        score_devices(DEVICES, {"Z": 0.0, "A": -1.0, "C": 0.0, "B": -1.0}, times, left_out=0.0)
    assert list(caught.value.faults) == [
        "C: no such device",
        "Z: no such device",
        "B: it is negative",
        "B: it is odd",
        "A: it is negative",
        "A: it is odd",
    ]


def test_nothing_submitted_is_refused():
    with pytest.raises(SubmissionError, match="there are no filters for any device"):
        score_devices(DEVICES, {}, times, left_out=np.nan)
