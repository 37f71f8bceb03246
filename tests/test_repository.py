"""What the repository promises as a whole: README, scene files, citation, packaging."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cffconvert.cli.create_citation import create_citation

import simgen
from benchmarks.localization.tables import PAGES, filled

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCENE_FILES = sorted((ROOT / "scenes").glob("*.yaml"))
TRACKS = sorted(path.parent for path in (ROOT / "benchmarks").glob("*/track.yaml"))


def code_blocks(text: str) -> list[str]:
    return re.findall(r"^```[a-z]*\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_readme_opens_with_the_two_commands() -> None:
    render, test = code_blocks(README)[0].splitlines()
    assert render == (
        "python -m pip install . && "
        "simgen render scenes/living_room.yaml --count 20 --out living-room"
    )
    assert test == "python -m pip install -e '.[test]' && python -m pytest -n auto --dist loadfile"


def test_readme_shows_the_scene_file_as_it_is() -> None:
    assert (ROOT / "scenes" / "living_room.yaml").read_text(encoding="utf-8") in code_blocks(README)


def test_readme_shows_what_check_prints(tmp_path: Path) -> None:
    shown = next(block for block in code_blocks(README) if block.startswith("room.yaml:"))
    faulty = (ROOT / "scenes" / "living_room.yaml").read_text(encoding="utf-8")
    for right, wrong in (
        ("t60_s:", "t60:"),
        ("{integers: [1, 4]}", "{integers: [1, 12]}"),
        ("snr_db: {uniform: [20, 40]}", "snr_db: quiet"),
    ):
        assert right in faulty
        faulty = faulty.replace(right, wrong)
    (tmp_path / "room.yaml").write_text(faulty, encoding="utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "simgen", "check", "room.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 3
    assert checked.stderr == shown


def test_readmes_call_of_the_engine_gives_the_responses_of_two_ears() -> None:
    program = next(block for block in code_blocks(README) if "spherical_head" in block)
    names: dict[str, Any] = {}
    exec(program, names)
    assert names["responses"].shape == (1, 2, 6400)
    assert np.abs(names["responses"]).max() > 0.01


def test_tables_of_localisation_are_those_of_the_committed_results() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert "<!-- ospa -->" in text
        assert filled(text) == text, f"python benchmarks/localization/tables.py writes {page.name}"


def test_the_table_of_speed_is_that_of_the_committed_results() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed", "--table", "benchmarks/speed/results.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.strip() in README


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*/*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("path", SCENE_FILES, ids=lambda path: path.stem)
def test_scene_files_draw(path: Path) -> None:
    simgen.load(path).rehearse(seed=0, count=50)


@pytest.mark.slow
@pytest.mark.parametrize("path", SCENE_FILES, ids=lambda path: path.stem)
def test_scene_files_render(path: Path) -> None:
    recording = simgen.render(simgen.load(path).draw(seed=0, index=0))
    assert recording.signals or recording.ear_responses


@pytest.mark.parametrize("folder", TRACKS, ids=lambda path: path.name)
def test_tracks_are_complete(folder: Path) -> None:
    assert (folder / "README.md").is_file()
    assert [*folder.glob("*.jsonl.gz"), *folder.glob("*.json")], "what is frozen"
    assert list((folder / "results").glob("*.json"))


def test_the_citation_is_valid() -> None:
    citation = create_citation(str(ROOT / "CITATION.cff"), None)
    citation.validate()


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = project["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_shipped_speech_is_small() -> None:
    size = sum(path.stat().st_size for path in (ROOT / "simgen" / "signals").rglob("*.flac"))
    assert size < 15e6
