"""Steered powers in, a map of the ring out: as many sources as there are, wherever they are.

Sectors can tell one source each. Here every 2.5 degrees answer instead whether a source is there
and how far beside it, so that two talkers in one sector are nothing special; what is reported are
the local maxima of the answer.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from simgen.baselines.networks.network import Budget, Mixture, Network
from simgen.baselines.networks.steered_trunk import (
    NUM_CELLS,
    WIDTH,
    SteeredTrunk,
    log_maps,
    whole,
)
from simgen.units import wrap_azimuth

__all__ = ["SteerMap", "encode_offsets"]

HEAT, OFFSET = 0, 1
"""What is answered for a place: how much of a source is there, as a logit, and how far beside."""

NUM_PLACES: Final = 2 * NUM_CELLS
"""Places of 2.5 degrees, the first centred on azimuth 0: each cell of the trunk answers for two.
With 5 degrees, two talkers less than 10 degrees apart could not both be maxima."""

SPREAD: Final = 1.2
"""Standard deviation in places of the bump that a source is taught as: 3 degrees."""

NEAR: Final = 2.5
"""Distance in places up to which a place is taught where its source is: those that may be maxima,
or beside one."""

HEAT_WEIGHT: Final = 0.25
"""Weight of the cross-entropy, summed over places, beside the mean absolute offset in places."""

_STEP: Final = 2.0 * np.pi / NUM_PLACES


class SteerMap(Network):
    """Steered powers, circular convolutions, and a local maximum for every source."""

    name = "steermap"
    window = 32_000
    mixture = Mixture(distinct_sectors=False, least_separation_deg=4.0)
    budget = Budget(examples=192_000, reuses=8)

    def build(self) -> nn.Module:
        """Make the module: log maps to places."""
        return _PlaceModule()

    def prepare(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the log maps of windows."""
        return log_maps(windows)

    def cut(self, recording: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the whole recording for one window."""
        return whole(recording)

    def targets(
        self, azimuths: NDArray[np.float64], distances: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Tell how far the nearest source is from each place, (example, place)."""
        del distances
        return encode_offsets(azimuths)

    def loss(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Add the cross-entropy of the bumps and, near sources, the absolute error of offsets."""
        bumps = torch.exp(-0.5 * (targets / SPREAD) ** 2)
        heat = functional.binary_cross_entropy_with_logits(
            outputs[..., HEAT], bumps, reduction="none"
        )
        near = torch.abs(targets) < NEAR
        errors = torch.abs(outputs[..., OFFSET] - targets)[near]
        return HEAT_WEIGHT * heat.sum(dim=1).mean() + errors.sum() / near.sum().clamp(min=1)

    def decode(
        self, outputs: NDArray[np.float32], *, threshold: float, num_sources: int | None = None
    ) -> NDArray[np.float64]:
        """Read the local maxima of the map, the highest first."""
        (places,) = outputs.astype(np.float64)
        heat = places[:, HEAT]
        peaks = np.flatnonzero((heat > np.roll(heat, 1)) & (heat >= np.roll(heat, -1)))
        peaks = peaks[np.argsort(-heat[peaks], kind="stable")]
        if num_sources is None:
            peaks = peaks[1.0 / (1.0 + np.exp(-heat[peaks])) >= threshold]
        chosen = peaks[:num_sources]
        azimuths: NDArray[np.float64] = (chosen + places[chosen, OFFSET]) * _STEP
        return wrap_azimuth(azimuths)


def encode_offsets(azimuths: NDArray[np.float64]) -> NDArray[np.float32]:
    """Describe the sources of examples by how far the nearest is from each place.

    Parameters
    ----------
    azimuths
        In rad in any range, shape (example, source); NaN where there is no source.

    Returns
    -------
    Signed offsets from each place in places, shape (example, place); infinite where
    there is no source at all.
    """
    offsets = wrap_azimuth(azimuths[:, :, None] - _STEP * np.arange(NUM_PLACES)) / _STEP
    offsets[np.isnan(offsets)] = np.inf
    nearest = np.argmin(np.abs(offsets), axis=1, keepdims=True)
    return np.take_along_axis(offsets, nearest, axis=1)[:, 0].astype(np.float32)


class _PlaceModule(nn.Module):
    """Log maps (example, map, band, azimuth) to places (example, place, 2)."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = SteeredTrunk()
        self.head = nn.Conv1d(WIDTH, 2 * NUM_PLACES // NUM_CELLS, 1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Answer for the places of each cell."""
        cells: torch.Tensor = self.head(self.trunk(maps))
        return cells.transpose(1, 2).reshape(len(cells), NUM_PLACES, 2)
