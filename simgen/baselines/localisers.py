"""Localisers by name, with the parameters that are published beside their scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.baselines.baseline import Baseline
from simgen.baselines.prior import BEST_COUNT, prior
from simgen.baselines.srp_phat import (
    FRAME_DURATION,
    GRID_POINTS,
    HIGHEST_FREQUENCY,
    HOP_DURATION,
    LOWEST_FREQUENCY,
    MOST_SOURCES,
    PEAK_FRACTION,
    srp_phat,
)
from simgen.constants import REFERENCE_SPEED_OF_SOUND

__all__ = ["LOCALISERS", "Localiser", "LocalizationBaseline"]


class Localiser(Protocol):
    """What finds the azimuths of the sources in a recording.

    Takes signals (microphone, sample) and microphone positions in the array's frame in m,
    (microphone, 3); returns azimuths in radians in (-pi, pi], (source,). Giving the number of
    sources makes the answer an oracle's.
    """

    def __call__(
        self,
        signals: ArrayLike,
        microphones: ArrayLike,
        *,
        sample_rate: float,
        num_sources: int | None = None,
        speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
    ) -> NDArray[np.float64]:
        """Locate the sources."""
        ...


@dataclass(frozen=True)
class LocalizationBaseline(Baseline):
    """A reference system of the localisation track.

    Attributes
    ----------
    locate
        What runs on a recording.
    """

    locate: Localiser


_SRP_PHAT = LocalizationBaseline(
    name="srp-phat",
    locate=srp_phat,
    parameters={
        "window": "hann",
        "frame_s": FRAME_DURATION,
        "hop_s": HOP_DURATION,
        "lowest_frequency_hz": LOWEST_FREQUENCY,
        "highest_frequency_hz": HIGHEST_FREQUENCY,
        "grid_points": GRID_POINTS,
        "refinement": "parabola",
        "peak_fraction": PEAK_FRACTION,
        "most_sources": MOST_SOURCES,
    },
    description="Steered response power with phase transform over all microphone pairs "
    "(DiBiase 2000); peaks well above the map's median are sources.",
)

_PRIOR = LocalizationBaseline(
    name="prior",
    locate=prior,
    parameters={"equispaced_azimuths": BEST_COUNT},
    description="The same equispaced azimuths for every recording: what listening must beat.",
)

LOCALISERS: Final[Mapping[str, LocalizationBaseline]] = MappingProxyType(
    {baseline.name: baseline for baseline in (_SRP_PHAT, _PRIOR)}
)
"""Every localiser by its name."""
