import json

import numpy as np
import pytest

from simgen.benchmark.filters import FilterSubmission, read_filters
from simgen.errors import SubmissionError
from tests.references.filter_files import DRIVERS, HEADER, doing_nothing, write


@pytest.fixture
def faults(tmp_path):
    """Return the faults of a folder with other filters or another header."""

    def read(filters=None, **changes):
        folder = write(tmp_path / "mine", filters, **changes)
        with pytest.raises(SubmissionError, match=r"^mine: ") as caught:
            read_filters(folder)
        return caught.value.faults

    return read


def test_a_sound_folder_is_read(tmp_path):
    submission = read_filters(write(tmp_path / "mine", uses_oracle=True))
    assert (submission.system, submission.version, submission.uses_oracle) == ("ours", "1.0", True)
    assert submission.designed_on.heads == ("sphere of 8.75 cm",)
    assert (submission.num_items, submission.answers) == (3, "3 devices")
    for device, count in DRIVERS.items():
        np.testing.assert_array_equal(submission.arrays[device], doing_nothing(count))


def test_what_is_written_is_read_again(tmp_path):
    first = read_filters(write(tmp_path / "mine"))
    first.write(tmp_path / "copy")
    again = read_filters(tmp_path / "copy")
    assert again.header() == first.header()
    assert again.sha256() == first.sha256()
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == [
        "ctc_A.npy",
        "ctc_B.npy",
        "ctc_C.npy",
        "submission.json",
    ]


def test_devices_may_be_left_out_and_other_files_lie_about(tmp_path):
    folder = write(tmp_path / "mine", {"B": doing_nothing(2)})
    (folder / "notes.txt").write_text("not read")
    assert list(read_filters(folder).arrays) == ["B"]


def test_single_precision_and_any_length_are_taken(tmp_path):
    filters = {"A": doing_nothing(2, 2048).astype(np.float32), "C": doing_nothing(5, 64)}
    assert read_filters(write(tmp_path / "mine", filters)).num_items == 2


def test_the_digest_is_of_header_and_numbers(tmp_path):
    first = read_filters(write(tmp_path / "a"))
    single = {device: doing_nothing(count).astype("f4") for device, count in DRIVERS.items()}
    assert read_filters(write(tmp_path / "b", single)).sha256() == first.sha256()
    longer = {device: doing_nothing(count, 65) for device, count in DRIVERS.items()}
    fewer = {device: doing_nothing(count) for device, count in list(DRIVERS.items())[:2]}
    others = [
        read_filters(write(tmp_path / "c", longer)),
        read_filters(write(tmp_path / "d", fewer)),
        read_filters(write(tmp_path / "e", version="1.1")),
    ]
    assert len({first.sha256(), *(other.sha256() for other in others)}) == 4


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"version": None}, "submission.json: version: is missing"),
        ({"designed_on": None}, "submission.json: designed_on: is missing"),
        ({"designed_on": {"heads": ["x"]}}, "submission.json: designed_on.rooms: is missing"),
        ({"driver_order": "right to left"}, "must be 'left to right'"),
        ({"sample_rate_hz": "48 kHz"}, "submission.json: sample_rate_hz: "),
        ({"sample_rate_hz": 44100}, "ctc_A.npy: the sample rate is 44100 Hz (allowed: 48000 Hz)"),
        ({"protocol": "ctc/2"}, 'submission.json: protocol: is "ctc/2", but this split needs'),
        ({"split": "maxi"}, "submission.json: track, split: there is no such split"),
        ({"split": "design"}, 'split: "design" is for designing; name one that is scored: mini'),
        ({"taps": 64}, "submission.json: taps: is not a key here"),
        ({"system": "\x1b[2J"}, "submission.json: system: must be printable text"),
    ],
)
def test_a_wrong_header_is_refused(faults, changes, fault):
    found = faults(**changes)
    assert any(fault in line for line in found), found


def with_tap(value, place=(1, 0, 3)):
    taps = doing_nothing(2)
    taps[place] = value
    return {"A": taps}


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        ({"A": doing_nothing(5)}, "ctc_A.npy: the filters have shape (5, 2, 64)"),
        ({"C": doing_nothing(5).transpose(1, 0, 2).copy()}, "ctc_C.npy: the filters have shape"),
        ({"A": doing_nothing(2)[:, 0]}, "ctc_A.npy: the filters have shape (2, 64)"),
        ({"A": doing_nothing(2, 63)}, "ctc_A.npy: the filters have 63 taps"),
        ({"A": doing_nothing(2, 2049)}, "ctc_A.npy: the filters have 2049 taps"),
        ({"A": doing_nothing(2).astype(int)}, "ctc_A.npy: is of type int64"),
        ({"A": doing_nothing(2) + 0j}, "ctc_A.npy: is of type complex128"),
        (with_tap(np.nan), "ctc_A.npy: tap [1, 0, 3] is nan"),
        (with_tap(np.inf), "ctc_A.npy: tap [1, 0, 3] is inf"),
        (with_tap(2e6), "ctc_A.npy: tap [1, 0, 3] is 2e+06"),
        ({"A": np.zeros((2, 2, 64))}, "ctc_A.npy: every tap is zero"),
        ({"A": doing_nothing(2) * [[1.0], [0.0]]}, "ctc_A.npy: input 1 is silent"),
        ({"D": doing_nothing(2)}, "ctc_D.npy: is not a file of this track (those are ctc_A.npy"),
        ({}, "there is no array; give at least one of ctc_A.npy, ctc_B.npy, ctc_C.npy"),
    ],
)
def test_wrong_filters_are_refused_by_file_and_index(faults, filters, fault):
    [found] = faults(filters)
    assert found.startswith(fault)


def test_all_faults_of_all_files_are_named_at_once(faults):
    found = faults(with_tap(np.nan) | {"B": np.zeros((2, 2, 64)), "D": np.ones(3)}, version="")
    assert [line.split(":")[0] for line in found] == [
        "submission.json",
        "ctc_D.npy",
        "ctc_A.npy",
        "ctc_B.npy",
    ]


def test_a_folder_without_a_header_is_refused(tmp_path):
    with pytest.raises(SubmissionError, match=r"submission\.json: .*\s+there is no such file"):
        read_filters(tmp_path)


def test_a_header_that_is_no_object_is_refused(tmp_path):
    folder = write(tmp_path / "mine")
    (folder / "submission.json").write_text("[]")
    with pytest.raises(SubmissionError, match=r"submission\.json: top level: must be an object"):
        read_filters(folder)


def test_the_header_is_plain_json(tmp_path):
    submission = read_filters(write(tmp_path / "mine"))
    assert isinstance(submission, FilterSubmission)
    header = json.loads(json.dumps(submission.header()))
    assert {key: header[key] for key in HEADER} == HEADER
