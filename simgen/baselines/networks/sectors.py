"""One source for each eighth of the circle: what networks are taught and how they answer.

The codec of `simgen.labels.regions` for one ring of sectors, over batches and without a room:
activity, normalised distance and normalised azimuth of every sector, so that the order of sources
means nothing (Sundar et al., "Raw waveform based end-to-end deep convolutional network for spatial
localization of multiple acoustic sources", ICASSP 2020).
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch.nn import functional

from simgen.baselines.networks.network import Network
from simgen.labels.regions import ACTIVITY, AZIMUTH, DISTANCE
from simgen.units import wrap_azimuth

__all__ = ["NUM_SECTORS", "SECTOR_OUTPUTS", "SectorNetwork", "encode_sectors"]

NUM_SECTORS: Final = 8
"""Sectors of 45 degrees, the first from azimuth 0."""

SECTOR_OUTPUTS: Final = 3
"""Activity (as a logit), normalised distance and normalised azimuth of a sector."""

AZIMUTH_WEIGHT: Final = 2.0
"""Weight of the mean absolute error of the normalised azimuth beside the cross-entropy."""

DISTANCE_WEIGHT: Final = 0.25
"""Weight of that of the normalised distance: a hint, which nobody scores."""

_WIDTH: Final = 2.0 * np.pi / NUM_SECTORS
_TINY: Final = 1e-12
_BELOW_ONE = np.nextafter(np.float32(1.0), np.float32(0.0))


def encode_sectors(
    azimuths: NDArray[np.float64], distances: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Describe the sources of examples by sectors.

    Parameters
    ----------
    azimuths
        In rad in any range, shape (example, source); NaN where there is no source.
    distances
        Normalised to [0, 1), shape (example, source).

    Returns
    -------
    Activity (0 or 1), distance and place in the sector, both in [0, 1), shape (example, sector, 3);
    zeros where nothing is active. Of several sources in one sector the nearest is described.
    """
    encoded = np.zeros((len(azimuths), NUM_SECTORS, SECTOR_OUTPUTS), dtype=np.float32)
    far_first = np.argsort(-distances, axis=1, kind="stable")
    for order in far_first.T:
        rows = np.arange(len(azimuths))
        turns = np.mod(azimuths[rows, order], 2.0 * np.pi) / _WIDTH
        rows = rows[np.isfinite(turns)]
        sectors = np.minimum(turns[rows].astype(np.intp), NUM_SECTORS - 1)
        encoded[rows, sectors, ACTIVITY] = 1.0
        encoded[rows, sectors, DISTANCE] = distances[rows, order[rows]]
        encoded[rows, sectors, AZIMUTH] = np.minimum(turns[rows] - sectors, _BELOW_ONE)
    return encoded


class SectorNetwork(Network):
    """A network that answers for each sector: (example, sector, 3), activity as a logit."""

    def targets(
        self, azimuths: NDArray[np.float64], distances: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Describe the sources by sectors, (example, sector, 3)."""
        return encode_sectors(azimuths, distances)

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Add the cross-entropy of activity and the absolute errors where there is a source."""
        active = targets[..., ACTIVITY]
        loss = functional.binary_cross_entropy_with_logits(outputs[..., ACTIVITY], active)
        errors = torch.abs(outputs - targets) * active[..., None]
        mean = errors.sum(dim=(0, 1)) / active.sum().clamp(min=1.0)
        return loss + AZIMUTH_WEIGHT * mean[AZIMUTH] + DISTANCE_WEIGHT * mean[DISTANCE]

    def decode(
        self, outputs: NDArray[np.float32], *, threshold: float, num_sources: int | None = None
    ) -> NDArray[np.float64]:
        """Read the azimuths of the active sectors, the surest first."""
        activity, places = self.combine(outputs.astype(np.float64))
        surest = np.argsort(-activity, kind="stable")
        if num_sources is None:
            surest = surest[activity[surest] >= threshold]
        chosen = surest[:num_sources]
        fractions: NDArray[np.float64] = np.clip(places[chosen], 0.0, 1.0)
        return wrap_azimuth((chosen + fractions) * _WIDTH)

    def combine(
        self, outputs: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the probability of activity and the normalised azimuth of every sector.

        Activity is that of the mean logit over the surest half of the windows, since talkers
        pause. The azimuth is the median over windows, weighted by the square of the probability of
        activity. On the development scenes that is 0.3 to 0.5 degrees of OSPA better than means
        over all windows.

        Parameters
        ----------
        outputs
            Of the windows of one recording, (window, sector, 3).

        Returns
        -------
        Each of shape (sector,).
        """
        surest = np.sort(outputs[..., ACTIVITY], axis=0)[len(outputs) // 2 :]
        weights = np.square(expit(outputs[..., ACTIVITY])) + _TINY
        places = _weighted_medians(outputs[..., AZIMUTH], weights)
        return expit(surest.mean(axis=0)), places


def _weighted_medians(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the value of each column at which half of its weight is reached, (column,)."""
    order = np.argsort(values, axis=0)
    reached = np.cumsum(np.take_along_axis(weights, order, axis=0), axis=0)
    middle = np.argmax(reached >= reached[-1] / 2.0, axis=0)
    columns = np.arange(values.shape[1])
    return np.asarray(values[order[middle, columns], columns])
