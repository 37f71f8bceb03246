import ctypes
import io
from datetime import UTC, datetime, timedelta, timezone

import h5py
import numpy as np
import pytest

from simgen.errors import ParameterError
from simgen.exchange import sofa_write
from simgen.exchange.sofa_ears import read_ear_responses
from simgen.exchange.sofa_write import UNDATED, reproducible_date, sofa_content
from tests.references.ear_responses import LOUDSPEAKERS, POSES, SAMPLES, example

EXACT = (
    "responses",
    "head_positions",
    "device_position",
    "loudspeaker_positions",
    "ear_positions",
    "room_size",
)
TURNS = ("head_orientations", "device_orientation", "loudspeaker_orientations")


def written(path, ears):
    path.write_bytes(sofa_content(ears))
    return path


def opened(ears, **options):
    return h5py.File(io.BytesIO(sofa_content(ears, **options)), "r")


def test_what_is_written_is_read(tmp_path):
    ears = example()
    read = read_ear_responses(written(tmp_path / "a.sofa", ears))
    for name in EXACT:
        assert np.array_equal(getattr(read, name), getattr(ears, name)), name
    for name in TURNS:
        assert getattr(read, name) == pytest.approx(getattr(ears, name), abs=1e-15), name
    for name in ("sample_rate", "title", "database", "history"):
        assert getattr(read, name) == getattr(ears, name), name


def test_what_is_not_known_stays_unknown(tmp_path):
    ears = example(ear_positions=None, room_size=None, title="", history="Möbius")
    read = read_ear_responses(written(tmp_path / "a.sofa", ears))
    assert read.ear_positions is None
    assert read.room_size is None
    assert (read.title, read.history) == ("", "Möbius")
    with opened(ears) as file:
        assert file.attrs["RoomType"] == b"reverberant"
        assert "RoomDescription" in file.attrs
        assert "RoomCornerA" not in file


def test_any_turn_survives(tmp_path):
    random = np.random.default_rng(2)
    turns = random.standard_normal((POSES + LOUDSPEAKERS, 4))
    turns *= np.sign(turns[:, :1]) / np.linalg.norm(turns, axis=1, keepdims=True)
    ears = example(head_orientations=turns[:POSES], loudspeaker_orientations=turns[POSES:])
    read = read_ear_responses(written(tmp_path / "a.sofa", ears))
    assert read.head_orientations == pytest.approx(turns[:POSES], abs=1e-15)
    assert read.loudspeaker_orientations == pytest.approx(turns[POSES:], abs=1e-15)


def test_places_and_views_are_those_worked_out_by_hand():
    with opened(example()) as file:
        assert file["ListenerPosition"][1].tolist() == [1.1, 2.0, 1.2]
        # Ahead, left, back and up; who looks up has the crown behind.
        views = [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, 1]]
        crowns = [[0, 0, 1], [0, 0, 1], [0, 0, 1], [-1, 0, 0]]
        assert file["ListenerView"][()] == pytest.approx(np.array(views), abs=1e-15)
        assert file["ListenerUp"][()] == pytest.approx(np.array(crowns), abs=1e-15)
        assert file["SourcePosition"][()].tolist() == [[3.0, 2.0, 1.0]] * POSES
        assert file["SourceView"][0] == pytest.approx([-1.0, 0.0, 0.0], abs=1e-15)
        assert file["SourceUp"][0] == pytest.approx([0.0, 0.0, 1.0], abs=1e-15)
        # In the device's own frame: the first one faces its left, the last one upwards.
        assert file["EmitterPosition"][0, :, 0].tolist() == [0.0, 0.15, 0.0]
        drivers = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])
        assert file["EmitterView"][..., 0] == pytest.approx(drivers, abs=1e-15)
        assert file["ReceiverPosition"][0, :, 0].tolist() == [0.0, 0.0875, 0.0]
        assert file["RoomCornerA"][()].tolist() == [[0.0, 0.0, 0.0]]
        assert file["RoomCornerB"][()].tolist() == [[5.0, 4.0, 2.7]]


def test_responses_are_by_measurement_receiver_sample_and_emitter():
    ears = example()
    with opened(ears) as file:
        stored = file["Data.IR"]
        assert stored.shape == (POSES, 2, SAMPLES, LOUDSPEAKERS)
        names = [scale.name for axis in stored.dims for scale in axis.values()]
        assert names == ["/M", "/R", "/N", "/E"]
        assert stored[2, 1, 7, 0] == ears.responses[2, 1, 0, 7]
        assert np.array_equal(file["Data.Delay"], np.zeros((1, 2, 1)))
        assert file["Data.SamplingRate"][()].tolist() == [48_000.0]
        assert file["Data.SamplingRate"].attrs["Units"] == b"hertz"


