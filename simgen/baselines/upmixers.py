"""Centres of stereo mixes by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.baseline import Baseline
from simgen.playback.upmix import (
    banded_centre,
    mid_centre,
    one_coefficient_centre,
    running_centre,
    similarity_centre,
)

__all__ = ["UPMIXERS", "UpmixBaseline"]

TIME_CONSTANT: Final = 0.1
"""In s: the default of methods that run along."""


@dataclass(frozen=True)
class UpmixBaseline(Baseline):
    """A reference method.

    Attributes
    ----------
    centre
        From left and right, shape (2, sample), and the sample rate to the centre, (sample,).
    """

    centre: Callable[[NDArray[np.float64], int], NDArray[np.float64]]


def _similarity(exponent: float) -> UpmixBaseline:
    """Return the mask of similarity to a power."""
    power = "" if exponent == 1.0 else f"-{exponent:g}"
    return UpmixBaseline(
        f"similarity{power}",
        {"exponent": exponent, "time_constant_s": TIME_CONSTANT},
        "The middle where left and right are alike, bin by bin (Avendano and Jot 2002).",
        lambda stereo, rate: similarity_centre(
            stereo, rate, exponent=exponent, time_constant=TIME_CONSTANT
        ),
    )


_ALL: Final = (
    UpmixBaseline("mid", {}, "Half the sum.", lambda stereo, _: mid_centre(stereo)),
    UpmixBaseline(
        "one-gain",
        {},
        "The middle less as much of the side as makes them uncorrelated, with one gain.",
        lambda stereo, _: one_coefficient_centre(stereo),
    ),
    UpmixBaseline("banded", {}, "The same in each band of hearing.", banded_centre),
    UpmixBaseline(
        "running",
        {"time_constant_s": TIME_CONSTANT},
        "The same with gains that run along.",
        lambda stereo, rate: running_centre(stereo, rate, time_constant=TIME_CONSTANT),
    ),
    _similarity(1.0),
    _similarity(2.0),
)

UPMIXERS: Final[Mapping[str, UpmixBaseline]] = MappingProxyType(
    {baseline.name: baseline for baseline in _ALL}
)
"""Every method by its name."""
