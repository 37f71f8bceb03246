import json
import subprocess
import sys

import pytest

from simgen.benchmark.azimuths import AzimuthSubmission
from simgen.benchmark.filters import FilterSubmission
from simgen.benchmark.score_sheets import SHEETS
from simgen.benchmark.suite import load_split, load_track, track_names
from simgen.errors import ParameterError, SubmissionError
from simgen.evaluate.kinds import kind_of, read_submission
from tests.references.filter_files import write

SPLIT = load_split("localization/mini")
AZIMUTHS = {
    "submission": 1,
    "system": "ours",
    "track": "localization",
    "split": "mini",
    "protocol": "doa-scene/1",
    "predictions": {item: {"azimuth_deg": []} for item in SPLIT.items},
}


@pytest.mark.parametrize("name", track_names())
def test_every_track_has_a_kind_with_baselines_and_a_sheet(name):
    protocol = load_track(name).protocol
    kind = kind_of(protocol)
    assert all(key == baseline.name for key, baseline in kind.baselines.items())
    assert kind.baselines
    assert SHEETS[protocol].ranking.score in SHEETS[protocol].ranges


def test_an_unknown_protocol_is_refused_with_those_there_are():
    with pytest.raises(ParameterError, match=r"no such protocol, got 'x/1' \(allowed: doa-scene/1"):
        kind_of("x/1")


def test_submissions_are_read_as_their_track_says(tmp_path):
    (tmp_path / "ours.json").write_text(json.dumps(AZIMUTHS))
    assert isinstance(read_submission(tmp_path / "ours.json"), AzimuthSubmission)
    assert isinstance(read_submission(write(tmp_path / "mine")), FilterSubmission)


@pytest.mark.parametrize("content", ["[]", "{}", '{"track": "x", "split": "y"}', '{"track": 3}'])
def test_what_names_no_track_is_refused_whether_file_or_folder(tmp_path, content):
    (tmp_path / "mine").mkdir()
    for path in (tmp_path / "ours.json", tmp_path / "mine" / "submission.json"):
        path.write_text(content)
    for path in (tmp_path / "ours.json", tmp_path / "mine"):
        with pytest.raises(SubmissionError):
            read_submission(path)


def test_nothing_is_told_to_a_designer():
    with pytest.raises(ParameterError, match="told anything"):
        kind_of("ctc/1").run(
            "robust", load_split("crosstalk/mini"), None, is_told=True, jobs=1, advance=print
        )


def test_listing_kinds_and_reading_azimuths_imports_nothing_slow(tmp_path):
    (tmp_path / "ours.json").write_text(json.dumps(AZIMUTHS))
    code = (
        "import sys; from pathlib import Path; from simgen.evaluate.kinds import read_submission\n"
        "read_submission(Path(sys.argv[1]))\n"
        "slow = {'joblib', 'numba', 'pyroomacoustics', 'scipy.signal', 'scipy.stats', 'torch'}\n"
        "print(*slow & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "ours.json")]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "\n"
