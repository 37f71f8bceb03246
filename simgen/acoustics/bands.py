"""Octave bands: which there are, and how a spectrum is shared out among them."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError, ShapeError

__all__ = ["OCTAVE_CENTRES", "band_weights", "octave_bands", "to_bands"]

OCTAVE_CENTRES: Final = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0)
"""Nominal octave midband frequencies in Hz (IEC 61260-1:2014, annex E), from the lowest
that tables of absorption give to the highest that is heard."""

_STEP: Final = 2.0**-30
"""What weights are multiples of: -180 dB, far below the rounding of float32."""


def octave_bands(sample_rate: float) -> NDArray[np.float64]:
    """Return the octave bands that a sample rate needs.

    These are the bands from 125 Hz to 16 kHz whose centre lies below half the sample rate.
    The highest of them stands for everything above it too.

    Parameters
    ----------
    sample_rate
        In Hz, 1000 to 768 000.

    Returns
    -------
    Centre frequencies in Hz, shape (band,).

    Raises
    ------
    ParameterError
        If the sample rate is out of range.

    Examples
    --------
    >>> octave_bands(16_000).tolist()
    [125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0]
    """
    require_between(sample_rate, "sample_rate", 1000, 768_000)
    return np.array([centre for centre in OCTAVE_CENTRES if centre < sample_rate / 2.0])


def band_weights(centres: ArrayLike, frequency: ArrayLike) -> NDArray[np.float64]:
    """Return how much of each frequency belongs to each band.

    From one centre to the next, on a logarithmic axis, the lower band fades out as
    cos^2 and the upper one fades in as sin^2: each has one half at the geometric mean.
    Below the first centre and above the last everything belongs to that band. The weights
    of a frequency are amplitudes that add up to exactly 1, so that bands with equal
    responses make the broadband response.

    Parameters
    ----------
    centres
        Centre frequencies in Hz, ascending, shape (band,).
    frequency
        In Hz, not negative, shape (frequency,).

    Returns
    -------
    Weights in [0, 1], shape (band, frequency).

    Raises
    ------
    ShapeError
        If an array is not finite or not along one axis, or there is no band.
    ParameterError
        If centres are not positive and ascending, or a frequency is negative.

    Examples
    --------
    >>> band_weights([125.0, 250.0], [0.0, 125.0, 250.0, 8000.0]).tolist()
    [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]
    """
    bands = _as_centres(centres)
    tones = as_real(frequency, "frequency", axes=("frequency",))
    if np.any(tones < 0.0):
        raise ParameterError("a frequency is negative", value=float(tones.min()), allowed=">= 0 Hz")
    place = np.interp(
        np.log2(np.clip(tones, bands[0], bands[-1])), np.log2(bands), np.arange(len(bands))
    )
    # How much belongs to band k or higher bands: it rises from centre k - 1 to centre k.
    centre_below = np.arange(-1, len(bands))[:, None]
    upward = np.sin(0.5 * np.pi * np.clip(place - centre_below, 0.0, 1.0)) ** 2
    # On this grid differences and sums are exact, and the last bits that log2 and sin owe
    # to the CPU are gone.
    upward = np.rint(upward / _STEP) * _STEP
    return upward[:-1] - upward[1:]


def to_bands(values: ArrayLike, centres: ArrayLike, bands: ArrayLike) -> NDArray[np.float64]:
    """Return tabulated values for other bands: for each, the value of the nearest band.

    A band beyond the table's ends takes the value at that end.

    Parameters
    ----------
    values
        One value for each tabulated band, shape (tabulated band,).
    centres
        Their centre frequencies in Hz, ascending, shape (tabulated band,).
    bands
        Wanted centre frequencies in Hz, ascending, shape (band,).

    Returns
    -------
    Values, shape (band,).

    Raises
    ------
    ShapeError
        If an array is not finite or not along one axis, or lengths differ.
    ParameterError
        If centres are not positive and ascending.

    Examples
    --------
    >>> to_bands([0.1, 0.4], [4000.0, 8000.0], [2000.0, 4000.0, 8000.0, 16_000.0]).tolist()
    [0.1, 0.1, 0.4, 0.4]
    """
    known, wanted = _as_centres(centres), _as_centres(bands)
    table = as_real(values, "values", axes=("band",))
    if len(table) != len(known):
        raise ShapeError(f"values has shape {table.shape}", allowed=f"({len(known)},)")
    ratio = wanted[:, None] / known
    nearest: NDArray[np.intp] = np.argmin(np.maximum(ratio, 1.0 / ratio), axis=1)
    return table[nearest]


def _as_centres(centres: ArrayLike) -> NDArray[np.float64]:
    """Return centre frequencies as an array; refuse none, and any order but ascending."""
    bands = as_real(centres, "centres", axes=("band",))
    if len(bands) == 0:
        raise ShapeError("there is no band", allowed="at least one centre frequency")
    if bands[0] <= 0.0 or np.any(np.diff(bands) <= 0.0):
        raise ParameterError(
            "centres are out of order", value=bands.tolist(), allowed="positive and ascending"
        )
    return bands