def test_positions_say_what_they_are():
    with opened(example()) as file:
        for name in file:
            if name.endswith(("Position", "View")):
                assert file[name].attrs["Type"] == b"cartesian", name
                assert file[name].attrs["Units"] == b"metre", name


def test_the_convention_is_named():
    with opened(example()) as file:
        texts = {name: file.attrs[name].decode() for name in file.attrs}
    assert texts["Conventions"] == "SOFA"
    assert texts["Version"] == "2.1"
    assert texts["SOFAConventions"] == "SingleRoomMIMOSRIR"
    assert texts["SOFAConventionsVersion"] == "1.0"
    assert texts["DataType"] == "FIR-E"
    assert texts["RoomType"] == "shoebox"
    assert (texts["Title"], texts["DatabaseName"]) == ("Three loudspeakers", "examples")
    assert texts["APIName"] == texts["ApplicationName"] == "simgen"
    assert all(texts.values())


def test_nothing_in_a_file_depends_on_when_and_where(monkeypatch, tmp_path):
    content = sofa_content(example())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert sofa_content(example()) == content
    with opened(example()) as file:
        assert file.attrs["DateCreated"] == file.attrs["DateModified"] == b"1970-01-01 00:00:00"


def test_a_file_has_the_date_that_it_is_given():
    noon = datetime(2024, 2, 29, 12, 30, 5, tzinfo=timezone(timedelta(hours=2)))
    with opened(example(), date=noon) as file:
        assert file.attrs["DateCreated"] == b"2024-02-29 10:30:05"


def test_the_date_may_come_from_the_environment():
    assert reproducible_date({}) == UNDATED
    assert reproducible_date({"SOURCE_DATE_EPOCH": "86400"}) == datetime(1970, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "noon", "1.5", "9" * 30])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ParameterError, match=r"SOURCE_DATE_EPOCH is no date, got .*whole seconds"):
        reproducible_date({"SOURCE_DATE_EPOCH": text})


def test_what_could_not_be_read_again_is_not_written(monkeypatch):
    monkeypatch.setattr(sofa_write, "LARGEST_VARIABLE", 2**10)
    with pytest.raises(ParameterError, match="too much for a SOFA file"):
        sofa_content(example())


def test_one_of_everything_can_be_written(tmp_path):
    ears = example(
        responses=np.ones((1, 2, 1, 1)),
        head_positions=np.ones((1, 3)),
        head_orientations=np.array([[1.0, 0.0, 0.0, 0.0]]),
        loudspeaker_positions=np.zeros((1, 3)),
        loudspeaker_orientations=np.array([[1.0, 0.0, 0.0, 0.0]]),
    )
    read = read_ear_responses(written(tmp_path / "a.sofa", ears))
    assert np.array_equal(read.responses, ears.responses)
    assert np.array_equal(read.head_orientations, ears.head_orientations)


class Opened(ctypes.Structure):
    """The beginning of libmysofa's struct MYSOFA_HRTF."""

    _fields_ = tuple((name, ctypes.c_uint) for name in "ICRENM")


def libmysofa():
    try:
        return ctypes.CDLL("libmysofa.so.1")
    except OSError:
        return None


@pytest.mark.debian
@pytest.mark.skipif(libmysofa() is None, reason="needs the Debian package libmysofa1")
@pytest.mark.parametrize("samples", [SAMPLES, 3000])
def test_libmysofa_opens_it(tmp_path, samples):
    responses = np.random.default_rng(3).standard_normal((POSES, 2, LOUDSPEAKERS, samples))
    path = written(tmp_path / "a.sofa", example(responses=responses, history="Möbius"))
    library, error = libmysofa(), ctypes.c_int(-1)
    library.mysofa_load.restype = ctypes.POINTER(Opened)
    library.mysofa_free.argtypes = [ctypes.POINTER(Opened)]
    loaded = library.mysofa_load(str(path).encode(), ctypes.byref(error))
    assert error.value == 0
    sizes = {name: getattr(loaded.contents, name) for name in "ICRENM"}
    library.mysofa_free(loaded)
    assert sizes == {"I": 1, "C": 3, "R": 2, "E": LOUDSPEAKERS, "N": samples, "M": POSES}
