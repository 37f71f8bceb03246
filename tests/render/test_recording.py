import pickle
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.render.recording import KEEPABLE, Recording, finite


def silent():
    """A recording of nothing."""
    return Recording(scene=None, signals={}, labels={}, images={}, noise={}, responses={})


@pytest.mark.parametrize("shape", [(2, 3), (0, 5), (1, 2, 2, 4)])
def test_what_is_finite_is_returned_itself(shape):
    heard = np.full(shape, np.finfo(np.float32).max)
    assert finite(heard, "the signals") is heard


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_number_that_is_not_finite_is_refused_by_name(value):
    heard = np.zeros((2, 3), dtype=np.float32)
    heard[1, 2] = value
    with pytest.raises(ParameterError, match=r'^the signals of "table" are not finite') as caught:
        finite(heard, 'the signals of "table"')
    assert "Lower the levels" in caught.value.fix


def test_what_may_be_kept_is_what_a_recording_has_room_for():
    assert {field.name for field in fields(Recording)} >= KEEPABLE
    assert not KEEPABLE & {"scene", "signals", "labels", "ear_responses"}


def test_recordings_share_no_ear_responses_and_do_not_change():
    first, second = silent(), silent()
    assert first.ear_responses == {}
    assert first.ear_responses is not second.ear_responses
    with pytest.raises(FrozenInstanceError):
        first.signals = {}
    assert pickle.loads(pickle.dumps(first)) == second
