import json
import os
import subprocess
import sys

import pytest


@pytest.fixture
def simgen(tmp_path):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "simgen", "bench", *arguments],
            cwd=tmp_path,
            env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")},
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.slow
def test_a_challenge_from_sealing_to_scoring(simgen, tmp_path):
    (tmp_path / "key").write_bytes(os.urandom(32))
    sealed = simgen("seal", "localization", "--secret", "key", "-o", "x", "-n", "2", "--json")
    assert sealed.returncode == 0, sealed.stderr
    told = json.loads(sealed.stdout)
    split = told["split"]
    answers = {f"{split.partition('/')[2]}-{k:04d}": {"azimuth_deg": [0.0]} for k in range(2)}
    (tmp_path / "mine.json").write_text(
        json.dumps(
            {
                "submission": 1,
                "system": "mine",
                "track": "localization",
                "split": split.partition("/")[2],
                "protocol": "doa-scene/1",
                "predictions": answers,
            }
        )
    )
    before = simgen("score", "mine.json")
    assert before.returncode == 3
    assert "no sealed split of this name" in before.stderr
    (tmp_path / "wrong").write_bytes(os.urandom(32))
    wrong = simgen("unseal", "x/public", "--secret", "wrong")
    assert wrong.returncode == 4
    assert told["secret_sha256"] in wrong.stderr
    unsealed = simgen("unseal", "x/public", "--secret", "key", "--json")
    assert unsealed.returncode == 0, unsealed.stderr
    assert json.loads(unsealed.stdout)["greatest_difference_steps"] == 0
    scored = simgen("score", "mine.json", "--json")
    assert scored.returncode == 0, scored.stderr
    assert json.loads(scored.stdout)["coverage"]["num_scenes"] == 2
    again = simgen("seal", "localization", "--secret", "key", "-o", "x", "-n", "2")
    assert again.returncode == 2
    assert "already" in again.stderr


def test_a_short_secret_is_refused_before_work_starts(simgen, tmp_path):
    (tmp_path / "key").write_bytes(b"password")
    refused = simgen("seal", "localization", "--secret", "key", "-o", "x")
    assert refused.returncode == 2
    assert "32 to 4096" in refused.stderr
    assert not (tmp_path / "x").exists()


def test_a_place_that_is_no_folder_is_refused_before_work_starts(simgen, tmp_path):
    (tmp_path / "key").write_bytes(os.urandom(32))
    refused = simgen("seal", "localization", "--secret", "key", "-o", "key")
    assert refused.returncode == 2
    assert "--out is no folder, got 'key'" in refused.stderr


def test_a_secret_is_not_handed_out(simgen, tmp_path):
    (tmp_path / "x" / "public").mkdir(parents=True)
    (tmp_path / "x" / "public" / "key").write_bytes(os.urandom(32))
    refused = simgen("seal", "localization", "--secret", "x/public/key", "-o", "x")
    assert refused.returncode == 2
