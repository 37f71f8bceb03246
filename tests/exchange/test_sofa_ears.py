"""Files of others, written variable by variable; and what cannot be used."""

import numpy as np
import pytest

from simgen.errors import SignalError
from simgen.exchange.sofa_ears import read_ear_responses
from tests.exchange.test_sofa import AHEAD, CARTESIAN, HERE, HERTZ, SPHERICAL, UP, write
from tests.references.ear_responses import BACKWARDS, HALF, NO_TURN, TO_THE_LEFT

RANDOM = np.random.default_rng(7)
TURNING = np.array([[0.0, 0.0, 1.0], [90.0, 0.0, 1.0], [180.0, 0.0, 1.0]])
TURNS = np.array([NO_TURN, TO_THE_LEFT, BACKWARDS])
EARS = np.array([[0.0, 0.09, 0.0], [0.0, -0.09, 0.0]])
ONE = RANDOM.standard_normal((3, 2, 20))
SEVERAL = RANDOM.standard_normal((3, 2, 4, 20))
CROSS = np.array([[0.0, 0.2, 0.0], [0.0, 0.0, 0.2], [0.0, -0.2, 0.0], [0.0, 0.0, -0.2]])


def turning(**changes):
    """A head that turns to the left in three steps, before one loudspeaker."""
    variables = {
        "ListenerPosition": (np.array([[1.0, 2.0, 1.5]]), CARTESIAN),
        "ListenerView": (TURNING, SPHERICAL),
        "ListenerUp": (np.array([[0.0, 90.0, 1.0]]), {}),
        "ReceiverPosition": (EARS[..., None], CARTESIAN),
        "SourcePosition": (np.array([[3.0, 2.0, 1.5]]), CARTESIAN),
        "SourceView": (np.array([[-1.0, 0.0, 0.0]]), CARTESIAN),
        "SourceUp": UP,
        "EmitterPosition": (np.zeros((1, 3, 1)), CARTESIAN),
        "Data.IR": (ONE, {}),
        "Data.SamplingRate": (np.array([44_100.0]), HERTZ),
        "Data.Delay": (np.zeros((1, 2)), {}),
    }
    return variables | changes


def several(**changes):
    """The same head before four loudspeakers, in the newer order of axes."""
    return turning(
        **{
            "EmitterPosition": (CROSS[..., None], CARTESIAN),
            "Data.IR": (np.moveaxis(SEVERAL, 2, 3), {}),
            "Data.Delay": (np.zeros((1, 2, 1)), {}),
        }
        | changes
    )


def read(folder, variables, convention="SingleRoomSRIR", data_type="FIR", **attributes):
    path = write(folder / "room.sofa", variables, convention, DataType=data_type, **attributes)
    return read_ear_responses(path)


def read_several(folder, **changes):
    return read(folder, several(**changes), "SingleRoomMIMOSRIR", "FIR-E")


@pytest.mark.parametrize("convention", ["SingleRoomSRIR", "SingleRoomDRIR"])
def test_a_turning_head_before_one_loudspeaker(tmp_path, convention):
    ears = read(tmp_path, turning(), convention, Title="A hall", History="Measured")
    assert np.array_equal(ears.responses, ONE[:, :, None])
    assert ears.sample_rate == 44_100.0
    assert ears.head_positions.tolist() == [[1.0, 2.0, 1.5]] * 3
    assert ears.head_orientations == pytest.approx(TURNS, abs=1e-15)
    assert ears.device_position.tolist() == [3.0, 2.0, 1.5]
    assert ears.device_orientation == pytest.approx(np.array(BACKWARDS), abs=1e-15)
    assert ears.loudspeaker_positions.tolist() == [[0.0, 0.0, 0.0]]
    assert ears.loudspeaker_orientations.tolist() == [NO_TURN]
    assert np.array_equal(ears.ear_positions, EARS)
    assert ears.room_size is None
    assert (ears.title, ears.database, ears.history) == ("A hall", "", "Measured")


