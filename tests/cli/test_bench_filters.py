import json
import shutil

import numpy as np
import pytest

from simgen.cli import splits
from tests.references.filter_files import doing_nothing, write


def test_a_sound_folder_checks(simgen, tmp_path):
    ran = simgen("bench", "check", write(tmp_path / "mine"), "--json")
    assert (ran.code, ran.err) == (0, f"{tmp_path / 'mine'}: ok, 3 devices\n")
    assert json.loads(ran.out) == {"ok": True, "faults": [], "warnings": []}


@pytest.mark.parametrize("command", ["check", "score"])
def test_every_fault_of_every_file_is_shown_at_once(simgen, tmp_path, command):
    wrong = {"A": doing_nothing(2), "B": doing_nothing(2).astype(int), "X": np.ones(3)}
    wrong["A"][1, 0, 3] = np.nan
    write(tmp_path / "mine", wrong, version=None)
    ran = simgen("bench", command, "mine")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        "error: mine: 4 faults in the submission:",
        "  submission.json: version: is missing",
        "  ctc_X.npy: is not a file of this track (those are ctc_A.npy, ctc_B.npy, ctc_C.npy)",
        "  ctc_A.npy: tap [1, 0, 3] is nan (allowed: finite numbers)",
        "  ctc_B.npy: is of type int64 (allowed: float32, float64, little-endian)",
    ]


def test_a_folder_without_a_header_exits_with_3(simgen, tmp_path):
    (tmp_path / "mine").mkdir()
    ran = simgen("bench", "check", "mine")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: mine/submission.json: ")


def test_a_pickle_exits_with_3(shell, tmp_path):
    folder = write(tmp_path / "mine")
    np.save(folder / "ctc_A.npy", np.array([{}], dtype=object), allow_pickle=True)
    ran = shell("bench", "check", "mine")
    assert ran.code == 3
    assert "ctc_A.npy: is of type object" in ran.err


def test_score_does_not_overwrite_the_submission(simgen, tmp_path):
    folder = write(tmp_path / "mine")
    ran = simgen("bench", "score", folder, "-o", folder / "submission.json")
    assert (ran.code, ran.out) == (2, "")
    assert "--out is a file that is read" in ran.err


def test_data_that_is_not_there_or_not_the_split_is_refused(simgen, tmp_path, rendered):
    folder = write(tmp_path / "mine")
    ran = simgen("bench", "score", folder, "--data", "gone")
    assert ran.code == 3
    assert "Build it with: simgen bench build crosstalk/mini --out gone" in ran.err
    ran = simgen("bench", "score", folder, "--data", rendered)
    assert ran.code == 3
    assert "the dataset is not crosstalk/mini: its scenes differ" in ran.err


def test_an_unknown_baseline_is_answered_with_those_of_the_track(simgen):
    ran = simgen("bench", "run", "srp-phat", "crosstalk/mini")
    assert (ran.code, ran.out) == (2, "")
    assert "allowed: nothing, perfect-inverse" in ran.err


@pytest.mark.parametrize("root", ["cache", ""])
def test_the_cache_is_where_the_desktop_says(monkeypatch, tmp_path, root):
    from simgen.benchmark.suite import load_split

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / root) if root else "")
    expected = tmp_path / (root or ".cache") / "simgen" / "splits"
    places = [splits._cache_place(load_split(f"crosstalk/{name}")) for name in ("mini", "test")]
    assert {place.parent for place in places} == {expected}
    assert [place.name.rsplit("-", 1)[0] for place in places] == [
        "crosstalk-mini",
        "crosstalk-test",
    ]


@pytest.mark.slow
def test_run_check_score_page(shell, tmp_path):
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    made = shell("bench", "run", "robust", "crosstalk/mini", "--json", **cache)
    assert (made.code, json.loads(made.out)) == (0, {"file": "robust-mini", "items": 3})
    assert "building crosstalk/design into " in made.err
    assert "wrote robust-mini; next: simgen bench score robust-mini" in made.err
    assert shell("bench", "check", "robust-mini").code == 0
    first = shell("bench", "score", "robust-mini", "-o", "results/robust.json", **cache)
    assert first.code == 0
    assert "building crosstalk/mini into " in first.err
    write(tmp_path / "mine")
    second = shell("bench", "score", "mine", "-o", "results/mine.json", "--json", **cache)
    assert "building" not in second.err
    scores = json.loads(second.out)["scores"]
    assert scores["gain_db"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    compared = shell("bench", "compare", "robust-mini", "mine", "--json", **cache)
    assert json.loads(compared.out)["values"] == [
        json.loads((tmp_path / "results" / f"{name}.json").read_text())["scores"]["gain_db"][
            "value"
        ]
        for name in ("robust", "mine")
    ]
    page = shell("bench", "page", "results").out.splitlines()
    assert page[0] == "### `crosstalk/mini` by `ctc/1`"
    assert [line.split(" | ")[1] for line in page[6:]] == ["`robust`", "`ours`"]
    shutil.rmtree(tmp_path / "cache")


def test_a_track_without_scenes_is_run_and_scored_without_building(simgen):
    refused = simgen("bench", "build", "beam/test")
    assert (refused.code, refused.out) == (2, "")
    assert "there is nothing to render in this split, got 'beam/test'" in refused.err
    ran = simgen("bench", "run", "nulls-capped", "beam/test", "--json")
    assert json.loads(ran.out) == {"file": "nulls-capped-test", "items": 2}
    assert simgen("bench", "check", "nulls-capped-test").code == 0
    scored = simgen("bench", "score", "nulls-capped-test", "-o", "result.json")
    assert scored.code == 0
    lines = scored.out.splitlines()
    assert lines[0] == "nulls-capped on beam/test (beam/1)"
    assert lines[1] == "num_devices 2, num_devices_submitted 2, num_draws 17"
    page = simgen("bench", "page", "result.json").out
    assert "| 1 | `nulls-capped` | 9.0" in page


def test_long_parts_are_left_to_the_result_file(simgen):
    simgen("bench", "run", "single-driver", "beam/test")
    ran = simgen("bench", "score", "single-driver-test", "--json")
    assert "D-omni at" in json.loads(ran.out)["breakdown"]
