"""Bands of a fraction of an octave, and the tonal balance in them."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import require_between
from simgen.errors import ParameterError
from simgen.playback.plants import as_frequencies, as_responses

__all__ = ["SIXTH_OCTAVES", "THIRD_OCTAVES", "FractionalOctaves", "tonal_balance_db"]

_REFERENCE: Final = 1000.0
"""Reference frequency in Hz (IEC 61260-1)."""


@dataclass(frozen=True)
class FractionalOctaves:
    """Bands with centres 1000 * 2^(n / per_octave) Hz, side by side.

    Parameters
    ----------
    per_octave
        Bands in an octave, 1 to 48.
    lowest, highest
        Nominal centres of the first and last band in Hz; the nearest exact ones are taken.

    Raises
    ------
    ParameterError
        If a number is out of range, or the highest band is below the lowest.

    Examples
    --------
    >>> FractionalOctaves(1, 500.0, 2000.0).centres
    array([ 500., 1000., 2000.])
    """

    per_octave: int
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        require_between(self.per_octave, "per_octave", 1, 48)
        require_between(self.lowest, "lowest", 1.0, 1e5)
        require_between(self.highest, "highest", self.lowest, 1e5)

    @property
    def centres(self) -> NDArray[np.float64]:
        """Exact centres in Hz, shape (band,)."""
        ends = (self.lowest / _REFERENCE, self.highest / _REFERENCE)
        first, last = (round(self.per_octave * math.log2(end)) for end in ends)
        return np.asarray(_REFERENCE * 2.0 ** (np.arange(first, last + 1) / self.per_octave))

    def mean(self, power: NDArray[Any], frequency: ArrayLike) -> NDArray[np.float64]:
        """Average powers over the frequencies in each band, from its lower edge up to its upper.

        Parameters
        ----------
        power
            Real, shape (frequency, ...).
        frequency
            In Hz, rising, shape (frequency,).

        Returns
        -------
        ndarray
            Means, shape (band, ...).

        Raises
        ------
        ShapeError
            If there is not one frequency for each power.
        ParameterError
            If a band holds no frequency.
        """
        frequencies = as_frequencies(frequency, num_frequencies=len(power))
        half = 2.0 ** (0.5 / self.per_octave)
        edges = np.append(self.centres / half, self.centres[-1] * half)
        places = np.searchsorted(frequencies, edges)
        empty = np.diff(places) == 0
        if np.any(empty):
            centre = float(self.centres[np.argmax(empty)])
            raise ParameterError("no frequency lies in the band round", value=centre)
        return np.add.reduceat(power[: places[-1]], places[:-1]) / np.diff(places).reshape(
            -1, *[1] * (power.ndim - 1)
        )


THIRD_OCTAVES: Final = FractionalOctaves(3, 200.0, 8000.0)
"""The band in which crosstalk can be cancelled, in thirds of an octave."""

SIXTH_OCTAVES: Final = FractionalOctaves(6, 177.0, 9000.0)
"""The same band in sixths of an octave."""


def tonal_balance_db(
    responses: ArrayLike, frequency: ArrayLike, *, bands: FractionalOctaves = THIRD_OCTAVES
) -> NDArray[np.float64]:
    """Measure how each band of each input's summed power deviates from the mean over the bands.

    Of filters it is the balance of what the loudspeakers radiate together; of the plant times the
    filters, of what both ears hear.

    Parameters
    ----------
    responses
        Complex, shape (frequency, path, input); the power is summed over the paths.
    frequency
        In Hz, rising, shape (frequency,).
    bands
        Third octaves from 200 Hz to 8 kHz if not given.

    Returns
    -------
    ndarray
        Deviation in dB, shape (band, input); its mean over the bands is 0.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If a band holds no frequency, or an input is silent in one.
    """
    given = as_responses(responses, "responses", axes=("frequency", "path", "input"))
    power = bands.mean(np.sum(np.abs(given) ** 2, axis=1), frequency)
    if np.any(power == 0.0):
        band, signal = (int(k) for k in np.argwhere(power == 0.0)[0])
        raise ParameterError(f"input {signal} is silent in band", value=band)
    level_db = 10.0 * np.log10(power)
    return np.asarray(level_db - level_db.mean(axis=0))