def test_several_loudspeakers_in_either_order_of_axes(tmp_path):
    newer = read_several(tmp_path)
    assert np.array_equal(newer.responses, SEVERAL)
    assert np.array_equal(newer.loudspeaker_positions, CROSS)
    older = several(**{"Data.IR": (SEVERAL, {}), "SourceView": None, "SourceUp": None})
    ears = read(tmp_path, older, "MultiSpeakerBRIR", "FIRE")
    assert np.array_equal(ears.responses, SEVERAL)
    assert ears.device_orientation.tolist() == NO_TURN


def test_a_moving_head(tmp_path):
    places = np.array([[1.0, 2.0, 1.5], [1.2, 2.0, 1.5], [1.2, 2.3, 1.4]])
    moving = turning(ListenerPosition=(places, CARTESIAN), ListenerView=AHEAD, ListenerUp=UP)
    ears = read(tmp_path, moving)
    assert np.array_equal(ears.head_positions, places)
    assert ears.head_orientations.tolist() == [NO_TURN] * 3


def test_the_left_ear_comes_first(tmp_path):
    swapped = read(tmp_path, turning(ReceiverPosition=(EARS[::-1], CARTESIAN)))
    assert np.array_equal(swapped.responses, ONE[:, ::-1, None])
    assert np.array_equal(swapped.ear_positions, EARS)
    spherical = np.array([[270.0, 0.0, 0.09], [90.0, 0.0, 0.09]])
    ears = read(tmp_path, turning(ReceiverPosition=(spherical[..., None], SPHERICAL)))
    assert np.array_equal(ears.responses, swapped.responses)
    assert ears.ear_positions == pytest.approx(EARS, abs=1e-15)


@pytest.mark.parametrize("rows", [np.zeros((1, 3)), np.zeros((2, 3, 1)), np.ones((2, 3, 3))])
def test_ears_in_one_place_are_unknown(tmp_path, rows):
    ears = read(tmp_path, turning(ReceiverPosition=(rows, CARTESIAN)))
    assert ears.ear_positions is None
    assert np.array_equal(ears.responses, ONE[:, :, None])


def test_loudspeakers_may_face_somewhere(tmp_path):
    views = np.array([[0, 1, 0], [1, 0, 0], [0, -1, 0], [1, 0, 0]], dtype=float)
    ears = read_several(
        tmp_path,
        EmitterView=(views[..., None], CARTESIAN),
        EmitterUp=(np.array([[0.0, 0.0, 1.0]]), {}),
    )
    expected = [TO_THE_LEFT, NO_TURN, [HALF, 0.0, 0.0, -HALF], NO_TURN]
    assert ears.loudspeaker_orientations == pytest.approx(np.array(expected), abs=1e-15)


def test_delays_are_applied(tmp_path):
    delays = np.array([[0.0, 3.0], [1.0, 0.0], [5.0, 0.0]])
    ears = read(tmp_path, turning(**{"Data.Delay": (delays, {})}))
    assert ears.responses[0, 1, 0, 3:23] == pytest.approx(ONE[0, 1], abs=1e-12)
    assert ears.responses[2, 0, 0, 5:25] == pytest.approx(ONE[2, 0], abs=1e-12)
    assert ears.responses[2, 0, 0, :5] == pytest.approx(np.zeros(5), abs=1e-12)
    by_emitter = np.zeros((1, 2, 4))
    by_emitter[0, 1, 2] = 2.0
    later = read_several(tmp_path, **{"Data.Delay": (by_emitter, {})}).responses
    assert later[1, 1, 2, 2:22] == pytest.approx(SEVERAL[1, 1, 2], abs=1e-12)
    assert later[1, 0, 2, :20] == pytest.approx(SEVERAL[1, 0, 2], abs=1e-12)


def corners(first, second, **facts):
    return {
        "RoomCornerA": (np.array([first]), {}),
        "RoomCornerB": (np.array([second]), {}),
        "RoomCorners": (np.zeros((1, 1)), facts or CARTESIAN),
    }


def test_the_corner_of_a_room_becomes_the_origin(tmp_path):
    ears = read(tmp_path, turning(**corners([5.0, -1.0, 0.0], [-1.0, 4.0, 2.5])))
    assert ears.room_size.tolist() == [6.0, 5.0, 2.5]
    assert ears.head_positions[0].tolist() == [2.0, 3.0, 1.5]
    assert ears.device_position.tolist() == [4.0, 3.0, 1.5]
    ears = read(tmp_path, turning(**corners([0, 0, 0], [4, 4, 3]) | {"RoomCorners": None}))
    assert ears.room_size.tolist() == [4.0, 4.0, 3.0]


