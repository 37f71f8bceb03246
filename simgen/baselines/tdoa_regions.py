"""Locate one source in each region whose time differences of arrival agree on one."""

import math
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.baselines.peaks import (
    grid_azimuths,
    highest_peaks,
    refined_azimuths,
    require_count,
    source_peaks,
)
from simgen.baselines.steering import (
    as_recording,
    phasors,
    plane_wave_leads,
    require_speeds,
    short_time_spectra,
)
from simgen.constants import REFERENCE_SPEED_OF_SOUND

__all__ = ["tdoa_consistency", "tdoa_regions"]

REGIONS: Final = 8
"""Sectors of the circle, each of which holds at most one source: the localisation track's."""

LAG_STEP: Final = 1.0 / 128_000.0
"""Step in s of the lags at which pairs are correlated, refined by a parabola through the highest:
an eighth of a sample at 16 kHz."""

TOLERANCE: Final = 100e-6
"""Difference in s from a plane wave's at which a measured one no longer agrees at all; 80 and
125 microseconds are each 0.1 degrees of OSPA worse on `localization/development`."""

POWER: Final = 12
"""Exponent of the mean over frames: a few frames in which all pairs agree outweigh many in which
some do. On `localization/development` 8 and 16 are as good, within 0.15 degrees of OSPA."""

PEAK_FRACTION: Final = 0.2
"""Height above the map's median, as a fraction of the highest region's, that makes a region active.

Chosen on `localization/development` for the least mean OSPA: 3.4, 2.6, 1.9, 2.0 and 2.2 degrees at
0.1, 0.15, 0.2, 0.25 and 0.3, standard error 0.21. Told the number of sources, the localiser has 1.4
degrees there, standard error 0.15."""


def tdoa_consistency(
    signals: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: float,
    azimuths: ArrayLike,
    speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
) -> NDArray[np.float64]:
    r"""Measure how well the pairs' time differences agree with a plane wave from each azimuth.

    In every frame the highest peak of the generalised cross-correlation with phase transform gives
    each pair of microphones one time difference. An azimuth's consistency in a frame is the mean
    over pairs of :math:`\max(1 - (\Delta / \Delta_0)^2, 0)`, with :math:`\Delta` the difference
    from the plane wave's and :math:`\Delta_0` the tolerance. The map is the power mean of exponent
    12 over frames.

    Parameters
    ----------
    signals
        Recorded sound pressure, shape (microphone, sample).
    microphones
        Positions in the array's frame in m, shape (microphone, 3).
    sample_rate
        Samples per second in Hz, 8000 to 192000.
    azimuths
        Look directions in the horizontal plane in radians, shape (azimuth,).
    speed_of_sound
        Speed of sound in m/s, 100 to 1000.

    Returns
    -------
    ndarray
        Consistency between 0 and 1, shape (azimuth,); 1 where the array hears one plane wave, 0
        for silence.

    Raises
    ------
    ShapeError, ParameterError
        As `simgen.baselines.srp_phat.steered_response_power`.

    References
    ----------
    C. H. Knapp and G. C. Carter, "The generalized correlation method for estimation of time delay",
    IEEE Trans. Acoust. Speech Signal Process. 24(4), 1976.
    """
    channels, positions = as_recording(signals, microphones)
    look = as_real(azimuths, "azimuths", axes=("azimuth",))
    require_speeds(sample_rate, speed_of_sound)
    spectra, frequencies = short_time_spectra(channels, sample_rate)
    phases = phasors(spectra)
    leads = plane_wave_leads(positions, look, speed_of_sound)
    pairs = list(combinations(range(len(channels)), 2))
    consistency = np.zeros((phases.shape[1], len(look)))
    for first, second in pairs:
        longest = math.dist(positions[first], positions[second]) / speed_of_sound
        measured = _tdoas(phases[first] * phases[second].conj(), frequencies, longest)
        expected = leads[:, first] - leads[:, second]
        consistency += _agreement(measured[:, None] - expected) / len(pairs)
    return np.asarray(np.mean(consistency**POWER, axis=0) ** (1.0 / POWER))


def tdoa_regions(
    signals: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: float,
    num_sources: int | None = None,
    speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
) -> NDArray[np.float64]:
    """Locate at most one source in each of eight regions by time differences of arrival.

    A region's score is the highest peak in it of the map of consistency on a grid of one degree;
    in the active regions a parabola through that peak and its neighbours refines the azimuth.
    Silence has no peaks, and so no sources.

    Parameters
    ----------
    signals, microphones, sample_rate, speed_of_sound
        As `tdoa_consistency`.
    num_sources
        The true number of sources, which makes the answer an oracle's: that many regions of the
        highest scores are active, fewer when fewer have peaks. None estimates the number: the
        regions whose score rises over the map's median by more than `PEAK_FRACTION` of what the
        highest does, at most `simgen.baselines.peaks.MOST_SOURCES`.

    Returns
    -------
    ndarray
        Azimuths in radians in (-pi, pi], the highest score first, shape (source,).

    Raises
    ------
    ShapeError, ParameterError
        As `tdoa_consistency`; also if ``num_sources`` is below 1.
    """
    require_count(num_sources)
    consistency = tdoa_consistency(
        signals,
        microphones,
        sample_rate=sample_rate,
        azimuths=grid_azimuths(),
        speed_of_sound=speed_of_sound,
    )
    candidates = _highest_in_regions(highest_peaks(consistency), len(consistency))
    peaks = source_peaks(consistency, candidates, num_sources=num_sources, fraction=PEAK_FRACTION)
    return refined_azimuths(consistency, peaks)


def _tdoas(
    cross: NDArray[np.complex128], frequencies: NDArray[np.float64], longest: float
) -> NDArray[np.float64]:
    """Return how much earlier in s one microphone hears each frame, infinite for silence.

    ``cross`` is the whitened cross-spectrum (frame, frequency), ``longest`` the travel time
    between the two.
    """
    most = math.ceil(longest / LAG_STEP)
    steps = np.arange(-most - 1, most + 2)
    turns = 2.0 * np.pi * np.outer(frequencies, steps * LAG_STEP)
    correlation = cross.real @ np.cos(turns) + cross.imag @ np.sin(turns)
    highest = 1 + np.argmax(correlation[:, 1:-1], axis=1)
    before, at, after = (correlation[range(len(cross)), highest + k] for k in (-1, 0, 1))
    # At the ends the highest need not be a peak; in silence all are equal.
    is_peak = (at >= before) & (at >= after) & (before + after < 2.0 * at)
    slopes, curvatures = 0.5 * (before - after), before - 2.0 * at + after
    offsets = np.divide(slopes, curvatures, out=np.zeros_like(at), where=is_peak)
    return np.where(np.any(cross, axis=1), (steps[highest] + offsets) * LAG_STEP, np.inf)


def _agreement(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 where time differences are equal, falling to 0 at the tolerance."""
    return np.asarray(np.maximum(1.0 - (differences / TOLERANCE) ** 2, 0.0))


def _highest_in_regions(peaks: NDArray[np.intp], num_azimuths: int) -> NDArray[np.intp]:
    """Keep the first peak in each region, in the order given."""
    _, first = np.unique(peaks * REGIONS // num_azimuths, return_index=True)
    return peaks[np.sort(first)]
