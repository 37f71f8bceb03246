import json
import re
import zipfile

import pytest

from simgen.benchmark.suite import load_split
from tests.references.sealed_record import RECORD

SPLIT = load_split("localization/mini")
SOUND = {
    "submission": 1,
    "system": "silence",
    "track": "localization",
    "split": "mini",
    "protocol": "doa-scene/1",
    "predictions": {item: {"azimuth_deg": []} for item in SPLIT.items},
}


@pytest.fixture
def submission(tmp_path):
    path = tmp_path / "silence.json"
    path.write_text(json.dumps(SOUND))
    return path


def test_list_shows_tracks_splits_and_baselines(simgen):
    ran = simgen("bench", "list")
    assert (ran.code, ran.err) == (0, "")
    for word in ("localization/mini", "doa-scene/1", "srp-phat", "prior"):
        assert word in ran.out
    answer = json.loads(simgen("bench", "list", "--json").out)
    tracks = {track["track"]: track for track in answer["tracks"]}
    assert tracks["localization"]["splits"]["mini"]["sha256"] == SPLIT.sha256
    classical = ["srp-phat", "srp-16", "norm-music", "tdoa-regions"]
    assert answer["baselines"]["localization"][:4] == classical
    assert answer["baselines"]["localization"][-1] == "prior"


def test_list_of_one_track_shows_nothing_of_others(simgen):
    ran = simgen("bench", "list", "upmix")
    heading, *lines = ran.out.splitlines()
    assert heading.startswith("upmix: ")
    assert [line for line in lines if line[:3] != "   "] == ["  splits", "  baselines"]
    told = json.loads(simgen("bench", "list", "upmix", "--json").out)
    assert [track["track"] for track in told["tracks"]] == [*told["baselines"]] == ["upmix"]
    unknown = simgen("bench", "list", "speed")
    assert unknown.code == 2
    assert "localization" in unknown.err


def test_tracks_are_listed_apart_and_descriptions_stand_in_columns(simgen):
    tracks = simgen("bench", "list").out.rstrip("\n").split("\n\n")
    assert len(tracks) == len(json.loads(simgen("bench", "list", "--json").out)["tracks"])
    for track in tracks:
        for rows in track.partition("  splits\n")[2].split("  baselines\n"):
            starts = {re.match(r" {4}\S+ +", row).end() for row in rows.splitlines()}
            assert len(starts) == 1


def test_a_sound_submission_checks(simgen, submission):
    ran = simgen("bench", "check", submission, "--json")
    assert (ran.code, ran.err) == (0, f"{submission}: ok, 24 items, no azimuths\n")
    assert json.loads(ran.out) == {"ok": True, "faults": [], "warnings": []}


def test_what_looks_like_radians_is_warned_of(simgen, submission):
    predictions = {item: {"azimuth_deg": [-1.5]} for item in SPLIT.items}
    submission.write_text(json.dumps({**SOUND, "predictions": predictions}))
    ran = simgen("bench", "check", submission, "--json")
    assert ran.code == 0
    assert "ok, 24 items, 24 azimuths from -1.5 to -1.5 degrees\nwarning: all 24" in ran.err
    [warning] = json.loads(ran.out)["warnings"]
    assert warning.endswith("are these radians?")


@pytest.mark.parametrize("words", [("check",), ("score",), ("compare", "silence.json")])
def test_a_result_is_no_submission(simgen, submission, words):
    simgen("bench", "score", submission, "-o", "result.json")
    ran = simgen("bench", *words, "result.json")
    assert (ran.code, ran.out) == (3, "")
    assert "this is a result, not a submission; bench page and plot take it" in ran.err


def test_a_missing_file_is_called_as_it_was(simgen):
    for command in ("check", "score", "page"):
        ran = simgen("bench", command, "my answers/gone.json")
        assert (ran.code, ran.err.splitlines()[-1]) == (3, "  there is no such file")
        assert "my answers/gone.json: " in ran.err


@pytest.mark.parametrize("name", ["predictions.csv", "predictions.json", "ctc_A.npy"])
def test_a_part_of_a_submission_names_the_folder(simgen, tmp_path, name):
    (tmp_path / name).write_text("item,azimuth_deg\n")
    ran = simgen("bench", "score", name)
    assert ran.code == 3
    assert "is a part of a submission; give the folder that holds it" in ran.err