def test_a_room_that_does_not_hold_everything_is_none(tmp_path):
    for box in (corners([0, 0, 0], [1, 2, 3]), corners([0, 0, 0], [4, 4, 0])):
        ears = read(tmp_path, turning(**box))
        assert ears.room_size is None
        assert ears.head_positions[0].tolist() == [1.0, 2.0, 1.5]


def one_after_the_other(order=None, **changes):
    """Two loudspeakers, each measured at the three poses."""
    order = np.arange(6) if order is None else np.asarray(order)
    sources = np.repeat([[3.0, 3.0, 1.5], [3.0, 1.0, 1.5]], 3, axis=0)
    views = np.repeat([[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 3, axis=0)
    return turning(
        **{
            "SourcePosition": (sources[order], CARTESIAN),
            "SourceView": (views[order], CARTESIAN),
            "ListenerView": (np.tile(TURNING, (2, 1))[order], SPHERICAL),
            "Data.IR": (np.concatenate([SEVERAL[:, :, 0], SEVERAL[:, :, 1]])[order], {}),
        }
        | changes
    )


@pytest.mark.parametrize("order", [range(6), [0, 3, 1, 4, 2, 5]])
def test_loudspeakers_may_be_measured_one_after_the_other(tmp_path, order):
    ears = read(tmp_path, one_after_the_other(order))
    assert np.array_equal(ears.responses, SEVERAL[:, :, :2])
    assert ears.head_orientations == pytest.approx(TURNS, abs=1e-15)
    assert ears.device_position.tolist() == [0.0, 0.0, 0.0]
    assert ears.device_orientation.tolist() == NO_TURN
    assert ears.loudspeaker_positions.tolist() == [[3.0, 3.0, 1.5], [3.0, 1.0, 1.5]]
    facing = np.array([BACKWARDS, TO_THE_LEFT])
    assert ears.loudspeaker_orientations == pytest.approx(facing, abs=1e-15)


def test_devices_may_be_measured_one_after_the_other_too(tmp_path):
    # Each source has two emitters, to its left and to its right.
    pair = (np.array([[0.0, 0.1, 0.0], [0.0, -0.1, 0.0]]), CARTESIAN)
    responses = np.concatenate([SEVERAL[:, :, :2], SEVERAL[:, :, 2:]])
    changes = {
        "EmitterPosition": pair,
        "Data.IR": (np.moveaxis(responses, 2, 3), {}),
        "Data.Delay": (np.zeros((1, 2, 1)), {}),
        **corners([-1.0, 0.0, 0.0], [4.0, 4.0, 3.0]),
    }
    ears = read(tmp_path, one_after_the_other(**changes), "SingleRoomMIMOSRIR", "FIR-E")
    assert np.array_equal(ears.responses, SEVERAL)
    in_room = ears.loudspeaker_positions + ears.device_position
    expected = [[4.0, 2.9, 1.5], [4.0, 3.1, 1.5], [3.9, 1.0, 1.5], [4.1, 1.0, 1.5]]
    assert in_room == pytest.approx(np.array(expected))


FAULTS = {
    "other receivers": (
        {"Data.IR": (np.zeros((3, 4, 9)), {})},
        r"Data\.IR: has another number of receivers, got 4 \(allowed: 2\)",
    ),
    "missing": ({"Data.IR": None}, r"Data\.IR: the variable is missing"),
    "axes": ({"Data.IR": (SEVERAL, {})}, r"Data\.IR: has shape \(3, 2, 4, 20\) \(allowed: 3 axes"),
    "together": (
        {"EmitterPosition": (CROSS, CARTESIAN)},
        r"EmitterPosition: has several emitters, .*, got 4 \(allowed: 1\)",
    ),
    "delays": ({"Data.Delay": (np.zeros((2, 2)), {})}, r"Data\.Delay: has shape \(2, 2, 1\)"),
    "early": ({"Data.Delay": (-np.ones((1, 2)), {})}, r"Data\.Delay: is out of range, got -1\.0"),
    "late": (
        {"Data.Delay": (np.array([[0.0, 1e12]]), {})},
        r"Data\.Delay: is out of range, got 1000000000000\.0 \(allowed: 0 to",
    ),
    "rate": ({"Data.SamplingRate": (np.zeros(1), HERTZ)}, r"Data\.SamplingRate: does not suit"),
    "views": ({"ListenerView": (TURNING[:2], SPHERICAL)}, "ListenerView: has 2 rows .*1 or 3"),
    "places": ({"ListenerPosition": None}, "ListenerPosition: the variable is missing"),
    "ears": (
        {"ReceiverPosition": (np.zeros((3, 3)), CARTESIAN)},
        r"ReceiverPosition: has shape \(3, 3\) \(allowed: \(2, 3\)",
    ),
    "moving ears": (
        {"ReceiverPosition": (np.arange(18.0).reshape(2, 3, 3), CARTESIAN)},
        "ReceiverPosition: changes between measurements",
    ),
    "harmonics": (
        {"EmitterPosition": (np.zeros((1, 3)), {**SPHERICAL, "Type": "spherical harmonics"})},
        r"EmitterPosition\.Type: is not read here",
    ),
    "no source": ({"SourcePosition": None}, "SourcePosition: the variable is missing"),
    "sources": (
        {"SourcePosition": (np.array([[0.0, 0, 0], [1, 0, 0], [1, 0, 0]]), CARTESIAN)},
        r"SourcePosition: has sources with different numbers of measurements, got \[1, 2\]",
    ),
    "poses": (
        {"SourcePosition": (np.diag([1.0, 2.0, 3.0]), CARTESIAN)},
        "ListenerPosition: measurement 1 has another pose than measurement 0",
    ),
    "corners": (
        {**corners([0, 0, 0], [9, 9, 9], Type="spherical", Units="metre")},
        r"RoomCorners\.Units: does not suit",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_files_are_refused(tmp_path, fault):
    changes, message = FAULTS[fault]
    with pytest.raises(SignalError, match=rf"room\.sofa: {message}"):
        read(tmp_path, turning(**changes))


def test_other_conventions_and_data_are_refused(tmp_path):
    with pytest.raises(SignalError, match=r"got 'GeneralFIR' \(allowed: SingleRoomMIMOSRIR, Sing"):
        read(tmp_path, turning(), "GeneralFIR")
    with pytest.raises(SignalError, match=r"DataType: .*got 'TF' \(allowed: FIR-E, FIRE, FIR\)"):
        read(tmp_path, turning(), data_type="TF")


def test_more_sources_than_anyone_has_are_refused(tmp_path):
    count = 1100
    places = np.arange(3.0 * count).reshape(count, 3)
    many = turning(
        SourcePosition=(places, CARTESIAN),
        ListenerView=AHEAD,
        ListenerUp=UP,
        **{"Data.IR": (np.zeros((count, 2, 1)), {})},
    )
    with pytest.raises(SignalError, match=r"too many different rows \(allowed: at most 1024\)"):
        read(tmp_path, many)


def test_rounded_coordinates_are_one_place(tmp_path):
    places = np.array([[3.0, 2.0, 1.5], [3.0004, 2.0, 1.5], [3.0, 1.9996, 1.5]])
    ears = read(tmp_path, turning(SourcePosition=(places, CARTESIAN)))
    assert ears.num_loudspeakers == 1


def test_a_head_without_a_view_looks_ahead(tmp_path):
    still = turning(ListenerView=None, ListenerUp=None, ListenerPosition=HERE)
    assert read(tmp_path, still).head_orientations.tolist() == [NO_TURN] * 3


def test_half_a_turn_is_one_turn_in_either_sense(tmp_path):
    views = np.array([[-1.0, 1e-6, 0.0], [-1.0, -1e-6, 0.0], [-1.0, 0.0, 0.0]])
    ears = read(tmp_path, turning(SourceView=(views, CARTESIAN)))
    assert ears.num_loudspeakers == 1
