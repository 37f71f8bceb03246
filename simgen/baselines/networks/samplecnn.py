"""SampleCNN: convolutions on raw audio, as in the article that the task comes from.

H. Sundar, W. Wang, M. Sun and C. Wang, "Raw waveform based end-to-end deep convolutional network
for spatial localization of multiple acoustic sources", ICASSP 2020: filters of three samples and
poolings by three until one step is left, then activity, distance and azimuth of each region.
"""

from typing import ClassVar, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from simgen.baselines.networks.levels import unit_power
from simgen.baselines.networks.network import NUM_MICROPHONES, Budget
from simgen.baselines.networks.sectors import NUM_SECTORS, SECTOR_OUTPUTS, SectorNetwork

__all__ = ["SampleCnn"]

FIRST_CHANNELS: Final = 32
"""Channels after the first convolution, which goes on by three samples."""

CHANNELS: Final = (32, 64, 64, 128, 128, 128, 256)
"""Channels after each of the seven poolings by three: 6561 = 3^8 samples become one."""

HIDDEN: Final = 256
"""Width of the layer before the outputs."""


class SampleCnn(SectorNetwork):
    """The article's design, plain."""

    name: ClassVar[str] = "samplecnn"
    budget: ClassVar[Budget] = Budget(examples=336_000)

    def build(self) -> nn.Module:
        """Make the module: (example, microphone, sample) to (example, sector, 3)."""
        return _SampleCnn()

    def prepare(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Bring each window to unit power."""
        return unit_power(windows)


class _SampleCnn(nn.Module):
    """One-dimensional convolutions, in two dimensions of which the first has the length 1.

    That, with channels last, is what processors convolve fastest; so is pooling before the
    normalisation, which with a positive factor changes nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = (FIRST_CHANNELS, *CHANNELS)
        first = nn.Conv2d(NUM_MICROPHONES, FIRST_CHANNELS, (1, 3), stride=(1, 3), bias=False)
        layers: list[nn.Module] = [first, nn.BatchNorm2d(FIRST_CHANNELS), nn.ReLU()]
        for wide, wider in zip(widths, CHANNELS, strict=False):
            layers += [
                nn.Conv2d(wide, wider, (1, 3), padding=(0, 1), bias=False),
                nn.MaxPool2d((1, 3)),
                nn.BatchNorm2d(wider),
                nn.ReLU(),
            ]
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Linear(CHANNELS[-1], HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, NUM_SECTORS * SECTOR_OUTPUTS),
        )

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """Answer to windows (example, microphone, sample)."""
        images = windows[:, :, None, :].contiguous(memory_format=torch.channels_last)
        outputs: torch.Tensor = self.head(self.body(images).flatten(1))
        return outputs.reshape(-1, NUM_SECTORS, SECTOR_OUTPUTS)
