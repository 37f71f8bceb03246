"""Steered powers in, sectors out: a fixed front end that knows the array, a learned decoder."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from simgen.baselines.networks.network import Budget
from simgen.baselines.networks.sectors import NUM_SECTORS, SECTOR_OUTPUTS, SectorNetwork
from simgen.baselines.networks.steered_trunk import (
    NUM_CELLS,
    WIDTH,
    RingLayer,
    SteeredTrunk,
    log_maps,
    whole,
)
from simgen.labels.regions import ACTIVITY, AZIMUTH

__all__ = ["SteerNet"]


class SteerNet(SectorNetwork):
    """Steered powers, circular convolutions, and a pooling of the cells of each sector."""

    name = "steernet"
    window = 32_000
    budget = Budget(examples=96_000, reuses=8)

    def build(self) -> nn.Module:
        """Make the module: log maps to sectors."""
        return _SectorModule()

    def prepare(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the log maps of windows."""
        return log_maps(windows)

    def cut(self, recording: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the whole recording for one window."""
        return whole(recording)

    def combine(
        self, outputs: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Read the one window there is."""
        (sectors,) = outputs
        return 1.0 / (1.0 + np.exp(-sectors[:, ACTIVITY])), sectors[:, AZIMUTH]


class _SectorModule(nn.Module):
    """Log maps (example, map, band, azimuth) to sectors (example, sector, 3)."""

    def __init__(self) -> None:
        super().__init__()
        cells = NUM_CELLS // NUM_SECTORS
        self.trunk = SteeredTrunk()
        self.pool = nn.Conv1d(WIDTH, WIDTH, cells, stride=cells, bias=False)
        self.norm = nn.BatchNorm1d(WIDTH)
        self.neighbours = RingLayer(3)
        self.head = nn.Conv1d(WIDTH, SECTOR_OUTPUTS, 1)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Describe each sector by its nine cells and by its neighbours."""
        sectors = functional.relu(self.norm(self.pool(self.trunk(maps))))
        answer: torch.Tensor = self.head(self.neighbours(sectors))
        return answer.transpose(1, 2)
