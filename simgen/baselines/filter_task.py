"""What a designer of filters is given, and what is published of its design."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.baseline import Baseline

__all__ = ["Designer", "FilterBaseline", "FilterTask"]


@dataclass(frozen=True)
class FilterTask:
    """A device and what is known of the listener.

    Attributes
    ----------
    responses
        From the drivers to the ears at the nominal pose, which comes first, and at others, shape
        (pose, ear, driver, sample).
    drivers
        Where the drivers are in m in the frame of the nominal head, shape (driver, 3), leftmost
        first.
    sample_rate
        In Hz.
    speed_of_sound
        In m/s.
    """

    responses: NDArray[np.float64]
    drivers: NDArray[np.float64]
    sample_rate: float
    speed_of_sound: float


Designer = Callable[[FilterTask], NDArray[np.float64]]
"""Returns taps, the driver first and the tap last."""


@dataclass(frozen=True)
class FilterBaseline(Baseline):
    """A reference design.

    Attributes
    ----------
    design
        What makes the filters of one device.
    """

    design: Designer
