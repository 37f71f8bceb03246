"""What anyone may send: refused or made harmless, in words, with little memory and time."""

import json
import os
import pickle
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from simgen.benchmark import json_files
from simgen.errors import SubmissionLimitError
from tests.references import filter_files
from tests.references.azimuth_files import HEADER, MIB, SILENCE, refused

ROOT = Path(__file__).parents[2]


# JSON


@pytest.mark.parametrize("name", ["submission.json", "predictions.json"])
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[" * 100_000, "is nested too deeply"),
        ('{"a":' * 100_000, "is nested too deeply"),
        ("9" * 5000, "top level: must be an object"),
        ("NaN", "top level: must be an object, got NaN"),
        (b"\xff", "is not UTF-8 at byte 0"),
        (pickle.dumps({}), "is not UTF-8 at byte 0"),
        ('{"a": 1, "a": 2}', 'the key "a" stands twice'),
        ('{"\\ud800": 1}', "\ufffd"),
    ],
)
def test_what_is_no_json_of_ours_is_refused(folder, name, content, fault):
    contents = {name: content}
    if name == "predictions.json":
        contents["predictions.csv"] = None
    faults = refused(folder(**contents))
    assert any(fault in found for found in faults)


def test_faults_of_predictions_are_named_by_file_item_and_place(folder):
    found = {**SILENCE, "mini-0003": {"azimuth_deg": [1, "x"]}, "dev-0000": {"azimuth_deg": []}}
    del found["mini-0007"]
    place = folder(**{"predictions.json": json.dumps(found), "predictions.csv": None})
    header = json.dumps(HEADER | {"system": ""})
    (place / "submission.json").write_text(header)
    assert refused(place) == (
        'submission.json: system: must be printable text, got ""',
        'predictions.json: mini-0003.azimuth_deg[1]: must be a number, got "x"',
        "predictions.json: mini-0007: is missing; say azimuth_deg: [] where nothing is heard",
        "predictions.json: dev-0000: is not an item of localization/mini",
    )


@pytest.mark.parametrize("part", ["[],", "{},", '{"":0},', '"",', "0,"])
def test_json_of_too_many_values_is_refused_before_it_is_parsed(tmp_path, part):
    path = tmp_path / "ours.json"
    path.write_text("[" + part * json_files.MOST_VALUES + "0]")
    assert refused(path, SubmissionLimitError) == ("holds more than 1000000 values",)


def test_more_faults_than_anyone_reads_are_cut(tmp_path):
    path = tmp_path / "ours.json"
    wrong = {str(number): {"azimuth_deg": [None] * 20} for number in range(1000)}
    path.write_text(json.dumps(HEADER | {"predictions": wrong}))
    faults = refused(path)
    assert len(faults) == 10_001
    assert faults[-1] == "and more: only the first 10000 faults are listed"


# Arrays


def test_arrays_that_are_pickles_or_lie_are_refused_in_a_zip_too(tmp_path):
    mine = filter_files.write(tmp_path / "mine")
    np.save(mine / "ctc_A.npy", np.array([{}], dtype=object), allow_pickle=True)
    honest = (mine / "ctc_B.npy").read_bytes()
    (mine / "ctc_B.npy").write_bytes(honest.replace(b"(2, 2, 64)", b"(2,2,8**9)", 1))
    (mine / "ctc_C.npy").write_bytes(honest.replace(b"(2, 2, 64)", b"(9, 9, 99)", 1))
    with zipfile.ZipFile(tmp_path / "mine.zip", "w") as file:
        for path in mine.iterdir():
            file.write(path, path.name)
    for path in (mine, tmp_path / "mine.zip"):
        faults = refused(path)
        assert [fault.split(":")[0] for fault in faults] == [
            "ctc_A.npy",
            "ctc_B.npy",
            "ctc_C.npy",
        ]
        assert "is of type object" in faults[0]
        assert "is not a .npy file of numbers" in faults[1]
        assert "but its header says 64152" in faults[2]


