"""Commands on scene files: new, check, schema."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from simgen.cli.output import Json, answer, say

__all__ = ["COMMANDS"]

INVALID = 3


def new(
    template: Annotated[str, typer.Argument(help="Which example to start from.")] = "living_room",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write; stdout if left out.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a commented scene file to start from."""
    from simgen.cli.output import write_text
    from simgen.errors import ParameterError
    from simgen.scene.templates import read_template

    text = read_template(template)
    if out is None:
        answer({"template": template, "text": text}, as_json, text.rstrip("\n"))
        return
    if out.exists():
        raise ParameterError("the file exists already", value=str(out), fix="Choose another name.")
    write_text(out, text)
    say(f"wrote {out}; next: simgen check {shlex.quote(str(out))}")
    answer({"template": template, "file": str(out)}, as_json)


def check(
    files: Annotated[list[Path], typer.Argument(help="Scene files.")],
    as_json: Json = False,
) -> None:
    """Show every error of scene files, and of the SOFA files that they name, with its place."""
    from dataclasses import asdict

    from simgen.api import load, require_readable
    from simgen.errors import SceneError

    reports = []
    for file in files:
        try:
            scene_file = load(file)
            scene_file.rehearse(seed=0, count=100)
            require_readable(scene_file)
        except SceneError as error:
            say(str(error))
            reports.append({"file": str(file), "problems": [asdict(p) for p in error.problems]})
        else:
            say(f"{file}: ok")
            reports.append({"file": str(file), "problems": []})
    ok = not any(report["problems"] for report in reports)
    answer({"ok": ok, "files": reports}, as_json)
    if not ok:
        sys.exit(INVALID)


def schema(as_json: Json = False) -> None:
    """Print the JSON Schema of scene files, for editors."""
    import json

    from simgen.scene.scene_file import SceneFile

    content = SceneFile.model_json_schema()
    answer(content, as_json, json.dumps(content, indent=2))


COMMANDS = (new, check, schema)
