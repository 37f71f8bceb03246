"""Where the weights of networks lie, and what made them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from simgen.errors import ParameterError

__all__ = ["Provenance", "missing_weights", "read_provenance", "weights_folder"]


@dataclass(frozen=True)
class Provenance:
    """What made the weights of a network.

    Attributes
    ----------
    network
        Its name.
    command
        What to type to make them again.
    seed
        Of the first parameters and the examples.
    threshold
        What tells sources from none, chosen on the development recordings.
    num_parameters
        Numbers that were learned.
    examples
        Seen in training.
    cpu_minutes
        Taken by training, on the machine that did it.
    digests
        SHA-256 by name, of the recipes, the bank, the speech, the development scenes and the
        weights themselves.
    versions
        Of the packages.
    curve
        The evaluations in order: examples, loss, threshold and OSPA on development recordings.
    """

    network: str
    command: str
    seed: int
    threshold: float
    num_parameters: int
    examples: int
    cpu_minutes: float
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    curve: tuple[Mapping[str, Any], ...]

    def to_json(self) -> str:
        """Return it as readable text."""
        return json.dumps(asdict(self), indent=1) + "\n"


def weights_folder() -> Path:
    """Return where the weights lie that come with simgen: in the package, or in a checkout."""
    package = Path(__file__).parents[2]
    installed = package / "benchmark" / "suite"
    suite = installed if installed.is_dir() else package.parent / "benchmarks"
    return suite / "localization" / "weights"


def read_provenance(name: str, folder: Path) -> Provenance:
    """Read what made the weights of a network.

    Raises
    ------
    ParameterError
        If there are none, or the description is damaged.
    """
    file = folder / f"{name}.json"
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return Provenance(**{field.name: data[field.name] for field in fields(Provenance)})
    except FileNotFoundError:
        raise missing_weights(file) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ParameterError(
            "the description of the weights is damaged", where=str(file)
        ) from error


def missing_weights(file: Path) -> ParameterError:
    """Say that there are no weights, and how to come by them."""
    return ParameterError(
        "the network has not been trained",
        where=str(file),
        fix=f"Train it with: simgen bench train {file.stem}",
    )
