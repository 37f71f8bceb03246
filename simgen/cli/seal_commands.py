"""Commands on sealed splits: seal, unseal."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from simgen.cli.dataset_commands import cores
from simgen.cli.output import Json, answer, require_writable, say
from simgen.cli.splits import build_split, built_place, counting

__all__ = ["COMMANDS"]

Secret = Annotated[
    Path,
    typer.Option(
        help="File of 32 bytes or more, such as head -c 32 /dev/urandom gives; kept to yourself "
        "until the split is unsealed."
    ),
]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Worker processes; 0 = one per core.")
]

PUBLIC, PRIVATE = "public", "private"
"""What is handed out, and the dataset with its labels."""


def seal(
    track: Annotated[str, typer.Argument(help="Such as localization.")],
    secret: Secret,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to make.")],
    count: Annotated[
        int, typer.Option("--count", "-n", min=1, max=100_000, help="Number of recordings.")
    ] = 300,
    jobs: Jobs = 0,
    as_json: Json = False,
) -> None:
    """Render a split whose labels nobody knows: audio for contestants, labels for you."""
    from simgen.benchmark.sealed import read_secret
    from simgen.dataset.dataset import open_dataset
    from simgen.errors import DatasetError, ParameterError
    from simgen.evaluate.sealing import draw_sealed
    from simgen.evaluate.sealing import seal as publish

    known = read_secret(secret)
    if (out / PUBLIC).exists():
        raise ParameterError("there is a sealed split already", value=str(out / PUBLIC))
    if secret.resolve().is_relative_to((out / PUBLIC).resolve()):
        raise ParameterError("the secret lies in what is handed out", value=str(secret))
    require_writable(out, is_folder=True)
    split = draw_sealed(track, known, count)
    summary = build_split(split, out / PRIVATE, jobs=jobs or cores(), quiet=as_json)
    for number, reason in summary.failed:
        raise DatasetError(f"scene {number} cannot be rendered: {reason}", where=split.path)
    with counting("sealing", count, quiet=as_json) as advance:
        record = publish(split, open_dataset(out / PRIVATE), known, out / PUBLIC, on_item=advance)
    say(f"hand out:     {out / PUBLIC}")
    say(f"keep private: {out / PRIVATE} and {secret}")
    say(f"publish now:  the split is {split.path}, its secret has the SHA-256")
    say(f"              {record.secret_sha256}")
    answer(
        {
            "split": split.path,
            "secret_sha256": record.secret_sha256,
            "scenes_hmac_sha256": record.scenes_hmac_sha256,
            "public": str(out / PUBLIC),
            "private": str(out / PRIVATE),
        },
        as_json,
    )


def unseal(
    folder: Annotated[
        Path, typer.Argument(help="What was handed out: split.json and the audio.", exists=True)
    ],
    secret: Secret,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Where the split is built; built/TRACK-SPLIT if left out."
        ),
    ] = None,
    jobs: Jobs = 0,
    as_json: Json = False,
) -> None:
    """See that the labels of a sealed split were fixed before, and score by them from now on."""
    from simgen.benchmark.sealed import read_secret, store_unsealed
    from simgen.dataset.dataset import open_dataset
    from simgen.errors import DatasetError
    from simgen.evaluate.sealing import require_audio, unsealed_split

    sealed, split = unsealed_split(folder, read_secret(secret))
    say("the secret is the one that was promised, and so are the scenes drawn with it")
    directory = out or built_place(split.path)
    require_writable(directory, is_folder=True)
    summary = build_split(split, directory, jobs=jobs or cores(), quiet=as_json)
    for number, reason in summary.failed:
        raise DatasetError(f"scene {number} cannot be rendered: {reason}", where=split.path)
    with counting("comparing", len(split.items), quiet=as_json) as advance:
        steps = require_audio(sealed, split, open_dataset(directory), folder, on_item=advance)
    how = "sample by sample" if steps == 0 else f"within {steps} steps of 24 bits"
    say(f"the audio is that of these scenes, {how}")
    place = store_unsealed(sealed, split.lines)
    say(f"built in {directory}; its labels are known to simgen as {split.path}")
    say(f"score:    simgen bench score SUBMISSION    # made for {split.path}")
    say(f"try:      simgen bench run srp-phat {split.path} --data {shlex.quote(str(directory))}")
    answer(
        {
            "split": split.path,
            "scenes": str(place),
            "data": str(directory),
            "greatest_difference_steps": steps,
        },
        as_json,
    )


COMMANDS = (seal, unseal)
