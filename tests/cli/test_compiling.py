import pytest

from simgen.cli import compiling
from simgen.render import warming


def test_a_compiled_engine_is_not_worth_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(warming, "warm_up", lambda: None)
    compiling.compile_engine()
    assert capsys.readouterr().err == ""


def test_compiling_is_announced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import time

    monkeypatch.setattr(compiling, "_PATIENCE", 0.0)
    monkeypatch.setattr(warming, "warm_up", lambda: time.sleep(0.3))
    compiling.compile_engine()
    assert "compiling the acoustic engine" in capsys.readouterr().err
