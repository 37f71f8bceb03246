import hashlib
import json
import struct
import zipfile

import numpy as np
import pytest

from simgen.benchmark import array_folder
from simgen.benchmark.array_folder import ArrayHeader, ArraySubmission, array_track, read_arrays
from simgen.benchmark.suite import load_split
from simgen.errors import SubmissionError
from tests.references import filter_files

HEADER = {
    key: value
    for key, value in filter_files.HEADER.items()
    if key not in ("driver_order", "designed_on")
}


def write(folder, arrays, **changes):
    """Write a folder of arrays for devices that say no more than any arrays do."""
    filter_files.write(folder, arrays)
    (folder / "submission.json").write_text(json.dumps(HEADER | changes))
    return folder


def read(folder, form_faults=lambda *_: iter(())):
    return read_arrays(folder, ArrayHeader, ArraySubmission, form_faults)


def faults(folder, form_faults=lambda *_: iter(())):
    with pytest.raises(SubmissionError, match=f"^{folder.name}: ") as caught:
        read(folder, form_faults)
    return caught.value.faults


def test_the_digest_is_of_the_sorted_header_and_each_part_in_turn(tmp_path):
    arrays = {"B": np.array([[0.5], [-2.0]], dtype="f4"), "A": np.array([1.0, 2.0, 3.0])}
    submission = read(write(tmp_path / "mine", arrays))
    header = HEADER | {"uses_oracle": False, "description": "", "parameters": {}}
    header["sample_rate_hz"] = 48000.0
    told = json.dumps(header, sort_keys=True).encode()
    told += b"A (3,)" + struct.pack("<3d", 1.0, 2.0, 3.0)
    told += b"B (2, 1)" + struct.pack("<2d", 0.5, -2.0)
    assert submission.sha256() == hashlib.sha256(told).hexdigest()
    assert (submission.answers, submission.num_items) == ("2 arrays", 2)


def test_what_is_written_is_in_c_order_with_the_header_last(tmp_path, monkeypatch):
    written = []
    really = array_folder.write_atomically
    monkeypatch.setattr(
        array_folder,
        "write_atomically",
        lambda path, content: (written.append(path.name), really(path, content)),
    )
    turned = np.arange(12.0, dtype="f4").reshape(3, 4).T
    made = ArraySubmission(**HEADER, arrays={"C": turned, "A": np.ones(2)})
    made.write(tmp_path / "deep" / "mine")
    assert written == ["ctc_C.npy", "ctc_A.npy", "submission.json"]
    again = read(tmp_path / "deep" / "mine")
    assert again.arrays["C"].dtype == np.float32
    assert np.array_equal(again.arrays["C"], turned)
    assert (again.header(), again.sha256()) == (made.header(), made.sha256())


def test_every_array_is_looked_into_with_what_was_said_of_it(tmp_path):
    def form_faults(array, track, part, sample_rate):
        yield f"{track.track} {part} {array.shape} {sample_rate}"

    folder = write(tmp_path / "mine", {"C": np.ones(3), "A": np.ones((1, 2))}, sample_rate_hz=8000)
    assert faults(folder, form_faults) == (
        "ctc_A.npy: crosstalk A (1, 2) 8000",
        "ctc_C.npy: crosstalk C (3,) 8000",
    )


def test_faults_of_header_and_arrays_are_told_at_once(tmp_path):
    folder = write(tmp_path / "mine", {"B": np.ones(2)}, system="", protocol="ctc/9")
    (folder / "ctc_A.npy").write_bytes(b"no array")
    (folder / "ctc_\x07.npy").write_bytes(b"")
    found = faults(folder, lambda *_: iter(["is odd"]))
    assert [fault.partition(": ")[0] for fault in found] == [
        "submission.json",
        "submission.json",
        "ctc_\ufffd.npy",
        "ctc_A.npy",
        "ctc_B.npy",
    ]
    assert found[-1] == "ctc_B.npy: is odd"


def test_arrays_for_no_split_are_not_opened(tmp_path):
    folder = write(tmp_path / "mine", {"A": np.ones(2)}, split="maxi")
    (folder / "ctc_A.npy").write_bytes(b"no array")
    [found] = faults(folder)
    assert found.startswith("submission.json: track, split: there is no such split")


def test_a_path_that_leads_nowhere_or_to_a_folder_without_header_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("gone", "empty"):
        with pytest.raises(
            SubmissionError, match=r"submission\.json: (.|\n)*there is no such file"
        ):
            read(tmp_path / name)


def test_a_zip_says_what_its_folder_does(tmp_path):
    folder = write(tmp_path / "mine", {"A": np.ones((2, 3))})
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as file:
        for path in folder.iterdir():
            file.write(path, f"mine/{path.name}")
    assert read(tmp_path / "mine.zip").sha256() == read(folder).sha256()


def test_the_track_of_a_split_names_a_file_for_each_part():
    track = array_track(load_split("crosstalk/mini"))
    assert {track.file_of(part) for part in track.parts} == {
        "ctc_A.npy",
        "ctc_B.npy",
        "ctc_C.npy",
    }
