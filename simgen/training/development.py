"""How well a network locates on recordings that it does not learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from simgen.baselines.networks.locating import outputs_of
from simgen.baselines.networks.network import Network
from simgen.scoring.localization import scene_ospa_deg

__all__ = ["Evaluation", "Recorded", "evaluate"]


@dataclass(frozen=True)
class Recorded:
    """A recording and what is in it.

    Attributes
    ----------
    signals
        Shape (microphone, sample).
    azimuths, distances
        Of the sources, in rad in the array's frame and normalised to [0, 1), each (source,).
    condition
        What it counts to in breakdowns, such as ``anechoic``.
    """

    signals: NDArray[np.float32]
    azimuths: NDArray[np.float64]
    distances: NDArray[np.float64]
    condition: str


@dataclass(frozen=True)
class Evaluation:
    """How well a network locates.

    Attributes
    ----------
    threshold
        The threshold with the least OSPA.
    ospa_deg
        Mean OSPA in degrees with it, not knowing the number of sources.
    by_condition
        The same of the recordings of each condition.
    """

    threshold: float
    ospa_deg: float
    by_condition: Mapping[str, float]


def evaluate(
    network: Network, module: torch.nn.Module, recordings: Sequence[Recorded]
) -> Evaluation:
    """Choose the threshold on recordings, and say how well the network locates with it.

    Parameters
    ----------
    network
        The declaration.
    module
        The module, in whatever mode.
    recordings
        One at least.
    """
    outputs = [outputs_of(network, module, one.signals) for one in recordings]
    errors = np.array([_ospa_deg(network, outputs, recordings, t) for t in network.thresholds])
    best = int(np.argmin(errors.mean(axis=1)))
    conditions = np.array([one.condition for one in recordings])
    return Evaluation(
        threshold=network.thresholds[best],
        ospa_deg=float(errors[best].mean()),
        by_condition={
            str(condition): float(errors[best, conditions == condition].mean())
            for condition in np.unique(conditions)
        },
    )


def _ospa_deg(
    network: Network,
    outputs: Sequence[NDArray[np.float32]],
    recordings: Sequence[Recorded],
    threshold: float,
) -> list[float]:
    """Return the OSPA of every recording in degrees at a threshold."""
    names = [f"{number:06d}" for number in range(len(recordings))]
    truth = dict(zip(names, (one.azimuths for one in recordings), strict=True))
    found = {
        name: network.decode(one, threshold=threshold)
        for name, one in zip(names, outputs, strict=True)
    }
    return list(scene_ospa_deg(truth, found).values())
