from pathlib import Path

import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.exchange.heads import head_of
from simgen.exchange.sofa import MeasuredResponses, read_impulse_responses

KEMAR = Path("/usr/share/libmysofa/MIT_KEMAR_normal_pinna.sofa")
DIRECTIONS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]])
# From the front, the left and the right; the second channel is the left ear.
RESPONSES = np.zeros((3, 2, 32))
RESPONSES[:, 0, 9] = [0.6, 0.2, 1.0]
RESPONSES[:, 1, 9] = [0.6, 1.0, 0.2]


def measured(responses=RESPONSES, delays=None):
    count, channels = responses.shape[:2]
    delays = np.zeros((count, channels)) if delays is None else delays
    return MeasuredResponses(
        DIRECTIONS, np.ones(count), responses, delays, 48_000.0, "SimpleFreeFieldHRIR"
    )


def test_the_left_ear_is_the_one_that_hears_the_left():
    for channels in (RESPONSES, RESPONSES[:, ::-1]):
        assert np.array_equal(head_of(measured(channels)).responses, RESPONSES[:, ::-1])


def test_delays_apart_are_applied():
    delays = np.array([[0.0, 0.0], [5.0, 2.5], [2.5, 5.0]])
    left, right = head_of(measured(delays=delays)).responses.swapaxes(0, 1)
    assert right[1, 14] == pytest.approx(0.2, abs=1e-9)
    assert left[2, 14] == pytest.approx(0.2, abs=1e-9)
    frequency = np.array([0.01, 0.1, 0.2])
    turn = np.exp(-2j * np.pi * np.outer(frequency, np.arange(left.shape[1])))
    assert turn @ left[1] == pytest.approx(np.exp(-2j * np.pi * frequency * 11.5), abs=0.03)


def test_an_array_is_no_head():
    with pytest.raises(ParameterError, match=r"channels, got 3 \(allowed: 2\)"):
        head_of(measured(np.ones((3, 3, 8))))


def test_responses_beyond_reason_are_no_head():
    head_of(measured(RESPONSES * 9e5))
    with pytest.raises(ParameterError, match="response is out of range"):
        head_of(measured(RESPONSES * 1.1e6))


@pytest.mark.debian
@pytest.mark.skipif(not KEMAR.exists(), reason="needs the Debian package libmysofa1")
def test_kemar_is_a_head():
    head = head_of(read_impulse_responses(KEMAR))
    assert np.shape(head.responses) == (710, 2, 512)
    assert head.common_delay() == pytest.approx(1.0e-3, abs=0.15e-3)
