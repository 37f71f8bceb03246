"""What docs/submissions.md shows is run, and what it says of limits is so."""

import csv
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import simgen
from simgen.benchmark import bounded_files, csv_files, json_files, submission, zip_files
from simgen.benchmark.azimuths import MOST_AZIMUTHS
from simgen.benchmark.submission import Header
from simgen.benchmark.suite import load_split
from simgen.evaluate.kinds import read_submission

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "submissions.md").read_text(encoding="utf-8")
OPEN, SEALED = (
    re.findall(r"^```(\w+)\n(.*?)^```$", part, flags=re.MULTILINE | re.DOTALL)
    for part in PAGE.split("## Sealed splits")
)
SPLIT = load_split("localization/mini")


def bodies(kind):
    return [body for found, body in OPEN if found == kind]


def run(command, folder):
    """Run a command of the page in a folder."""
    command = re.sub(r"^simgen ", f"{shlex.quote(sys.executable)} -m simgen ", command)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


class Built:
    """A split of short noise, and silence in its second scene."""

    def __len__(self):
        return len(SPLIT.items)

    def __getitem__(self, number):
        signals = np.zeros((8, 4)) if number == 1 else np.ones((8, 4))
        return type("Item", (), {"signals": {"table": signals}})


def test_python_of_the_page_writes_a_submission(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(simgen, "open", lambda _: Built())
    names = {}
    for body in bodies("python"):
        exec(body, names)
    found = read_submission(tmp_path / "mine")
    assert found.system == "mine"
    assert found.predictions["mini-0000"].azimuth_deg == (0.0,)
    assert found.predictions["mini-0001"].azimuth_deg == ()


def test_the_function_has_ten_lines_and_is_that_of_the_examples():
    function = bodies("python")[0].partition("def submit")[2]
    assert len(function.strip().splitlines()) == 10
    assert function in (ROOT / "examples" / "submit.py").read_text()


def test_the_shell_of_the_page_writes_a_submission_that_scores(tmp_path):
    write = next(body for body in bodies("sh") if "awk" in body)
    for command in write.splitlines():
        run(command, tmp_path)
    found = read_submission(tmp_path / "ahead")
    assert {each.azimuth_deg for each in found.predictions.values()} == {(0.0,)}


def test_both_forms_of_predictions_on_the_page_say_the_same():
    rows = list(csv.DictReader(bodies("text")[0].splitlines()))
    told = json.loads(bodies("json")[0])
    for item, prediction in told.items():
        angles = [row["azimuth_deg"] for row in rows if row["item"] == item]
        assert [float(angle) for angle in angles if angle] == prediction["azimuth_deg"]


def test_the_template_is_a_submission_that_says_all():
    found = read_submission(ROOT / "examples" / "submission")
    told = json.loads((ROOT / "examples" / "submission" / "submission.json").read_text())
    assert set(told) == set(Header.model_fields)
    assert found.num_items == len(SPLIT.items)


def test_every_key_of_a_header_has_a_row():
    keys = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)))
    assert set(Header.model_fields) <= set(keys)


def test_the_limits_are_those_of_the_code():
    stated = dict(re.findall(r"^\| ([\w ]+) \| ([\d,]+)(?: MiB)? \| [35] \|$", PAGE, re.MULTILINE))
    mib = 2**20
    assert {name: int(number.replace(",", "")) for name, number in stated.items()} == {
        "a file": bounded_files.MOST_BYTES // mib,
        "values in a JSON file": json_files.MOST_VALUES,
        "lines of a CSV file": csv_files.MOST_ROWS,
        "a zip": zip_files.MOST_PACKED_BYTES // mib,
        "what a zip unpacks to": zip_files.MOST_UNPACKED_BYTES // mib,
        "files in a zip": zip_files.MOST_ENTRIES,
        "azimuths of an item": MOST_AZIMUTHS,
        "faults that are listed": submission.MOST_FAULTS,
    }


@pytest.mark.slow
@pytest.mark.timeout(900)  # half a minute on an idle core
def test_the_page_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for kind, body in OPEN:
        if kind == "sh":
            printed = "\n".join(run(command, tmp_path) for command in body.splitlines())
        elif kind == "python":
            exec(body, names)
    assert "they do not differ: 0 is inside" in printed
    result = json.loads((tmp_path / "results" / "ahead.json").read_text())
    assert result["submission_sha256"] == read_submission(tmp_path / "ahead").sha256()


@pytest.mark.slow
def test_a_challenge_goes_as_the_page_says(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (_, sealing), (_, answering), (_, checking), (_, unsealing) = SEALED
    for command in sealing.splitlines():
        run(command.replace("-o challenge", "-o challenge --count 2"), tmp_path)
    monkeypatch.chdir(tmp_path)
    heard = []
    names = {"my_system": lambda *arrays: heard.append([x.shape for x in arrays]) or [0.0]}
    exec(answering, names)
    assert heard == [[(8, 64000), (8, 3)]] * 2
    name = json.loads((tmp_path / "challenge" / "public" / "split.json").read_text())["split"]
    header = {"submission": 1, "system": "mine", "track": "localization", "split": name}
    mine = header | {"protocol": "doa-scene/1", "predictions": names["predictions"]}
    (tmp_path / "mine.json").write_text(json.dumps(mine))
    run(checking, tmp_path)
    for command in unsealing.splitlines():
        run(command, tmp_path)
