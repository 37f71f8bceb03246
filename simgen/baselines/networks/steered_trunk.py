"""What networks on steered powers have in common: what they take, and how they begin.

A map round the ring is periodic and looks alike wherever a source is, so every layer is a circular
convolution over azimuth.
"""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from simgen.baselines.networks.steered_powers import (
    FRAME_LENGTH,
    NUM_AZIMUTHS,
    NUM_BANDS,
    NUM_MAPS,
    steered_powers,
)
from simgen.errors import ParameterError

__all__ = ["NUM_CELLS", "WIDTH", "SteeredTrunk", "log_maps", "ring_convolution", "whole"]

NUM_CELLS: Final = NUM_AZIMUTHS // 2
"""Cells of 5 degrees that the trunk describes, the first centred on azimuth 0."""

WIDTH: Final = 64
"""Channels."""

DILATIONS: Final = (1, 2, 1, 5)
"""Of the residual layers of nine cells each: together they see the whole ring."""

FAINTEST: Final = 1e-5
"""Added to powers before the logarithm: a thirtieth of the 4th power that noise has everywhere."""


def log_maps(windows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return logarithms of the steered powers of windows, (window, map, band, azimuth)."""
    return np.stack([np.log(steered_powers(window) + FAINTEST) for window in windows])


def whole(recording: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take a whole recording for one window, since steered powers are means over time.

    Raises
    ------
    ParameterError
        If it is shorter than a frame.
    """
    if recording.shape[1] < FRAME_LENGTH:
        raise ParameterError(
            "the recording is too short, in samples",
            value=recording.shape[1],
            allowed=f"at least {FRAME_LENGTH}",
        )
    return recording[None]


def ring_convolution(width: int, taps: int, *, dilation: int = 1) -> nn.Conv1d:
    """Make a circular convolution that keeps its size, without a bias."""
    return nn.Conv1d(
        width,
        width,
        taps,
        dilation=dilation,
        padding=dilation * (taps // 2),
        padding_mode="circular",
        bias=False,
    )


class SteeredTrunk(nn.Module):
    """Log maps (example, map, band, azimuth) to features (example, channel, cell)."""

    def __init__(self) -> None:
        super().__init__()
        self.level = nn.BatchNorm2d(NUM_MAPS)
        self.first = nn.Conv1d(
            NUM_MAPS * NUM_BANDS,
            WIDTH,
            kernel_size=5,
            stride=2,
            padding=2,
            padding_mode="circular",
            bias=False,
        )
        self.norm = nn.BatchNorm1d(WIDTH)
        self.layers = nn.Sequential(*(RingLayer(9, dilation) for dilation in DILATIONS))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Join maps and bands, halve the resolution and look round the ring."""
        joined = torch.flatten(self.level(maps), 1, 2)
        features: torch.Tensor = self.layers(functional.relu(self.norm(self.first(joined))))
        return features


class RingLayer(nn.Module):
    """A residual circular convolution."""

    def __init__(self, taps: int, dilation: int = 1) -> None:
        super().__init__()
        self.convolution = ring_convolution(WIDTH, taps, dilation=dilation)
        self.norm = nn.BatchNorm1d(WIDTH)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Add what the layer finds to what there was."""
        found = functional.relu(self.norm(self.convolution(features)))
        return features + found
