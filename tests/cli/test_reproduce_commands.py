import json
from functools import partial

import pytest

from simgen.benchmark.result import read_result


@pytest.fixture
def reproduce(simgen):
    return partial(simgen, "bench", "reproduce")


@pytest.mark.slow
def test_what_is_published_comes_out_again(reproduce):
    told = reproduce("localization", "--split", "mini", "--baseline", "prior", "--json")
    assert told.code == 0, told.err
    data = json.loads(told.out)
    assert [run["run"] for run in data["runs"]] == ["prior-mini", "prior-oracle-mini"]
    assert all(run["agrees"] for run in data["runs"])
    assert "all as published" in told.err


@pytest.mark.slow
def test_results_are_written_instead_of_compared(reproduce, tmp_path):
    told = reproduce("beam", "--baseline", "single-driver", "--write", "results")
    assert told.code == 0, told.err
    result = read_result(tmp_path / "results" / "single-driver-test.json")
    assert result.scores["gain_db"]["value"] == pytest.approx(0.0, abs=1e-9)


def test_what_differs_ends_with_exit_code_4(monkeypatch):
    from simgen.cli import reproduce_commands

    report = {"run": "x", "score": "ospa_deg", "value": 1.0, "seconds": 0.1, "agrees": False}
    report |= {"differences": {"ospa_deg": (1.0, 2.0)}}
    monkeypatch.setattr(reproduce_commands, "_chosen_splits", lambda *_, **__: [None])
    monkeypatch.setattr(reproduce_commands, "_chosen_runs", lambda *_: [None])
    monkeypatch.setattr(reproduce_commands, "_heard", lambda *_, **__: None)
    monkeypatch.setattr(reproduce_commands, "_result", lambda *_, **__: None)
    monkeypatch.setattr(reproduce_commands, "_report", lambda *_, **__: report)
    with pytest.raises(SystemExit) as left:
        reproduce_commands.reproduce("localization", None, None, None, None, 1, False)
    assert left.value.code == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "no such track"),
        (("localization", "--split", "nowhere"), "no such split"),
        (("localization", "--split", "mini", "--baseline", "nobody"), "no such baseline"),
    ],
)
def test_unknown_names_are_refused_before_work_starts(reproduce, tmp_path, arguments, message):
    refused = reproduce(*arguments)
    assert refused.code == 2
    assert message in refused.err
    assert not list(tmp_path.iterdir())