@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_an_array_that_is_too_large_is_refused_by_the_limit(tmp_path, suffix):
    mine = filter_files.write(tmp_path / "mine")
    (mine / "ctc_B.npy").write_bytes(bytes(16 * MIB + 1))
    with zipfile.ZipFile(tmp_path / "mine.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for path in mine.iterdir():
            file.write(path, path.name)
    [fault] = refused(tmp_path / f"mine{suffix}", SubmissionLimitError)
    assert fault.endswith("larger than 16 MiB") or fault == "unpacks to more than 16 MiB"


# Memory, time and exit codes


def dense_json():
    """The most objects that fit the limits of a JSON file."""
    return (b'{"predictions":[' + b'{"":0},' * 499_000 + b"0]}").ljust(16 * MIB)


def wrong_json():
    """As many wrong values as fit, in a submission with a sound header."""
    items = (f'"{number}":{{"azimuth_deg":[{"null," * 63}null]}}' for number in range(15_000))
    header = json.dumps(HEADER)[:-1]
    return f'{header},"predictions":{{{",".join(items)}}}}}'.encode()


def wide_text():
    """Text whose every character takes four bytes of memory, though few do in the file."""
    return (
        json.dumps(HEADER).encode()[:-1]
        + b',"description":"'
        + "😀".encode()
        + b"x" * 15 * MIB
        + b'"}'
    )


def long_integer():
    """A number of millions of digits."""
    return b'{"submission":' + b"9" * 15 * MIB + b"}"


def many_rows():
    """As many short rows as a file may hold."""
    return b"item,azimuth_deg\n" + b"mini-0000,1\n" * 1_300_000


def blank_rows():
    return b"item,azimuth_deg\n" + b"\n" * 16_000_000


def bomb():
    """A deflated file of a gigabyte that says it is small."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(deflate.compress(bytes(MIB)) for _ in range(1024)) + deflate.flush()
    name = b"submission.json"
    told = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, 1, len(packed), 1000, len(name), 0)
    local = b"PK\x03\x04" + told + name + packed
    listed = (
        b"PK\x01\x02" + struct.pack("<H", 20) + told + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name
    )
    end = struct.pack("<HHHHLLH", 0, 0, 1, 1, len(listed), len(local), 0)
    return local + listed + b"PK\x05\x06" + end


def crowded_zip():
    """A list of half a million files."""
    line = b"PK\x01\x02" + struct.pack(
        "<HHHHHHLLLHHHHHLL", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, *[0] * 6
    )
    listed = (line + b"a") * 500_000
    return listed + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 0, 0, len(listed), 0, 0)


def check(path):
    """Check a submission by the command line, with 512 MiB of memory; and its processor time."""

    def within_512_mib():
        resource.setrlimit(resource.RLIMIT_DATA, (512 * MIB, 512 * MIB))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "simgen", "bench", "check", str(path)],
        cwd=path.parent,
        env=os.environ
        | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        preexec_fn=within_512_mib,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "code", "word"),
    [
        ("ours.json", dense_json, 3, "is missing"),
        ("ours.json", wrong_json, 3, "lines more"),
        ("ours.json", wide_text, 3, "must have at most 2000 characters"),
        ("ours.json", long_integer, 3, "must be 1, got Infinity"),
        ("predictions.csv", many_rows, 5, "has more than 650000 lines"),
        ("predictions.csv", blank_rows, 5, "has more than 650000 lines"),
        ("ours.zip", bomb, 3, "is damaged"),
        ("ours.zip", crowded_zip, 5, "holds more than 1000 files"),
    ],
)
def test_the_worst_files_take_little_memory_and_time(tmp_path, name, content, code, word):
    path = tmp_path / name
    path.write_bytes(content())
    if name == "predictions.csv":
        (tmp_path / "submission.json").write_text(json.dumps(HEADER))
        path = tmp_path
    done, seconds = check(path)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr[-300:]
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert seconds < 10.0
