import json
import zipfile

import pytest

from simgen.benchmark.submitted_files import Folder, Zip, read_header, submitted_files
from simgen.errors import SubmissionError
from tests.references.azimuth_files import HEADER, SOUND


@pytest.fixture
def archive(tmp_path):
    """Write a zip of names, each of which holds its name."""

    def write(*names):
        with zipfile.ZipFile(tmp_path / "ours.zip", "w") as file:
            for name in names:
                file.writestr(name, name)
        return tmp_path / "ours.zip"

    return write


def test_a_folder_names_what_lies_in_it_and_reads_it(folder):
    place = folder(**{"notes.txt": b"\x00\xff", "A.txt": "a"})
    (place / "inner").mkdir()
    files = submitted_files(place)
    assert isinstance(files, Folder)
    assert files.name == "ours"
    assert files.names == ("A.txt", "inner", "notes.txt", "predictions.csv", "submission.json")
    assert files.read("notes.txt") == b"\x00\xff"


@pytest.mark.parametrize("name", ["inner", "link", "gone"])
def test_what_is_no_file_of_a_folder_is_not_read(folder, tmp_path, name):
    place = folder()
    (place / "inner").mkdir()
    (tmp_path / "secret").write_text("secret")
    (place / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(SubmissionError, match=r"is not a regular file|there is no such file"):
        Folder(place).read(name)


@pytest.mark.parametrize("inside", ["", "mine/"])
def test_a_zip_is_read_from_where_its_header_lies(archive, tmp_path, inside):
    names = ["submission.json", "b.npy", "a.npy", "deeper/c.npy"]
    path = archive(*(inside + name for name in names))
    files = submitted_files(path)
    assert isinstance(files, Zip)
    assert (files.name, files.names) == ("ours.zip", ("a.npy", "b.npy", "submission.json"))
    assert files.read("a.npy") == f"{inside}a.npy".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_lies_beside_the_folder_of_a_zip_is_not_part_of_it(archive):
    path = archive("mine/", "mine/submission.json", "b.npy", "mine2/c.npy", "__MACOSX/mine/d.npy")
    assert Zip(path).names == ("submission.json",)


@pytest.mark.parametrize(
    ("names", "how_many"),
    [
        (["a/b/submission.json"], "none is"),
        (["a/my-submission.json"], "none is"),
        (["a/submission.json", "b/submission.json"], "several are"),
    ],
)
def test_a_zip_has_one_header_near_its_top(archive, names, how_many):
    with pytest.raises(SubmissionError, match=r"^ours\.zip: ") as caught:
        submitted_files(archive(*names))
    assert caught.value.faults == (
        f"must hold one submission.json, at the top or in a folder; {how_many} there",
    )


def test_a_single_file_and_nothing_at_all_hold_no_files(tmp_path):
    (tmp_path / "ours.json").write_text("{}")
    assert submitted_files(tmp_path / "ours.json") is None
    assert submitted_files(tmp_path / "gone.json") is None


def test_the_header_is_the_same_of_a_file_a_folder_and_a_zip(folder, packed, tmp_path):
    (tmp_path / "whole.json").write_text(json.dumps(HEADER | {"predictions": {}}))
    assert read_header(folder()) == read_header(packed()) == json.loads(SOUND["submission.json"])
    assert read_header(tmp_path / "whole.json") == HEADER | {"predictions": {}}


def test_a_part_a_result_and_what_is_no_json_have_no_header(folder, tmp_path):
    place = folder(**{"submission.json": "{"})
    with pytest.raises(SubmissionError, match="give the folder"):
        read_header(place / "predictions.csv")
    with pytest.raises(SubmissionError, match=r"^submission\.json: (.|\n)*is not JSON"):
        read_header(place)
    (tmp_path / "theirs.json").write_text('{"result": 1}')
    with pytest.raises(SubmissionError, match=r"^theirs\.json: "):
        read_header(tmp_path / "theirs.json")
