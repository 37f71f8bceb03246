import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.exchange.ear_responses import resampled
from tests.references.ear_responses import LOUDSPEAKERS, POSES, SAMPLES, example


def test_the_record_counts():
    ears = example()
    assert (ears.num_poses, ears.num_loudspeakers) == (POSES, LOUDSPEAKERS)


@pytest.mark.parametrize("name", ["ear_positions", "room_size"])
def test_some_things_need_not_be_known(name):
    assert getattr(example(**{name: None}), name) is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"responses": np.zeros((4, 2, 3))}, r"\(4, 2, 3\) \(allowed: \(pose, 2, loudspeaker"),
        ({"responses": np.zeros((4, 1, 3, 9))}, r"shape \(4, 1, 3, 9\)"),
        ({"responses": np.zeros((0, 2, 3, 9))}, r"shape \(0, 2, 3, 9\)"),
        ({"responses": np.full((4, 2, 3, 9), np.nan)}, "responses holds a non-finite value"),
        ({"head_positions": np.zeros((3, 3))}, r"head_positions has shape \(3, 3\) .*\(4, 3\)"),
        ({"head_orientations": np.ones((4, 3))}, r"head_orientations has shape .*\(4, 4\)"),
        ({"device_position": np.zeros((1, 3))}, r"device_position has shape .*\(3,\)"),
        ({"device_position": None}, "device_position has shape"),
        ({"loudspeaker_positions": np.zeros((2, 3))}, r"loudspeaker_positions .*\(3, 3\)"),
        ({"loudspeaker_orientations": np.ones((2, 4))}, r"loudspeaker_orientations .*\(3, 4\)"),
        ({"ear_positions": np.zeros((3, 3))}, r"ear_positions .*\(2, 3\)"),
        ({"room_size": np.array([1.0, np.inf, 1.0])}, "room_size holds a non-finite value"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(changes, message):
    with pytest.raises(ShapeError, match=message):
        example(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"sample_rate": 0.0},
        {"sample_rate": np.nan},
        {"head_orientations": np.ones((4, 4))},
        {"device_orientation": np.zeros(4)},
        {"loudspeaker_orientations": np.full((3, 4), 0.4)},
    ],
)
def test_what_is_no_rate_and_no_turn_is_refused(changes):
    with pytest.raises(ParameterError, match=r"no rate|not a unit quaternion"):
        example(**changes)


def pulses(sample_rate, duration=0.02):
    """Smooth pulses at known times, short of 4 kHz, as they are at any sample rate."""
    time = np.arange(round(duration * sample_rate)) / sample_rate
    centres = 0.004 + 0.001 * np.arange(POSES * 2 * LOUDSPEAKERS).reshape(POSES, 2, LOUDSPEAKERS, 1)
    centres = 0.004 + (centres - 0.004) * 0.4
    return np.exp(-(((time - centres) / 2.5e-4) ** 2)) / sample_rate


@pytest.mark.parametrize("rate", [16_000.0, 44_100.0, 96_000.0])
def test_resampling_keeps_what_a_filter_does_and_when(rate):
    ears = example(responses=pulses(48_000.0))
    got = resampled(ears, rate)
    assert got.sample_rate == rate
    assert got.responses == pytest.approx(pulses(rate), abs=1e-5 * np.max(pulses(rate)))
    assert np.sum(got.responses, axis=-1) == pytest.approx(np.sum(ears.responses, axis=-1))
    assert got.head_positions is ears.head_positions


def test_resampling_to_the_same_rate_changes_nothing():
    ears = example()
    assert resampled(ears, 48_000.0) is ears


def test_lengths_are_rounded_up():
    assert resampled(example(), 24_000.5).responses.shape[-1] == SAMPLES // 2 + 1
    short = example(responses=np.ones((POSES, 2, LOUDSPEAKERS, 1)))
    assert resampled(short, 8_000.0).responses.shape[-1] == 1


@pytest.mark.parametrize("rate", [0.0, -1.0, np.inf, np.nan])
def test_what_is_no_rate_is_refused(rate):
    with pytest.raises(ParameterError, match="no rate"):
        resampled(example(), rate)
