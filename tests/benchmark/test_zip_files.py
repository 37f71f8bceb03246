import contextlib
import stat
import struct
import zipfile

import pytest

from simgen.benchmark import bounded_files, zip_files
from simgen.errors import SubmissionError, SubmissionLimitError
from simgen.evaluate.kinds import read_submission
from tests.references.azimuth_files import MIB, ROWS, SOUND, refused


def entry(name, *, mode=stat.S_IFREG | 0o644, method=zipfile.ZIP_DEFLATED):
    """What a zip tells of a file."""
    told = zipfile.ZipInfo(name)
    told.external_attr = mode << 16
    told.compress_type = method
    return told


def rewritten(path, old, new):
    """Replace bytes of a file wherever they stand."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    return path


@pytest.mark.parametrize(
    "name",
    ["../predictions.csv", "/etc/passwd", "a/../../b", "..\\b", "C:b", "a\\b", "./a", "a//b"],
)
def test_a_name_that_leads_elsewhere_is_refused(packed, name, tmp_path):
    [fault] = refused(packed((name, "x")))
    assert fault.startswith(f"{name}: is not a plain name")
    assert [path.name for path in tmp_path.iterdir()] == ["ours.zip"]


@pytest.mark.parametrize("name", ["a\u202eb", "\x1b[2J", "a\nb"])
def test_a_name_that_cannot_be_shown_is_refused(packed, name):
    [fault] = refused(packed((name, "x")))
    assert "is not a plain name" in fault


def test_a_name_cut_short_by_a_zero_is_refused(packed):
    path = rewritten(packed(("notes.txtAcsv", "x")), b"notes.txtAcsv", b"notes.txt\0csv")
    [fault] = refused(path)
    assert fault.startswith("notes.txt\ufffdcsv: is not a plain name")


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_in_a_zip_are_refused(packed, mode):
    [fault] = refused(packed((entry("passwd", mode=mode | 0o777), "/etc/passwd")))
    assert fault == "passwd: is a link or device, not a regular file"


@pytest.mark.parametrize(
    "name", ["predictions.csv", "Predictions.CSV", "prediction\u017f.csv", "SUBMISSION.json"]
)
def test_names_that_are_one_on_some_system_are_refused(packed, name):
    faults = refused(packed((name, "x")))
    assert len(faults) == 2
    assert all(fault.endswith("another file has that name, if case is ignored") for fault in faults)


def test_names_of_one_letter_in_two_compositions_are_refused(packed):
    assert len(refused(packed(("\u00e9.txt", "x"), ("e\u0301.txt", "x")))) == 2


@pytest.mark.parametrize("name", ["inner.zip", "a.tar.gz", "b.7z", "C.ZIP"])
def test_an_archive_inside_is_refused(packed, name):
    assert refused(packed((name, "x"))) == (f"{name}: is an archive inside the archive",)


def test_a_zip_that_passes_for_predictions_is_no_csv(packed):
    inner = packed().read_bytes()
    entries = [("submission.json", SOUND["submission.json"]), ("predictions.csv", inner)]
    [fault] = refused(packed(*entries, sound=False))
    assert fault.startswith(("is not UTF-8 at byte", "line 1: must be"))


def test_an_encrypted_file_is_refused(packed):
    path = packed()
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refused(path) == ("submission.json: is encrypted",)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_ways_of_packing_are_refused(packed, method):
    [fault] = refused(packed((entry("notes.txt", method=method), "x")))
    assert fault.startswith("notes.txt: is packed in an unusual way")


def test_all_faults_of_a_zip_are_named_at_once(packed):
    link = entry("..", mode=stat.S_IFLNK)
    faults = refused(packed((link, "/"), ("a.zip", "x"), ("A.zip", "x")))
    assert len(faults) == 6


def test_a_zip_without_a_header_or_with_two_is_refused(packed):
    assert refused(packed(("notes.txt", "x"), sound=False)) == (
        "must hold one submission.json, at the top or in a folder; none is there",
    )
    assert refused(packed(("theirs/submission.json", "{}"))) == (
        "must hold one submission.json, at the top or in a folder; several are there",
    )


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"PK\x01\x02" * 9]
)
def test_what_is_no_zip_is_refused(tmp_path, content):
    (tmp_path / "ours.zip").write_bytes(content)
    [fault] = refused(tmp_path / "ours.zip")
    assert "is not a zip" in fault or "none is there" in fault


@pytest.mark.parametrize("cut", [10, 100, 200, 300])
def test_a_zip_cut_short_is_refused(packed, cut):
    path = packed()
    path.write_bytes(path.read_bytes()[:-cut])
    assert refused(path) == ("is not a zip, or damaged",)


@pytest.mark.slow
def test_any_flipped_byte_of_a_zip_is_read_the_same_or_refused(packed):
    path = packed()
    content, digest = path.read_bytes(), read_submission(path).sha256()
    for place in range(0, len(content), 3):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :])
        with contextlib.suppress(SubmissionError):
            assert read_submission(path).sha256() == digest, place


def test_a_list_that_lies_about_sizes_is_refused(packed):
    size = struct.pack("<L", len(ROWS))
    for lie in (struct.pack("<L", len(ROWS) - 1), struct.pack("<L", len(ROWS) + 1)):
        [fault] = refused(rewritten(packed(), size, lie))
        assert fault.startswith("cannot be unpacked: is damaged") or "but the zip says" in fault


def test_a_bomb_is_not_unpacked(packed):
    zeros = bytes(bounded_files.MOST_BYTES + 1)
    [fault] = refused(packed(("submission.json", zeros), sound=False), SubmissionLimitError)
    assert fault == "unpacks to more than 16 MiB"


def test_a_bomb_that_says_it_is_small_is_not_unpacked(packed):
    path = packed(("submission.json", bytes(20 * MIB)), sound=False)
    path = rewritten(path, struct.pack("<L", 20 * MIB), struct.pack("<L", 1000))
    assert refused(path) == ("cannot be unpacked: is damaged",)


def test_files_that_together_unpack_to_too_much_are_refused(packed):
    many = [(f"{number}.txt", bytes(15 * MIB)) for number in range(9)]
    assert refused(packed(*many), SubmissionLimitError) == ("unpacks to more than 128 MiB",)


def test_too_many_files_are_refused(packed):
    path = packed(*((str(number), b"") for number in range(zip_files.MOST_ENTRIES - 1)))
    assert refused(path, SubmissionLimitError) == ("holds more than 1000 files",)
    assert read_submission(packed(*((str(number), b"") for number in range(900)))).num_items == 24


def test_a_zip_that_is_too_large_is_refused_unread(tmp_path):
    with (tmp_path / "ours.zip").open("wb") as file:
        file.truncate(2**40)
    assert refused(tmp_path / "ours.zip", SubmissionLimitError) == ("is larger than 32 MiB",)