@pytest.fixture
def handed_out(tmp_path):
    """What a contestant has of a sealed split of two recordings, without their audio."""
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "split.json").write_text(json.dumps(RECORD))
    return RECORD["split"]


def test_answers_to_a_sealed_split_are_checked_before_its_secret_is_out(
    simgen, submission, handed_out
):
    answers = {f"{handed_out}-{number:04d}": {"azimuth_deg": [30]} for number in range(2)}
    sound = {**SOUND, "split": handed_out, "predictions": answers}
    submission.write_text(json.dumps(sound))
    assert "--sealed FOLDER" in simgen("bench", "check", submission).err
    ran = simgen("bench", "check", submission, "--sealed", "public")
    assert (ran.code, ran.err.partition(": ")[2][:11]) == (0, "ok, 2 items")
    answers[f"{handed_out}-0002"] = answers.pop(f"{handed_out}-0001")
    submission.write_text(json.dumps({**sound, "protocol": "x"}))
    ran = simgen("bench", "check", submission, "--sealed", "public")
    assert ran.code == 3
    assert len(ran.err.splitlines()) == 4
    for fault in ('needs "doa-scene/1"', "-0001: is missing", "-0002: is not an item of"):
        assert fault in ran.err


@pytest.mark.parametrize("command", ["check", "score"])
def test_every_fault_of_form_and_of_items_is_shown_at_once(simgen, submission, command):
    predictions = {**SOUND["predictions"], "mini-0024": {"azimuth_deg": []}}
    del predictions["mini-0005"]
    predictions["mini-0006"] = {"azimuth_deg": ["30"]}
    submission.write_text(json.dumps({**SOUND, "system": "\x1b[2J", "predictions": predictions}))
    ran = simgen("bench", command, submission)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.splitlines() == [
        "error: silence.json: 4 faults in the submission:",
        '  system: must be printable text, got "\\u001b[2J"',
        '  predictions.mini-0006.azimuth_deg[0]: must be a number, got "30"',
        "  predictions.mini-0005: is missing; say azimuth_deg: [] where nothing is heard",
        "  predictions.mini-0024: is not an item of localization/mini",
    ]


def test_faults_are_answered_as_json(simgen, submission):
    submission.write_text(json.dumps({**SOUND, "track": "x"}))
    ran = simgen("bench", "check", submission, "--json")
    assert ran.code == 3
    answer = json.loads(ran.out)
    assert not answer["ok"]
    [fault] = answer["faults"]
    assert fault.startswith("track, split: there is no such track")


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[" * 100_000, b'{"a": NaN, "a": 1}', b"9" * 5000, b"\xef\xbb\xbf{}"]
)
def test_what_is_no_submission_exits_with_3(simgen, submission, content):
    submission.write_bytes(content)
    for command in ("check", "score"):
        ran = simgen("bench", command, submission)
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith("error: silence.json: ")


@pytest.mark.parametrize("command", ["check", "score"])
def test_what_is_larger_than_a_limit_exits_with_5(simgen, submission, command):
    submission.write_bytes(b" " * (16 * 2**20 + 1))
    ran = simgen("bench", command, submission)
    assert (ran.code, ran.out) == (5, "")
    assert ran.err.splitlines()[-1] == "  is larger than 16 MiB"


def test_a_zip_is_checked_and_scored_like_the_file(simgen, submission, tmp_path):
    header = {key: value for key, value in SOUND.items() if key != "predictions"}
    with zipfile.ZipFile(tmp_path / "silence.zip", "w") as file:
        file.writestr("silence/submission.json", json.dumps(header | {"training_data": "none"}))
        rows = "".join(f"{item},\n" for item in reversed(SPLIT.items))
        file.writestr("silence/predictions.csv", f"item,azimuth_deg\n{rows}")
    checked = simgen("bench", "check", "silence.zip").err
    assert checked == "silence.zip: ok, 24 items, no azimuths\n"
    assert json.loads(simgen("bench", "check", "silence.zip", "--json").out)["ok"]
    alone, packed = (
        json.loads(simgen("bench", "score", name, "--json").out)
        for name in (submission, "silence.zip")
    )
    assert packed["training_data"] == "none"
    assert "training_data" not in alone
    assert packed["scorer_sha256"] == alone["scorer_sha256"]
    for key in ("scores", "breakdown", "coverage", "split_sha256", "protocol"):
        assert packed[key] == alone[key]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["silence.json", "silence.zip"]


