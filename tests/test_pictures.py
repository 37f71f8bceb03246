"""The scripts of docs/pictures draw what the pages show."""

import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SCRIPTS = sorted(PICTURES.glob("*.py"))


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the header."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_pictures_are_there_and_small(script: Path) -> None:
    data = script.with_suffix(".png").read_bytes()
    assert png_size(data)[0] >= 900
    assert len(data) < 150_000


@pytest.mark.slow
@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs the extra plot")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_scripts_draw_their_pictures(script: Path, tmp_path: Path) -> None:
    file = tmp_path / "drawn.png"
    subprocess.run([sys.executable, "-W", "error", script, file], check=True)
    assert png_size(file.read_bytes()) == png_size(script.with_suffix(".png").read_bytes())
