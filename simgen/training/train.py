"""Train a network from the published recipe, and write its weights with what made them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import reduce
from importlib.metadata import version
from pathlib import Path
from typing import Final

import torch

from simgen.baselines.networks.network import Network
from simgen.baselines.networks.provenance import Provenance
from simgen.baselines.networks.weights import load_weights, pack_weights
from simgen.benchmark.suite import suite_folder
from simgen.dataset.atomic import write_atomically
from simgen.dataset.layout import installed_versions
from simgen.scene.scene_file import SceneFile
from simgen.signals.speech import shipped_speech
from simgen.training.bank import Bank, bank_place, build_bank
from simgen.training.development import Recorded
from simgen.training.domains import DomainExamples
from simgen.training.examples import Acoustics, BankExamples, ExampleSource
from simgen.training.loop import Course, Moment, learn

__all__ = [
    "BANK_PARTS",
    "BANK_SEED",
    "FINE_TUNING_EXAMPLES",
    "FINE_TUNING_RATE",
    "Domain",
    "Plan",
    "train",
    "training_bank",
]

BANK_PARTS: Final = 100
"""Parts of the bank of a recipe, of 40 sources each: 4000 sources, 4 GB."""

BANK_SEED: Final = 1
"""What the scenes of the bank are drawn with."""

FINE_TUNING_EXAMPLES: Final = 40_000
"""Examples of a fine-tuning, half of them of the new domain: each of its hundred recordings in
some two hundred windows and poses."""

FINE_TUNING_RATE: Final = 3e-4
"""Greatest learning rate of a fine-tuning: a seventh of what it is from scratch."""


@dataclass(frozen=True)
class Domain:
    """Recordings of another kind than those a network was trained on.

    Attributes
    ----------
    split
        How commands name the split they are of.
    sha256
        Digest of its scenes.
    learning
        What is learned from.
    """

    split: str
    sha256: str
    learning: Sequence[Recorded]


@dataclass(frozen=True)
class Plan:
    """What is trained, and how.

    Attributes
    ----------
    network
        The declaration.
    out
        Folder of the weights and the checkpoint.
    command
        What to type for it.
    seed
        Of the first parameters and the examples.
    acoustics
        Which sources of the bank are taken.
    device
        Where torch computes.
    examples
        Seen in all; as the network's budget says if left out.
    domain
        What an already trained network is tuned to; None trains from scratch.
    """

    network: Network
    out: Path
    command: str
    seed: int = 1
    acoustics: Acoustics = "both"
    device: str = "cpu"
    examples: int | None = None
    domain: Domain | None = None


def training_bank(
    network: Network, *, jobs: int, on_part: Callable[[int, int], None] = lambda *_: None
) -> Bank:
    """Make the bank of a network's recipes in the user's cache, or open it.

    Parameters
    ----------
    network
        The declaration.
    jobs
        Processes.
    on_part
        Called with the number of parts made so far, and of all parts.
    """
    made, total = 0, BANK_PARTS * len(network.recipes)
    banks = []
    for name in network.recipes:
        recipe = _recipe(name)
        place = bank_place(recipe, BANK_SEED)
        bank = build_bank(
            recipe,
            place,
            num_parts=BANK_PARTS,
            seed=BANK_SEED,
            jobs=jobs,
            on_part=lambda done, before=made: on_part(before + done, total),  # type: ignore[misc]
        )
        banks.append(bank)
        made += BANK_PARTS
    return reduce(Bank.joined, banks)


def train(
    plan: Plan,
    bank: Bank,
    development: Sequence[Recorded],
    *,
    development_sha256: str,
    on_moment: Callable[[Moment], None] = lambda _: None,
) -> Provenance:
    """Train a network, or go on from its checkpoint, and write its weights.

    Parameters
    ----------
    plan
        What is trained.
    bank
        The sources that examples are mixed from.
    development
        Recordings on which the threshold is chosen.
    development_sha256
        Digest of their scenes.
    on_moment
        Called after every step.

    Returns
    -------
    What is written beside the weights.

    Raises
    ------
    DatasetError
        If the checkpoint is of another training.
    ParameterError
        If a network that is to be tuned has no weights.
    """
    torch.set_num_threads(1 if plan.device == "cpu" else torch.get_num_threads())
    plan.out.mkdir(parents=True, exist_ok=True)
    digests = _digests(plan, bank, development_sha256)
    course = _course(plan, digests)
    module, curve = learn(
        plan.network,
        _examples(plan, bank),
        development,
        course,
        start=None if plan.domain is None else _known_weights(plan.network),
        on_moment=on_moment,
    )
    return _write(plan, module, curve, digests)


def _recipe(name: str) -> SceneFile:
    """Return a published family of scenes."""
    return SceneFile.load(suite_folder() / "localization" / f"{name}.yaml")


def _examples(plan: Plan, bank: Bank) -> ExampleSource:
    """Return what draws the examples of a plan."""
    mixed = BankExamples(bank, plan.network.mixture, plan.network.window, plan.acoustics)
    return mixed if plan.domain is None else DomainExamples(plan.domain.learning, mixed)


def _course(plan: Plan, digests: dict[str, str]) -> Course:
    """Return how a plan is run."""
    budget = plan.network.budget
    if plan.domain is not None:
        budget = replace(
            budget, examples=FINE_TUNING_EXAMPLES, learning_rate=FINE_TUNING_RATE, plateau=0.0
        )
    if plan.examples is not None:
        budget = replace(budget, examples=plan.examples)
    return Course(
        budget=budget,
        seed=plan.seed,
        identity="/".join((plan.network.name, plan.acoustics, *digests.values())),
        checkpoint=plan.out / f"{plan.network.name}.checkpoint.pt",
        device=plan.device,
    )


def _digests(plan: Plan, bank: Bank, development_sha256: str) -> dict[str, str]:
    """Return the SHA-256 of everything that a training depends on, by name."""
    mixture = repr(sorted(asdict(plan.network.mixture).items()))
    return {
        **{name: _sha256(_recipe(name).text) for name in plan.network.recipes},
        "mixture": _sha256(mixture),
        "bank": bank.digest,
        "speech": shipped_speech("train").digest(),
        "development": development_sha256,
        **({} if plan.domain is None else {plan.domain.split: plan.domain.sha256}),
    }


def _sha256(text: str) -> str:
    """Return the digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _known_weights(network: Network) -> dict[str, torch.Tensor]:
    """Return the weights of a network that come with simgen."""
    module = network.build()
    load_weights(module, network.name)
    return dict(module.state_dict())


def _write(
    plan: Plan,
    module: torch.nn.Module,
    curve: Sequence[Moment],
    digests: dict[str, str],
) -> Provenance:
    """Write weights and provenance."""
    weights = pack_weights(module)
    last = curve[-1]
    assert last.threshold is not None  # the last moment is an evaluation
    provenance = Provenance(
        network=plan.network.name,
        command=plan.command,
        seed=plan.seed,
        threshold=last.threshold,
        num_parameters=sum(one.numel() for one in module.parameters()),
        examples=last.examples,
        cpu_minutes=round(last.cpu_minutes, 1),
        digests={**digests, "weights": hashlib.sha256(weights).hexdigest()},
        versions={**installed_versions(), "torch": version("torch")},
        curve=tuple(asdict(moment) for moment in curve),
    )
    file = plan.out / f"{plan.network.name}.npz"
    write_atomically(file, weights)
    write_atomically(file.with_suffix(".json"), provenance.to_json().encode())
    return provenance
