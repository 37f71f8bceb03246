"""Locate sources by the sixteenth power of the steered response of each bin (SRP-16)."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.baselines.peaks import grid_azimuths, require_count, source_azimuths
from simgen.baselines.steering import (
    as_recording,
    phasors,
    plane_wave_leads,
    require_speeds,
    short_time_spectra,
    steering_vectors,
)
from simgen.constants import REFERENCE_SPEED_OF_SOUND
from simgen.units import power_from_db

__all__ = ["srp_16", "steered_power_16"]

POWER: Final = 16
"""To which the steered power of a bin is raised, by four squarings. On 200 scenes drawn as
`localization/development` is, 8 and 32 are each 0.2 degrees of OSPA worse, 4 is 0.8 worse."""

FADE_LEVEL_DB: Final = -40.0
"""Level of a bin, relative to the mean bin's, at which it counts half. It keeps bins without sound
from voting; on these 200 scenes, which have noise everywhere, none of -30 to -50 dB matters."""

PEAK_FRACTION: Final = 0.03
"""Height above the map's median, as a fraction of the highest peak's, that makes a peak a source.

Chosen on `localization/development` for the least mean OSPA: 2.60, 2.55, 2.53, 2.59 and 2.79
degrees at 0.01, 0.02, 0.03, 0.05 and 0.1, standard error 0.27. Told the number of sources, the
localiser has 1.90 degrees there, standard error 0.20."""


def steered_power_16(
    signals: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: float,
    azimuths: ArrayLike,
    speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
) -> NDArray[np.float64]:
    r"""Steer an array to each azimuth and raise the power of each bin before averaging.

    With :math:`p(t, f)` the steered power of the whitened sound in one frame at one frequency,
    between 0 and 1 (see `simgen.baselines.srp_phat.steered_response_power`), the map is the mean of
    :math:`p^{16}` over bins, weighted by :math:`E / (E + 10^{-4} \bar E)` with :math:`E` the bin's
    energy over all microphones and :math:`\bar E` its mean over bins. A bin where one source
    dominates, as most do in speech, keeps its peak; one where several compete has little say.

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
        Mean power between 0 and 1, shape (azimuth,); 1 where the array hears one plane wave, 0 for
        silence.

    Raises
    ------
    ShapeError, ParameterError
        As `simgen.baselines.srp_phat.steered_response_power`.

    References
    ----------
    O. Yilmaz and S. Rickard, "Blind separation of speech mixtures via time-frequency masking", IEEE
    Trans. Signal Process. 52(7), 2004: why one talker dominates most bins.
    """
    channels, positions = as_recording(signals, microphones)
    look = as_real(azimuths, "azimuths", axes=("azimuth",))
    require_speeds(sample_rate, speed_of_sound)
    spectra, frequencies = short_time_spectra(channels, sample_rate)
    weights = _bin_weights(spectra)
    steering = steering_vectors(plane_wave_leads(positions, look, speed_of_sound), frequencies)
    # numba takes a third of a second to import, and localisers are also listed.
    from simgen.baselines.raised_powers import sum_raised_powers

    total = sum_raised_powers(
        np.ascontiguousarray(phasors(spectra).T / len(channels), dtype=np.complex64),
        weights.T.astype(np.float32),
        np.ascontiguousarray(steering.real.swapaxes(1, 2), dtype=np.float32),
        np.ascontiguousarray(steering.imag.swapaxes(1, 2), dtype=np.float32),
    )
    return np.asarray(total / max(np.sum(weights), np.finfo(np.float64).tiny))


def srp_16(
    signals: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: float,
    num_sources: int | None = None,
    speed_of_sound: float = REFERENCE_SPEED_OF_SOUND,
) -> NDArray[np.float64]:
    """Locate sources at the peaks of the steered power raised to 16.

    The map is searched on a grid of one degree; a parabola through each peak and its neighbours
    refines the azimuth. Silence has no peaks, and so no sources.

    Parameters
    ----------
    signals, microphones, sample_rate, speed_of_sound
        As `steered_power_16`.
    num_sources
        The true number of sources, which makes the answer an oracle's: that many of the highest
        peaks are returned, fewer when the map has fewer. None estimates the number: the peaks
        that rise over the map's median by more than `PEAK_FRACTION` of what the highest does,
        at most `simgen.baselines.peaks.MOST_SOURCES`.

    Returns
    -------
    ndarray
        Azimuths in radians in (-pi, pi], the highest peak first, shape (source,).

    Raises
    ------
    ShapeError, ParameterError
        As `steered_power_16`; also if ``num_sources`` is below 1.
    """
    require_count(num_sources)
    power = steered_power_16(
        signals,
        microphones,
        sample_rate=sample_rate,
        azimuths=grid_azimuths(),
        speed_of_sound=speed_of_sound,
    )
    return source_azimuths(power, num_sources=num_sources, fraction=PEAK_FRACTION)


def _bin_weights(spectra: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Weight bins, (frame, frequency): 1, fading to 0 round `FADE_LEVEL_DB`; 0 for silence."""
    energy = np.mean(spectra.real**2 + spectra.imag**2, axis=0)
    floor = power_from_db(FADE_LEVEL_DB) * np.mean(energy)
    return np.asarray(energy / np.maximum(energy + floor, np.finfo(np.float64).tiny))
