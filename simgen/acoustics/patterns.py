"""Directional patterns as the engine looks them up: harmonics, or a table by the angle off an axis.

Loudspeakers and talkers are alike all around their axis. Then a number for each angle says it all,
and to look it up costs as much for 169 harmonics as for four.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.polynomial.legendre import legval
from numpy.typing import NDArray

from simgen.acoustics.rotation import to_room_frame
from simgen.acoustics.spherical_harmonics import axial_series
from simgen.acoustics.transducers import Transducer

__all__ = ["Pattern", "alike", "in_columns", "pattern_of"]

_FRONT: Final = (1.0, 0.0, 0.0)

_FEWEST_DEGREES: Final = 3
"""Degrees from which on a table is quicker than the harmonics."""

_STEPS: Final = 25
"""Steps of the cosine in a table, for each square of the order n. A Legendre polynomial's second
derivative is greatest at 1, (n + 2)! / (n - 2)! / 8 or about n^4 / 8, so that linear interpolation
errs by a step's square, (2 / 25 n^2)^2, times an eighth of that: -80 dB."""


class Pattern(NamedTuple):
    """The gain of a source or a receiver by direction, in each column.

    Attributes
    ----------
    harmonics
        Shape (harmonic, column), float32, ACN order, SN3D; empty if there is a table, or if the
        gain is 1 everywhere.
    axis
        Unit vector in the room's frame, shape (3,), float32.
    table
        Gain by the cosine of the angle from the axis, -1 to 1 in equal steps, shape
        (cosine, column), float32; empty if it is not alike around an axis.
    """

    harmonics: NDArray[np.float32]
    axis: NDArray[np.float32]
    table: NDArray[np.float32]

    @property
    def is_directed(self) -> bool:
        """Whether it is not alike in all directions."""
        return self.harmonics.size + self.table.size > 0


def alike(num_columns: int) -> Pattern:
    """Return the pattern that is 1 in all directions."""
    nothing = np.zeros((0, num_columns), np.float32)
    return Pattern(nothing, np.array(_FRONT, np.float32), nothing)


def pattern_of(transducer: Transducer, num_bands: int) -> Pattern:
    """Return the pattern of a transducer in the room, with a column for each band."""
    nothing = alike(num_bands)
    if transducer.is_omnidirectional:
        return nothing
    series = axial_series(transducer.coefficients, _FRONT)
    if series is not None and series.shape[1] >= _FEWEST_DEGREES:
        (axis,) = to_room_frame([_FRONT], np.zeros(3), transducer.orientation)
        return nothing._replace(axis=axis.astype(np.float32), table=_table(series, num_bands))
    return nothing._replace(harmonics=_columns(transducer.harmonics(), num_bands))


def _table(series: NDArray[np.float64], num_bands: int) -> NDArray[np.float32]:
    """Return the sums of Legendre polynomials at equal steps, (cosine, band)."""
    cosine = np.linspace(-1.0, 1.0, _STEPS * (series.shape[1] - 1) ** 2 + 1)
    return _columns(legval(cosine, series.T), num_bands)


def _columns(by_band: NDArray[Any], num_bands: int) -> NDArray[np.float32]:
    """Return rows of one band or all as columns of all bands."""
    every_band = np.broadcast_to(by_band, (num_bands, by_band.shape[1]))
    return np.ascontiguousarray(every_band.T, np.float32)


def in_columns(pattern: Pattern, band: NDArray[np.intp]) -> Pattern:
    """Return a pattern with columns for the bands that are asked for."""
    return pattern._replace(
        harmonics=pattern.harmonics.take(band, axis=1), table=pattern.table.take(band, axis=1)
    )