def test_a_directory_and_a_missing_file_exit_with_3(simgen, tmp_path):
    assert simgen("bench", "check", tmp_path).code == 3
    assert simgen("bench", "score", tmp_path / "gone.json").code == 3


def test_score_shows_a_table_or_answers_as_json(simgen, submission, tmp_path):
    ran = simgen("bench", "score", submission)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("silence on localization/mini (doa-scene/1)\n")
    ran = simgen("bench", "score", submission, "-o", "results/silence.json", "--json")
    assert ran.err == "wrote results/silence.json\n"
    result = json.loads(ran.out)
    assert result == json.loads((tmp_path / "results" / "silence.json").read_text())
    assert result["scores"]["ospa_deg"] == {"value": 30.0, "low": 30.0, "high": 30.0}


def test_page_ranks_results_of_files_and_folders(simgen, submission, tmp_path):
    simgen("bench", "score", submission, "-o", "results/silence.json")
    predictions = {item: {"azimuth_deg": [0]} for item in SPLIT.items}
    submission.write_text(json.dumps({**SOUND, "system": "ahead", "predictions": predictions}))
    simgen("bench", "score", submission, "-o", "ahead.json")
    ran = simgen("bench", "page", "results", "ahead.json")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "### `localization/mini` by `doa-scene/1`"
    assert [line.split(" | ")[1] for line in lines[6:]] == ["`ahead`", "`silence`"]
    written = simgen("bench", "page", "results", "ahead.json", "-o", "page.md")
    assert (written.out, written.err) == ("", "wrote page.md\n")
    assert (tmp_path / "page.md").read_text() == ran.out
    answer = json.loads(simgen("bench", "page", "results", "--json").out)
    assert [row["system"] for row in answer["results"]] == ["silence"]


