import json
import os
from functools import partial

import pytest


@pytest.fixture
def bench(simgen, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return partial(simgen, "bench")


@pytest.mark.slow
def test_a_challenge_from_sealing_to_scoring(bench, tmp_path):
    (tmp_path / "key").write_bytes(os.urandom(32))
    sealed = bench("seal", "localization", "--secret", "key", "-o", "x", "-n", "2", "--json")
    assert sealed.code == 0, sealed.err
    told = json.loads(sealed.out)
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
    before = bench("score", "mine.json")
    assert before.code == 3
    assert "no sealed split of this name" in before.err
    (tmp_path / "wrong").write_bytes(os.urandom(32))
    wrong = bench("unseal", "x/public", "--secret", "wrong")
    assert wrong.code == 4
    assert told["secret_sha256"] in wrong.err
    unsealed = bench("unseal", "x/public", "--secret", "key", "--json")
    assert unsealed.code == 0, unsealed.err
    assert json.loads(unsealed.out)["greatest_difference_steps"] == 0
    scored = bench("score", "mine.json", "--json")
    assert scored.code == 0, scored.err
    assert json.loads(scored.out)["coverage"]["num_scenes"] == 2
    again = bench("seal", "localization", "--secret", "key", "-o", "x", "-n", "2")
    assert again.code == 2
    assert "already" in again.err


def test_a_short_secret_is_refused_before_work_starts(bench, tmp_path):
    (tmp_path / "key").write_bytes(b"password")
    refused = bench("seal", "localization", "--secret", "key", "-o", "x")
    assert refused.code == 2
    assert "32 to 4096" in refused.err
    assert not (tmp_path / "x").exists()


def test_a_place_that_is_no_folder_is_refused_before_work_starts(bench, tmp_path):
    (tmp_path / "key").write_bytes(os.urandom(32))
    refused = bench("seal", "localization", "--secret", "key", "-o", "key")
    assert refused.code == 2
    assert "--out is no folder, got 'key'" in refused.err


def test_a_secret_is_not_handed_out(bench, tmp_path):
    (tmp_path / "x" / "public").mkdir(parents=True)
    (tmp_path / "x" / "public" / "key").write_bytes(os.urandom(32))
    refused = bench("seal", "localization", "--secret", "x/public/key", "-o", "x")
    assert refused.code == 2
