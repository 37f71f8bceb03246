import json

from simgen.cli.output import answer, progress_bar, say, write_text


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
