"""Localisers by name, with the parameters that are published beside their scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.baselines import norm_music, srp_16, srp_phat, tdoa_regions
from simgen.baselines.baseline import Baseline
from simgen.baselines.networks.catalogue import (
    NETWORKS,
    NetworkLocaliser,
    network_parameters,
    trained_networks,
)
from simgen.baselines.peaks import GRID_POINTS, MOST_SOURCES
from simgen.baselines.prior import BEST_COUNT, prior
from simgen.baselines.steering import (
    FRAME_DURATION,
    HIGHEST_FREQUENCY,
    HOP_DURATION,
    LOWEST_FREQUENCY,
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


_SPECTRA: Final[Mapping[str, float | str]] = {
    "window": "hann",
    "frame_s": FRAME_DURATION,
    "hop_s": HOP_DURATION,
    "lowest_frequency_hz": LOWEST_FREQUENCY,
    "highest_frequency_hz": HIGHEST_FREQUENCY,
}
"""Parameters of the short-time spectra that localisers share."""

_PEAKS: Final[Mapping[str, float | str]] = {
    "grid_points": GRID_POINTS,
    "refinement": "parabola",
    "most_sources": MOST_SOURCES,
}
"""Parameters of the search for peaks that localisers share."""

_SRP_PHAT = LocalizationBaseline(
    name="srp-phat",
    locate=srp_phat.srp_phat,
    parameters={**_SPECTRA, **_PEAKS, "peak_fraction": srp_phat.PEAK_FRACTION},
    description="Steered response power with phase transform over all microphone pairs "
    "(DiBiase 2000); peaks well above the map's median are sources.",
)

_SRP_16 = LocalizationBaseline(
    name="srp-16",
    locate=srp_16.srp_16,
    parameters={
        **_SPECTRA,
        **_PEAKS,
        "power_exponent": srp_16.POWER,
        "fade_level_db": srp_16.FADE_LEVEL_DB,
        "peak_fraction": srp_16.PEAK_FRACTION,
    },
    description="Steered response power of each time-frequency bin, raised to 16 before it is "
    "averaged; peaks above the map's median are sources.",
)
_NORM_MUSIC = LocalizationBaseline(
    name="norm-music",
    locate=norm_music.norm_music,
    parameters={
        **_SPECTRA,
        **_PEAKS,
        "signal_subspace": "half the microphones plus one",
        "peak_fraction_of_db": norm_music.PEAK_FRACTION,
    },
    description="MUSIC, normalised at each frequency and averaged over them (pyroomacoustics); "
    "peaks whose level is well above the median are sources.",
)

_TDOA_REGIONS = LocalizationBaseline(
    name="tdoa-regions",
    locate=tdoa_regions.tdoa_regions,
    parameters={
        **_SPECTRA,
        **_PEAKS,
        "regions": tdoa_regions.REGIONS,
        "lag_step_s": tdoa_regions.LAG_STEP,
        "tolerance_s": tdoa_regions.TOLERANCE,
        "power_exponent": tdoa_regions.POWER,
        "peak_fraction": tdoa_regions.PEAK_FRACTION,
    },
    description="Time differences of all microphone pairs by GCC-PHAT, frame by frame; regions "
    "where they agree on one direction hold a source.",
)

_PRIOR = LocalizationBaseline(
    name="prior",
    locate=prior,
    parameters={"equispaced_azimuths": BEST_COUNT},
    description="The same equispaced azimuths for every recording: what listening must beat.",
)

_NETWORKS = tuple(
    LocalizationBaseline(
        name=name,
        locate=NetworkLocaliser(name),
        parameters=network_parameters(name),
        description=NETWORKS[name].description,
        training_data="localization/training.yaml: shipped speech, part train",
    )
    for name in trained_networks()
)

LOCALISERS: Final[Mapping[str, LocalizationBaseline]] = MappingProxyType(
    {
        baseline.name: baseline
        for baseline in (
            _SRP_PHAT,
            _SRP_16,
            _NORM_MUSIC,
            _TDOA_REGIONS,
            *_NETWORKS,
            _PRIOR,
        )
    }
)
"""Every localiser by its name."""
