"""A network that learns something within a second, for tests."""

from typing import ClassVar

import numpy as np
import torch

from simgen.baselines.networks.network import Budget, Mixture
from simgen.baselines.networks.sectors import SectorNetwork

WINDOW = 480


class SmallNetwork(SectorNetwork):
    """A linear map of the products of neighbouring channels."""

    name: ClassVar[str] = "small"
    window: ClassVar[int] = WINDOW
    hop: ClassVar[int] = WINDOW
    mixture: ClassVar[Mixture] = Mixture(most_sources=1, least_snr_db=20.0)
    budget: ClassVar[Budget] = Budget(
        examples=32 * 40, batch_size=32, learning_rate=1e-2, warm_up=2
    )

    def build(self):
        return torch.nn.Sequential(
            torch.nn.Linear(8 * 8, 64),
            torch.nn.ReLU(),
            torch.nn.Dropout(0.1),  # so that torch's random state matters
            torch.nn.Linear(64, 24),
            torch.nn.Unflatten(1, (8, 3)),
        )

    def prepare(self, windows):
        moved = np.roll(windows, 3, axis=2)
        products = np.einsum("emt,ent->emn", windows, moved)
        scale = np.einsum("emt,emt->e", windows, windows) / 8.0 + 1e-30
        return (products / scale[:, None, None]).reshape(len(windows), 64).astype(np.float32)
