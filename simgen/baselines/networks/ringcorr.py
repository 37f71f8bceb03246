"""RingCorr: a learned filter bank, products between the channels of a ring, learned decoding.

Nothing is told to it about the array but that its microphones form a ring: what is learned at one
of them holds for all. Each microphone's step along the ring answers for one sector.
"""

import math
from typing import ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from simgen.baselines.networks.levels import unit_power
from simgen.baselines.networks.network import SAMPLE_RATE, Budget
from simgen.baselines.networks.sectors import SECTOR_OUTPUTS, SectorNetwork

__all__ = ["RingCorr"]

NUM_FILTERS: Final = 32
"""Complex filters of the bank."""

NUM_TAPS: Final = 384
"""Taps of a filter, 24 ms."""

HOP: Final = 160
"""Samples from one product to the next, 10 ms."""

LAGS: Final = (1, 2, 3, 4)
"""Steps along the ring between the microphones of a product; 4 is across it."""

LOWEST_FREQUENCY, HIGHEST_FREQUENCY = 200.0, 5000.0
"""Band in Hz over which the filters are spread to begin with, evenly over octaves."""

FEATURES: Final = 80
"""Channels after the products."""

_SOFT: Final = 1e-2
"""Softening of the phase transform, against the unit mean square of a window."""


class RingCorr(SectorNetwork):
    """Learned correlations round the ring."""

    name: ClassVar[str] = "ringcorr"
    budget: ClassVar[Budget] = Budget(examples=112_000)

    def build(self) -> nn.Module:
        """Make the module: (example, microphone, sample) to (example, sector, 3)."""
        return _RingCorr()

    def prepare(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring each window to unit power."""
        return unit_power(windows)


class _RingCorr(nn.Module):
    """Filter bank, soft phase transform, products, pooling over time, layers round the ring.

    Features are the last axis throughout, so that all layers are products of matrices.
    """

    def __init__(self) -> None:
        super().__init__()
        self.bank = nn.Linear(NUM_TAPS, 2 * NUM_FILTERS, bias=False)
        self.bank.weight.data = _fourier_filters()
        self.log_softness = nn.Parameter(torch.full((NUM_FILTERS,), math.log(_SOFT)))
        self.mix = nn.Linear((2 * len(LAGS) + 1) * NUM_FILTERS, FEATURES)
        self.around = _AroundRing(FEATURES, 2 * FEATURES)
        self.body = nn.Sequential(_Residual(2 * FEATURES), _Residual(2 * FEATURES))
        self.head = nn.Linear(2 * FEATURES, SECTOR_OUTPUTS)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Answer to windows (example, microphone, sample)."""
        products = self._products(self.bank(windows.unfold(2, NUM_TAPS, HOP)))
        around = self.around(functional.silu(self.mix(products)))
        values, gates = around.chunk(2, dim=-1)
        chosen = (torch.softmax(gates, dim=2) * values).sum(dim=2)
        pooled = torch.cat([values.mean(dim=2), chosen], dim=-1)
        outputs: torch.Tensor = self.head(self.body(pooled))
        return outputs

    def _products(self, bands: torch.Tensor) -> torch.Tensor:
        """Multiply each channel with others round the ring, (example, position, step, product)."""
        real, imaginary = bands.chunk(2, dim=-1)
        power = real.square() + imaginary.square()
        weights = torch.rsqrt(power + self.log_softness.exp())
        real, imaginary = real * weights, imaginary * weights
        products = [torch.log(power + _SOFT)]
        for lag in LAGS:
            other_real, other_imaginary = real.roll(-lag, 1), imaginary.roll(-lag, 1)
            products += [
                real * other_real + imaginary * other_imaginary,
                imaginary * other_real - real * other_imaginary,
            ]
        return torch.cat(products, dim=-1)


class _AroundRing(nn.Module):
    """A convolution over three neighbours round a ring (example, position, ..., feature)."""

    def __init__(self, wide: int, wider: int) -> None:
        super().__init__()
        self.step = nn.Linear(3 * wide, wider)

    def forward(self, ring: torch.Tensor) -> torch.Tensor:
        """Convolve."""
        neighbours = torch.cat([ring.roll(1, 1), ring, ring.roll(-1, 1)], dim=-1)
        convolved: torch.Tensor = self.step(neighbours)
        return convolved


class _Residual(nn.Module):
    """What two convolutions round the ring add."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(2))
        self.steps = nn.ModuleList(_AroundRing(width, width) for _ in range(2))

    def forward(self, ring: torch.Tensor) -> torch.Tensor:
        """Add to a ring (example, position, feature)."""
        added = ring
        for norm, step in zip(self.norms, self.steps, strict=True):
            normalised = norm(added.flatten(0, 1)).unflatten(0, added.shape[:2])
            added = step(functional.silu(normalised))
        return ring + added


def _fourier_filters() -> torch.Tensor:
    """Return what the filters are to begin with: windowed oscillations, real parts first.

    Their taps have unit power, so that noise of unit power leaves them with half of it.
    """
    frequencies = np.geomspace(LOWEST_FREQUENCY, HIGHEST_FREQUENCY, NUM_FILTERS)
    times = (np.arange(NUM_TAPS) - (NUM_TAPS - 1) / 2.0) / SAMPLE_RATE
    phases = 2.0 * np.pi * frequencies[:, None] * times
    taper = np.hanning(NUM_TAPS)
    taper /= np.sqrt(np.sum(np.square(taper)))
    filters = np.concatenate([np.cos(phases) * taper, np.sin(phases) * taper])
    return torch.from_numpy(filters.astype(np.float32))
