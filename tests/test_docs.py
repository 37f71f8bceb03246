"""The pages of docs/ name everything that there is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from pydantic import BaseModel

from simgen.cli.app import app
from simgen.scene.scene_file import SceneFile
from simgen.scoring.localization import score_localization

ROOT = Path(__file__).parents[1]
SCENE_FILES = (ROOT / "docs" / "scene-files.md").read_text(encoding="utf-8")
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
SCORES = (ROOT / "docs" / "scores.md").read_text(encoding="utf-8")
TRACK = (ROOT / "benchmarks" / "localization" / "README.md").read_text(encoding="utf-8")


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that a type is made of, without those inside them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


def models_below(model: type[BaseModel]) -> set[type[BaseModel]]:
    """A model and all that its fields hold, at any depth."""
    found, waiting = set(), [model]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [
                inner
                for field in one.model_fields.values()
                for part in (field.annotation, *field.metadata)
                for inner in models(part)
            ]
    return found


KEYS = sorted({key for model in models_below(SceneFile) for key in model.model_fields})


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command below a group, by the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def rows(page: str) -> list[list[str]]:
    """Cells of every row of a page's tables."""
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in page.splitlines()
        if line.startswith("|")
    ]


def test_keys_are_found_at_every_depth() -> None:
    assert {"scene", "box_m", "humidity_percent", "radius_m", "elevation_deg"} <= set(KEYS)
    assert {"sectors", "pause_s", "between", "weights", "snr_db", "hop_s"} <= set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_scene_file_has_a_row(key: str) -> None:
    assert f"`{key}`" in [row[0] for row in rows(SCENE_FILES)]


def test_no_row_is_of_a_key_that_there_is_not() -> None:
    named = {key for row in rows(SCENE_FILES) for key in re.findall(r"^`([a-z0-9_]+)`$", row[0])}
    assert named - {"4"} == set(KEYS)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_a_row(words: tuple[str, ...]) -> None:
    starts = [row[0] for row in rows(COMMAND_LINE)]
    assert any(re.match(rf"`simgen {' '.join(words)}[ `]", start) for start in starts)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_has_a_row_or_is_of_every_command(words: tuple[str, ...]) -> None:
    listed = {(row[0], row[1]) for row in rows(COMMAND_LINE)}
    options = [
        parameter.opts
        for parameter in COMMANDS[words].params
        if any(name.startswith("-") for name in parameter.opts)
    ]
    assert ["--json"] in options
    for names in options:
        cell = ", ".join(f"`{name}`" for name in names)
        assert names == ["--json"] or (cell, " ".join(words)) in listed, names


def test_no_row_is_of_an_option_that_there_is_not() -> None:
    for cell, command, _ in (row for row in rows(COMMAND_LINE) if row[0].startswith("`-")):
        opts = [parameter.opts for parameter in COMMANDS[tuple(command.split())].params]
        assert re.findall("`([^`]+)`", cell) in opts, (cell, command)


@pytest.mark.parametrize("page", [SCORES, TRACK], ids=["scores", "track"])
def test_every_score_is_defined(page: str) -> None:
    defined = re.sub("_(10|20)deg", "_5deg", page) if page is TRACK else page
    for name in score_localization({"0": [0.0]}, {"0": [0.0]}).scores:
        wanted = re.sub("_(10|20)deg", "_5deg", name) if page is TRACK else name
        assert f"`{wanted}`" in defined, name
