"""The command that compares two submissions: ``bench compare``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from simgen.cli.output import Json, answer

if TYPE_CHECKING:
    from simgen.evaluate.comparisons import Comparison

__all__ = ["COMMANDS", "compare"]


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A submission.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another one to the same split.")],
    data: Annotated[
        Path | None,
        typer.Option(help="The split as built, if scoring needs it; from the cache if left out."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell whether the ranking scores of two submissions differ, by a paired bootstrap."""
    from simgen.benchmark.suite import load_split
    from simgen.cli.bench_commands import scored_recordings
    from simgen.cli.splits import counting
    from simgen.evaluate.comparisons import compared
    from simgen.evaluate.kinds import read_submission

    ours, theirs = read_submission(first), read_submission(second)
    split = load_split(f"{ours.track}/{ours.split}")
    dataset = scored_recordings(split, data, quiet=as_json)
    with counting("scoring", len(split.items), quiet=as_json or dataset is None) as advance:
        comparison = compared(ours, theirs, split, dataset, on_item=advance)
    names = (ours.system, theirs.system)
    if names[0] == names[1]:
        names = (str(first), str(second))
    shown = {"split": split.path, "protocol": split.track.protocol, "systems": names}
    answer(shown | comparison.to_dict(), as_json, _in_words(names, split.path, comparison))


def _in_words(names: tuple[str, str], split: str, comparison: "Comparison") -> str:
    """Return a comparison as text."""
    difference = comparison.difference
    width = max(map(len, names))
    lines = [f"{comparison.score} on {split}"]
    lines += [
        f"  {name:<{width}}  {value:.3f}"
        for name, value in zip(names, comparison.values, strict=True)
    ]
    lines.append(
        f"difference {difference.value:+.3f}, 95 % interval "
        f"[{difference.low:+.3f}, {difference.high:+.3f}] over {comparison.over}"
    )
    lines.append("they differ" if comparison.differ else "they do not differ: 0 is inside")
    return "\n".join(lines)


COMMANDS: Final = (compare,)
