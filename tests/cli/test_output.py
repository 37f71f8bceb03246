import json
from pathlib import Path

import pytest

from simgen.cli.output import answer, progress_bar, require_writable, say, write_text
from simgen.errors import ParameterError


def test_talk_goes_to_stderr_and_data_to_stdout(capsys):
    say("talk")
    answer({"a": [1.5, None, "é\x9b\u202e"]}, as_json=True, text="never")
    answer({}, as_json=False, text="text")
    answer({}, as_json=False)
    captured = capsys.readouterr()
    assert captured.err == "talk\n"
    first, second = captured.out.splitlines()
    assert first.isascii()
    assert json.loads(first) == {"a": [1.5, None, "é\x9b\u202e"]}
    assert second == "text"


def test_a_file_is_written_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "c.txt"
    write_text(path, "é")
    write_text(path, "ü")
    assert path.read_bytes() == "ü".encode()
    assert [found.name for found in path.parent.iterdir()] == ["c.txt"]


def test_a_bar_shows_what_is_done_of_a_total_that_may_change(capsys):
    with progress_bar("rendering", 8) as show:
        show(2)
        show(4, 4)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "rendering" in captured.err
    assert "4/4" in captured.err


def test_a_quiet_bar_says_nothing(capsys):
    with progress_bar("rendering", 8, quiet=True) as show:
        show(8)
    assert capsys.readouterr() == ("", "")


def test_what_can_be_written_is_left_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("kept")
    for name, is_folder in (("file", False), ("new", False), ("a/b/c", False), (".", True)):
        require_writable(Path(name), is_folder=is_folder)
    require_writable(Path("a/b/c"), is_folder=True)
    require_writable(None, is_folder=True)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert Path("file").read_text() == "kept"


@pytest.mark.parametrize(
    ("name", "is_folder", "problem"),
    [
        ("/dev/null", True, "--out is no folder, got '/dev/null'"),
        ("/dev/null", False, "--out is no file, got '/dev/null'"),
        ("file", True, "is no folder"),
        (".", False, "is no file"),
        ("file/below", True, "lies in what is no folder, got 'file/below'"),
        ("file/below", False, "lies in what is no folder"),
        ("/dev/null/x/y", True, "lies in what is no folder"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, monkeypatch, name, is_folder, problem):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(ParameterError, match=problem):
        require_writable(Path(name), is_folder=is_folder)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place that takes no files")
def test_a_place_that_takes_no_files_is_refused_by_name():
    with pytest.raises(OSError, match=r"'/proc/result\.json'"):
        require_writable(Path("/proc/result.json"), is_folder=False)
