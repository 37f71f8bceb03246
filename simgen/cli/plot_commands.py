"""The command ``simgen plot``: a dataset, a submission or results to a figure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simgen.cli.output import Json, answer, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["COMMANDS"]

SCENE_KINDS = ("room", "recording", "ears", "separation", "map")
"""Figures of a scene of a dataset; the first one if nothing is said."""

RESULT_KINDS = ("scores", "separation")
"""Figures of results likewise."""

SUBMISSION_KINDS = ("separation", "map", "pattern", "zone")
"""Figures of submissions; the protocol says which of them there are."""

_HEADER = "submission.json"
"""What makes a folder a submission; simgen.benchmark.filters is too heavy to be asked here."""

KINDS = tuple(dict.fromkeys(SCENE_KINDS + RESULT_KINDS + SUBMISSION_KINDS))


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", help="A dataset, folders of submissions, or results (JSON)."),
]
Out = Annotated[Path, typer.Option("--out", "-o", help="PNG, SVG or PDF file to write.")]
Kind = Annotated[
    str | None,
    typer.Option(
        help=f"{', '.join(KINDS)}; room for a dataset, scores for results, and what is scored for "
        "submissions."
    ),
]
SceneNumber = Annotated[int, typer.Option(help="The scene of the dataset.")]
Array = Annotated[str | None, typer.Option(help="The array; the first one if left out.")]
Device = Annotated[str | None, typer.Option(help="The device; the first one if left out.")]
Listener = Annotated[str | None, typer.Option(help="The listener; the first one if left out.")]
Filters = Annotated[
    Path | None,
    typer.Option(help="Filters of the device, at the scene's sample rate: .npy, or a submission."),
]
Data = Annotated[
    Path | None,
    typer.Option(
        help="The split of submissions, as built; the user's cache, where it is built first, if "
        "left out."
    ),
]


def plot(
    paths: Paths,
    out: Out,
    kind: Kind = None,
    scene: SceneNumber = 0,
    array: Array = None,
    device: Device = None,
    listener: Listener = None,
    filters: Filters = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Draw a scene, what its ears and microphones receive, or scores."""
    from simgen.dataset.atomic import write_atomically
    from simgen.pictures.style import figure_bytes, require_format, require_matplotlib

    require_format(out.suffix)
    require_matplotlib()
    chosen = {"array": array, "device": device, "listener": listener, "filters": filters}
    if all((path / _HEADER).is_file() for path in paths):
        what, figure = _draw_submissions(paths, kind, data, quiet=as_json)
    elif paths[0].is_file():
        what, figure = _draw_results(paths, kind)
    else:
        what, figure = _draw_scene(_only(paths), kind, scene, chosen)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(out, figure_bytes(figure, out.suffix))
    say(f"wrote {out}: {what}")
    answer({"file": str(out), "kind": what}, as_json)


def _draw_submissions(
    folders: Sequence[Path], kind: str | None, data: Path | None, *, quiet: bool
) -> "tuple[str, Figure]":
    """Draw filters; return also of which kind the figure is."""
    from simgen.cli.plot_submissions import draw_submissions

    asked = kind and _kind(kind, SUBMISSION_KINDS, "a submission")
    return draw_submissions(folders, asked, data=data, quiet=quiet)


def _draw_results(files: Sequence[Path], kind: str | None) -> "tuple[str, Figure]":
    """Draw results likewise."""
    from simgen.cli.plot_results import RESULT_FIGURES

    name = _kind(kind, RESULT_KINDS, "results")
    return name, RESULT_FIGURES[name](files)


def _draw_scene(
    path: Path, kind: str | None, scene: int, chosen: Mapping[str, Any]
) -> "tuple[str, Figure]":
    """Draw a scene of a dataset likewise."""
    from simgen.arrays import require_between
    from simgen.cli.plot_scenes import SCENE_FIGURES, SceneChoice
    from simgen.dataset.dataset import open_dataset

    name = _kind(kind, SCENE_KINDS, "a dataset")
    dataset = open_dataset(path)
    require_between(scene, "scene", 0, len(dataset) - 1)
    return name, SCENE_FIGURES[name](dataset[scene], SceneChoice(**chosen))


def _kind(kind: str | None, kinds: Sequence[str], of: str) -> str:
    """Return the kind that is asked for, or the first one."""
    from simgen.errors import ParameterError

    if kind is not None and kind not in kinds:
        raise ParameterError(f"--kind is no figure of {of}", value=kind, allowed=", ".join(kinds))
    return kind or kinds[0]


def _only(paths: Sequence[Path]) -> Path:
    """Return the path where several make no sense."""
    from simgen.errors import ParameterError

    if len(paths) > 1:
        raise ParameterError(
            "several paths are drawn in one figure only if all are results, or all submissions",
            value=[str(path) for path in paths],
        )
    return paths[0]


COMMANDS = (plot,)