def test_page_refuses_what_is_no_result(simgen, submission, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = simgen("bench", "page", submission)
    assert ran.code == 3
    assert "this is a submission; score it first: simgen bench score FILE" in ran.err
    assert simgen("bench", "page", "gone.json").code == 3
    ran = simgen("bench", "page", "empty")
    assert ran.code == 2
    assert "there are no results" in ran.err


def test_score_does_not_overwrite_the_submission(simgen, submission, tmp_path):
    content = submission.read_bytes()
    (tmp_path / "link.json").symlink_to(submission)
    for out in ("silence.json", "./silence.json", "link.json"):
        ran = simgen("bench", "score", submission, "-o", out)
        assert (ran.code, ran.out) == (2, "")
        assert "--out is a file that is read" in ran.err
    assert submission.read_bytes() == content
    assert (tmp_path / "link.json").is_symlink()


def test_page_does_not_overwrite_a_result(simgen, submission, tmp_path):
    simgen("bench", "score", submission, "-o", "results/silence.json")
    content = (tmp_path / "results" / "silence.json").read_bytes()
    ran = simgen("bench", "page", "results", "-o", "results/silence.json")
    assert (ran.code, ran.out) == (2, "")
    assert (tmp_path / "results" / "silence.json").read_bytes() == content
    assert simgen("bench", "page", "results", "-o", "page.md").code == 0
    assert simgen("bench", "page", "results", "-o", "page.md").code == 0


def test_page_lists_a_submission_once_and_ranks_unlike_results_apart(simgen, submission, tmp_path):
    simgen("bench", "score", submission, "-o", "results/silence.json")
    told = json.loads((tmp_path / "results" / "silence.json").read_text())
    (tmp_path / "results" / "copy.json").write_text(json.dumps(told))
    predictions = {item: {"azimuth_deg": []} for item in load_split("localization/harsh").items}
    submission.write_text(json.dumps(SOUND | {"split": "harsh", "predictions": predictions}))
    simgen("bench", "score", submission, "-o", "other.json")
    ran = simgen("bench", "page", "results", "other.json")
    assert (ran.code, ran.out.count("| 1 | `silence`"), ran.out.count("###")) == (0, 2, 2)
    answer = json.loads(simgen("bench", "page", "results", "other.json", "--json").out)
    assert [row["split"] for row in answer["results"]] == ["harsh", "mini"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"split_sha256": "0" * 64}, "was scored on other scenes than localization/mini has now"),
        ({"scores": {"ospa_deg": {"value": -5, "low": -5, "high": -5}}}, "must be at least 0"),
    ],
)
def test_page_refuses_results_that_cannot_be(simgen, submission, tmp_path, change, message):
    simgen("bench", "score", submission, "-o", "result.json")
    told = json.loads((tmp_path / "result.json").read_text())
    (tmp_path / "result.json").write_text(json.dumps(told | change))
    ran = simgen("bench", "page", "result.json")
    assert (ran.code, ran.out) == (3, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "music", "localization/mini"), "allowed: srp-phat, srp-16, norm-music"),
        (("run", "prior", "localization/maxi"), "allowed: localization/mini, "),
        (("build", "localization"), "localization/mini"),
        (("build", "speed/mini"), "localization"),
    ],
)
def test_what_there_is_not_is_answered_with_what_there_is(simgen, words, message):
    ran = simgen("bench", *words)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("words", "place", "problem"),
    [
        (("build", "localization/mini"), "/dev/null", "is no folder"),
        (("run", "prior", "localization/mini"), ".", "is no file"),
        (("run", "nothing", "crosstalk/test"), "silence.json", "is no folder"),
        (("run", "prior", "localization/mini"), "/dev/null/x", "lies in what is no folder"),
        (("score", "silence.json"), "/dev/null", "is no file"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_work_starts(
    simgen, submission, words, place, problem
):
    before = submission.read_text()
    ran = simgen("bench", *words, "-o", place)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: --out {problem}, got '{place}'\n"
    assert submission.read_text() == before


def test_the_name_of_a_baselines_answers_is_tried_before_work_starts(simgen, tmp_path):
    (tmp_path / "prior-oracle-mini.json").mkdir()
    ran = simgen("bench", "run", "prior", "localization/mini", "--oracle")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: --out is no file, got 'prior-oracle-mini.json'\n"


@pytest.mark.parametrize(
    ("data", "place"), [((), "built/localization-mini"), (("--data", "my data"), "'my data'")]
)
def test_an_unbuilt_split_says_how_to_build_it(simgen, data, place):
    ran = simgen("bench", "run", "prior", "localization/mini", *data)
    assert ran.code == 3
    assert f"Build it with: simgen bench build localization/mini --out {place}\n" in ran.err


def test_another_dataset_is_refused(simgen, rendered, tmp_path):
    ran = simgen("bench", "run", "prior", "localization/mini", "--data", rendered)
    assert ran.code == 3
    assert "the dataset is not localization/mini" in ran.err
    assert not (tmp_path / "prior-mini.json").exists()


@pytest.mark.slow
def test_build_run_check_score(simgen, tmp_path):
    built = simgen("bench", "build", "localization/mini", "--json")
    assert built.code == 0
    assert json.loads(built.out)["path"] == "built/localization-mini"
    assert json.loads(simgen("bench", "build", "localization/mini", "--json").out)["rendered"] == 0
    ran = simgen("bench", "run", "prior", "localization/mini")
    assert "wrote prior-mini.json; next: simgen bench score prior-mini.json" in ran.err
    assert simgen("bench", "check", "prior-mini.json").code == 0
    oracle = simgen("bench", "run", "prior", "localization/mini", "--oracle", "--json")
    assert json.loads(oracle.out) == {"file": "prior-oracle-mini.json", "items": 24}
    told = json.loads((tmp_path / "prior-oracle-mini.json").read_text())
    assert told["uses_oracle"]
    assert [len(found["azimuth_deg"]) for found in told["predictions"].values()] == [
        len(scene.sources) for scene in SPLIT.scenes
    ]
    assert "uses an oracle" in simgen("bench", "score", "prior-oracle-mini.json").out
