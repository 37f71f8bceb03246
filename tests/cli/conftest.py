"""Run the command line, in this process or in one of its own."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from simgen.cli import main
from tests.generate import in_process

TINY = """\
scene: 1
name: tiny
sample_rate_hz: 16000
duration_s: 0.2
room:
  box_m: [5, 4, 3]
  t60_s: 0
arrays:
  ring:
    microphones: {circle: {count: 4, radius_m: 0.05}}
    position_m: [center, center, 1.0]
    regions: {sectors: 8}
sources:
  talkers:
    count: 1
    place: {anywhere: {wall_clearance_m: 0.5, height_m: 1.5}}
    signal: {noise: pink}
noise:
  sensor: {snr_db: 30}
"""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def simgen(monkeypatch, capsys, tmp_path):
    """Run a command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["simgen", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        captured = capsys.readouterr()
        return Ran(caught.value.code, captured.out, captured.err)

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def without_workers():
    """Render in this process: no test of processes."""
    with in_process.without_workers():
        yield


@pytest.fixture
def shell(tmp_path):
    """Run a command in a process of its own, in an empty folder."""

    def run(*words, **environment):
        command = [sys.executable, "-m", "simgen", *map(str, words)]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def tiny(tmp_path):
    """A scene file of a fifth of a second without reverberation."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """A dataset of two tiny scenes, not to be changed."""
    from simgen.api import generate, load

    folder = tmp_path_factory.mktemp("rendered")
    (folder / "tiny.yaml").write_text(TINY)
    with in_process.without_workers():
        generate(load(folder / "tiny.yaml"), folder / "tiny", count=2)
    return folder / "tiny"


@pytest.fixture
def dataset(rendered, tmp_path) -> Path:
    """A copy of the dataset, to be changed."""
    return Path(shutil.copytree(rendered, tmp_path / "tiny"))
