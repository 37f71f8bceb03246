"""Training of the learned baselines."""

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from simgen.cli.dataset_commands import cores
from simgen.cli.output import Json, progress_bar, require_writable, say
from simgen.cli.splits import cached_split

if TYPE_CHECKING:
    from collections.abc import Callable

    from simgen.baselines.networks.network import Network
    from simgen.training.bank import Bank
    from simgen.training.development import Recorded
    from simgen.training.examples import Acoustics
    from simgen.training.loop import Moment
    from simgen.training.train import Domain, Plan

__all__ = ["COMMANDS"]

_DEVELOPMENT = "localization/development"
_STEPS_BETWEEN_LINES = 100


NetworkName = Annotated[str, typer.Argument(help="Name of the network, such as samplecnn.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of weights and checkpoint.")]
Examples = Annotated[
    int | None, typer.Option(min=64, help="Examples in all; the network's own if left out.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Of parameters and examples.")]
Device = Annotated[str, typer.Option(help="cpu, cuda, or auto for a GPU if there is one.")]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=0, help="Processes that render; 0 = one per core.")
]
HeardAcoustics = Annotated[
    str, typer.Option(help="What to learn from: anechoic, reverberant or both.")
]
FineTune = Annotated[
    str | None,
    typer.Option(metavar="TRACK/SPLIT", help="Tune the shipped weights to a third of it."),
]


def train(
    network: NetworkName,
    out: Out = Path("trained"),
    examples: Examples = None,
    seed: Seed = 1,
    device: Device = "auto",
    jobs: Jobs = 0,
    acoustics: HeardAcoustics = "both",
    fine_tune: FineTune = None,
    as_json: Json = False,
) -> None:
    """Train a network on mixtures of rendered sources; the same command again goes on."""
    from simgen.baselines.networks.catalogue import load_network

    declaration = load_network(network)
    require_writable(out, is_folder=True)
    from simgen.training.train import Plan
    from simgen.training.train import train as train_network

    kind, place = _known_acoustics(acoustics), _known_device(device)
    development, sha256, domain = _recordings(fine_tune, jobs or cores(), quiet=as_json)
    bank = _bank(declaration, jobs or cores(), quiet=as_json)
    plan = Plan(
        network=declaration,
        out=out,
        command=_command(network, seed, examples, acoustics, fine_tune),
        seed=seed,
        acoustics=kind,
        device=place,
        examples=examples,
        domain=domain,
    )
    provenance = train_network(
        plan, bank, development, development_sha256=sha256, on_moment=_reporter(plan, as_json)
    )
    say(
        f"wrote {out / network}.npz and .json: OSPA {provenance.curve[-1]['ospa_deg']:.2f} degrees "
        f"on development recordings at threshold {provenance.threshold:g}"
    )


def _known_acoustics(name: str) -> "Acoustics":
    """Refuse what is no kind of acoustics."""
    from typing import get_args

    from simgen.errors import ParameterError
    from simgen.training.examples import Acoustics

    if name not in get_args(Acoustics):
        allowed = ", ".join(get_args(Acoustics))
        raise ParameterError("--acoustics is unknown", value=name, allowed=allowed)
    return cast("Acoustics", name)


def _known_device(name: str) -> str:
    """Choose a device, or refuse one that is not there."""
    import torch

    from simgen.errors import ParameterError

    has_gpu = torch.cuda.is_available()
    if name == "auto":
        return "cuda" if has_gpu else "cpu"
    if name not in ("cpu", "cuda") or (name == "cuda" and not has_gpu):
        allowed = "auto, cpu, cuda" if has_gpu else "auto, cpu: there is no GPU"
        raise ParameterError("--device is not there", value=name, allowed=allowed)
    return name


def _command(
    network: str, seed: int, examples: int | None, acoustics: str, fine_tune: str | None
) -> str:
    """Return what to type for the same weights."""
    words = ["simgen", "bench", "train", network, "--seed", str(seed)]
    words += ["--examples", str(examples)] if examples is not None else []
    words += ["--acoustics", acoustics] if acoustics != "both" else []
    words += ["--fine-tune", fine_tune] if fine_tune is not None else []
    return shlex.join(words)


def _bank(network: "Network", jobs: int, *, quiet: bool) -> "Bank":
    """Make the bank of sources, or open it."""
    from simgen.cli.compiling import compile_engine
    from simgen.training.train import BANK_PARTS, training_bank

    compile_engine()
    with progress_bar("recording sources", BANK_PARTS, quiet=quiet) as show:
        return training_bank(network, jobs=jobs, on_part=show)


def _recordings(
    fine_tune: str | None, jobs: int, *, quiet: bool
) -> tuple["list[Recorded]", str, "Domain | None"]:
    """Return the recordings to choose by, the digest of their scenes, and the domain to tune to."""
    from simgen.benchmark.suite import load_split
    from simgen.benchmark.tracks import LocalizationTrack
    from simgen.errors import ParameterError
    from simgen.training.domains import items_of, recorded
    from simgen.training.train import Domain

    split = load_split(fine_tune or _DEVELOPMENT)
    if not isinstance(split.track, LocalizationTrack):
        raise ParameterError("networks are for localisation", value=fine_tune)
    dataset = cached_split(split, jobs=jobs, quiet=quiet)
    if fine_tune is None:
        return recorded(split, dataset, range(len(split.items))), split.sha256, None
    learning = recorded(split, dataset, items_of(split, "learning"))
    development = recorded(split, dataset, items_of(split, "development"))
    return development, split.sha256, Domain(fine_tune, split.sha256, learning)


def _reporter(plan: "Plan", as_json: bool) -> "Callable[[Moment], None]":
    """Return what tells of the training: a line now and then, and one for each evaluation."""
    budget = plan.network.budget
    lines_at = _STEPS_BETWEEN_LINES * budget.batch_size

    def report(moment: "Moment") -> None:
        if moment.ospa_deg is not None and as_json:
            typer.echo(json.dumps(asdict(moment)))
        elif moment.ospa_deg is not None:
            each = ", ".join(f"{name} {x:.2f}" for name, x in (moment.by_condition or {}).items())
            say(
                f"{moment.examples:>9,} examples: loss {moment.loss:.4f}, development OSPA "
                f"{moment.ospa_deg:.2f} degrees ({each}), {moment.cpu_minutes:.1f} CPU minutes"
            )
        elif moment.examples % lines_at == 0:
            say(f"{moment.examples:>9,} examples: loss {moment.loss:.4f}")

    return report


COMMANDS: Final = (train,)
