"""Networks by name and as localisers; nothing here imports torch before one is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.baselines.networks.provenance import read_provenance, weights_folder
from simgen.constants import REFERENCE_SPEED_OF_SOUND
from simgen.errors import ParameterError

if TYPE_CHECKING:
    from simgen.baselines.networks.network import Network

__all__ = [
    "NETWORKS",
    "NetworkEntry",
    "NetworkLocaliser",
    "load_network",
    "network_parameters",
    "trained_networks",
]


@dataclass(frozen=True)
class NetworkEntry:
    """Where a network is declared, and what it is.

    Attributes
    ----------
    module, declaration
        The module and the class in it.
    description
        One sentence for the leaderboard.
    """

    module: str
    declaration: str
    description: str


NETWORKS: Final[Mapping[str, NetworkEntry]] = MappingProxyType(
    {
        "samplecnn": NetworkEntry(
            "simgen.baselines.networks.samplecnn",
            "SampleCnn",
            "Convolutions on raw audio; activity, distance and azimuth of eight sectors (after "
            "Sundar et al. 2020).",
        ),
        "ringcorr": NetworkEntry(
            "simgen.baselines.networks.ringcorr",
            "RingCorr",
            "A learned filter bank and products between channels; knows of the array only that it "
            "is a ring.",
        ),
        "steernet": NetworkEntry(
            "simgen.baselines.networks.steernet",
            "SteerNet",
            "Powers of the steered power at every time and frequency, means of all and of onsets; "
            "a learned decoder for eight sectors.",
        ),
        "steermap": NetworkEntry(
            "simgen.baselines.networks.steermap",
            "SteerMap",
            "What steernet hears, decoded into a map of the whole ring: as many talkers as there "
            "are, wherever they are.",
        ),
    }
)
"""Every network by its name."""


def load_network(name: str) -> "Network":
    """Return a network's declaration.

    Raises
    ------
    ParameterError
        If there is none of that name, or torch is not installed.
    """
    if name not in NETWORKS:
        raise ParameterError("there is no such network", value=name, allowed=", ".join(NETWORKS))
    entry = NETWORKS[name]
    _require_torch(name)
    network: Network = getattr(import_module(entry.module), entry.declaration)()
    return network


@dataclass(frozen=True)
class NetworkLocaliser:
    """A trained network as a localiser, which reads its weights when it first hears something.

    Attributes
    ----------
    name
        The network's name.
    folder
        Where its weights lie; those that come with simgen if left out.
    """

    name: str
    folder: Path | None = None

    def __call__(
        self,
        signals: ArrayLike,
        microphones: ArrayLike,
        *,
        sample_rate: float,
        num_sources: int | None = None,
        speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
    ) -> NDArray[np.float64]:
        """Locate sources; see `simgen.baselines.networks.locating.locate_by_network`."""
        del speed_of_sound  # networks were trained in air of about 20 degrees Celsius
        _require_torch(self.name)
        from simgen.baselines.networks.locating import locate_by_network

        return locate_by_network(
            self.name,
            signals,
            microphones,
            sample_rate=sample_rate,
            num_sources=num_sources,
            folder=self.folder,
        )


def trained_networks() -> tuple[str, ...]:
    """Return the names of the networks whose weights come with simgen."""
    return tuple(name for name in NETWORKS if (weights_folder() / f"{name}.json").exists())


def network_parameters(name: str, folder: Path | None = None) -> dict[str, float | str]:
    """Return what is published of a trained network beside its scores.

    Raises
    ------
    ParameterError
        If it has no weights.
    """
    provenance = read_provenance(name, folder or weights_folder())
    return {
        "weights_sha256": provenance.digests["weights"],
        "num_parameters": provenance.num_parameters,
        "training_examples": provenance.examples,
        "threshold": provenance.threshold,
    }


def _require_torch(name: str) -> None:
    """Refuse to go on without torch."""
    try:
        import_module("torch")
    except ImportError:
        raise ParameterError(
            f"{name} is a network, and torch is not installed",
            fix="Install it with: pip install 'simgen[torch]'",
        ) from None
