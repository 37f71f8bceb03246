"""Filters that cannot be scored as a beam, for their form or for what they radiate."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.scoring.beam_bands import GRADED_BANDS, PLANT_BINS
from simgen.scoring.beam_plant import WINDOW, BeamPlant
from simgen.scoring.octave_bands import decibels, transform_frequencies
from simgen.scoring.submitted_filters import form_fault, sample_rate_fault, unusable_taps
from simgen.scoring.time_spread import TimeSpread, energy_spread

__all__ = ["beam_faults", "beam_time_spread", "filter_faults", "out_of_band_gain_db"]

QUIETEST_DB: Final = -60.0
"""Level of the window in a band re all bands: below it a pattern is 0/0, not a score."""

MOST_OUT_OF_BAND_DB: Final = 40.0
"""Gain where nothing is graded; a judgement, see the decision page."""

OUT_OF_BAND: Final = ((20.0, 280.0), (4500.0, 20000.0))
"""Audible frequencies in Hz, from and to, that are not graded."""

MOST_SPREAD_DB: Final = -10.0
"""Energy far from the main peak; a judgement, see the decision page."""


def filter_faults(taps: Any, *, num_drivers: int, sample_rate: float) -> Iterator[str]:
    """Yield what shows before anything is played through the filters.

    Parameters
    ----------
    taps
        The filters as submitted, which should be of float32 or float64 and of shape (driver, tap).
    num_drivers
        Of the device.
    sample_rate
        Sample rate of the filters in Hz, as submitted.

    Yields
    ------
    str
        A fault with the index concerned; one kind of fault is named once, where it is first met.
    """
    rate_fault = sample_rate_fault(sample_rate)
    if rate_fault is not None:
        yield rate_fault
    fault = form_fault(taps, shape=(num_drivers,), axes="driver, tap")
    if fault is not None:
        yield fault
    else:
        numbers = np.asarray(taps, dtype=np.float64)
        yield from unusable_taps(numbers)
        if not np.any(numbers):
            yield "every tap is zero (allowed: filters that pass the input)"


def beam_faults(
    plant: BeamPlant, spectra: NDArray[np.complex128], level: NDArray[np.float64]
) -> Iterator[str]:
    """Yield what keeps filters from being scored on a device.

    Parameters
    ----------
    plant
        The device.
    spectra
        Spectra of the filters at all frequencies of the transform, shape (frequency, driver).
    level
        Level of the window over that of the single driver in dB, shape (band,).

    Yields
    ------
    str
        A fault, with the band concerned.
    """
    relative = level - _loudness_db(level)
    for band in np.flatnonzero(relative < QUIETEST_DB)[:1]:
        yield (
            f"the window is at {relative[band]:.1f} dB in the band round"
            f" {GRADED_BANDS.centres[band]:.0f} Hz, re all bands"
            f" (allowed: at least {QUIETEST_DB:g} dB)"
        )
    gain = out_of_band_gain_db(level, spectra)
    if gain > MOST_OUT_OF_BAND_DB:
        yield (
            f"the gain out of band is {gain:.1f} dB re the loudness in band"
            f" (allowed: at most {MOST_OUT_OF_BAND_DB:g} dB)"
        )
    spread = beam_time_spread(plant, spectra[PLANT_BINS])
    for part, value in (("before", spread.early_db), ("after", spread.late_db)):
        if value > MOST_SPREAD_DB:
            yield (
                f"energy long {part} the main peak is {value:.1f} dB"
                f" (allowed: at most {MOST_SPREAD_DB:g} dB)"
            )


def beam_time_spread(plant: BeamPlant, filters: NDArray[np.complex128]) -> TimeSpread:
    """Measure how far a beam spreads sound in time, where the window is loudest.

    Parameters
    ----------
    plant
        The device; its first draw is looked at.
    filters
        Spectra of the filters at the plant's frequencies, shape (frequency, driver).
    """
    pattern = np.einsum("fad,fd->af", plant.draws[0][:, WINDOW], filters)
    loudest = int(np.argmax(np.sum(pattern.real**2 + pattern.imag**2, axis=1)))
    return energy_spread(pattern[[loudest]], GRADED_BANDS)


def out_of_band_gain_db(level: NDArray[np.float64], spectra: NDArray[np.complex128]) -> float:
    """Measure the largest gain from 20 to 280 Hz and 4.5 to 20 kHz, re the loudness in band.

    Parameters
    ----------
    level
        Level of the window over that of the single driver in dB, shape (band,); its mean power is
        the loudness in band.
    spectra
        Spectra of the filters at all frequencies of the transform, shape (frequency, driver).
    """
    frequency = transform_frequencies()
    outside = np.any([(low <= frequency) & (frequency < high) for low, high in OUT_OF_BAND], axis=0)
    largest = np.sum(np.abs(spectra[outside]) ** 2, axis=1).max()
    return float(decibels(np.asarray(largest)) - _loudness_db(level))


def _loudness_db(level: NDArray[np.float64]) -> float:
    """Return the level of the bands' mean power."""
    return float(decibels(np.asarray(np.mean(10.0 ** (level / 10.0)))))
