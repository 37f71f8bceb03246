"""Emitters and receivers of sound: where they are, how they are turned and where they are deaf."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.harmonic_rotation import rotate_harmonics
from simgen.acoustics.rotation import NO_TURN, Quaternion, as_quaternion, to_room_frame
from simgen.acoustics.spherical_harmonics import order_of_harmonics
from simgen.arrays import as_points, as_real
from simgen.errors import ParameterError

if TYPE_CHECKING:
    from simgen.acoustics.bodies import Body

__all__ = ["Transducer", "as_transducers", "facing", "positions"]

_OMNIDIRECTIONAL = ((1.0,),)

LARGEST_GAIN: Final = 1e6
"""Greatest coefficient of a directivity: 120 dB, far from where float32 ends."""


@dataclass(frozen=True, eq=False)
class Transducer:
    """A source of sound, or one channel of a receiver.

    Parameters
    ----------
    position
        In m in the room's frame.
    directivity
        Spherical harmonics of its gain in its own frame, which faces +x, shape (band, harmonic),
        ACN order, SN3D; a single band, or the octave bands of the sample rate. By the direction
        of emission, or of that from which sound arrives. Left out: alike in all directions.
    orientation
        Unit quaternion (w, x, y, z) that takes its frame into the room's.
    body
        What it is mounted on, if that scatters the sound; it then has no directivity of its own.

    Raises
    ------
    ShapeError
        If the position or the directivity is not finite or of another shape.
    ParameterError
        If the orientation is not a unit quaternion, a gain is beyond reason, or it has both a
        body and a directivity.
    """

    position: tuple[float, float, float]
    directivity: ArrayLike = _OMNIDIRECTIONAL
    orientation: Quaternion = NO_TURN
    body: "Body | None" = None

    def __post_init__(self) -> None:
        as_points([self.position], "a transducer's position")
        object.__setattr__(self, "position", tuple(float(x) for x in self.position))
        if self.directivity is not _OMNIDIRECTIONAL:
            self._require_directivity()
        if self.orientation is not NO_TURN:
            object.__setattr__(self, "orientation", as_quaternion(self.orientation))
        if self.body is not None and not self._is_alike:
            raise ParameterError("a transducer on a body has a directivity of its own")

    def _require_directivity(self) -> None:
        """Refuse coefficients that are no spherical harmonics, or beyond reason."""
        order_of_harmonics(self.coefficients.shape[1])
        if np.max(np.abs(self.coefficients), initial=0.0) > LARGEST_GAIN:
            raise ParameterError(
                "a directivity is out of range",
                value=float(np.abs(self.coefficients).max()),
                allowed=f"up to {LARGEST_GAIN:g}",
            )

    @cached_property
    def coefficients(self) -> NDArray[np.float64]:
        """Its directivity in its own frame, shape (band, harmonic)."""
        if self.directivity is _OMNIDIRECTIONAL:
            return np.ones((1, 1))
        return as_real(self.directivity, "directivity", axes=("band", "harmonic"))

    @property
    def num_bands(self) -> int:
        """Number of octave bands of its directivity; 1 if all frequencies are alike."""
        return 1 if self.directivity is _OMNIDIRECTIONAL else len(self.coefficients)

    @property
    def is_omnidirectional(self) -> bool:
        """Whether its gain is 1 in all directions."""
        return self.body is None and self._is_alike

    @cached_property
    def _is_alike(self) -> bool:
        """Whether its own gain is 1 in all directions."""
        if self.directivity is _OMNIDIRECTIONAL:
            return True
        return bool(np.all(self.coefficients == np.eye(1, self.coefficients.shape[1])))

    def harmonics(self) -> NDArray[np.float64]:
        """Return its directivity in the room's frame, shape (band, harmonic)."""
        return facing(self.coefficients, self.orientation)


def as_transducers(given: ArrayLike | Sequence[Transducer], name: str) -> tuple[Transducer, ...]:
    """Return transducers as they are, and positions as omnidirectional transducers.

    Parameters
    ----------
    given
        Transducers, or positions in m, shape (point, 3).
    name
        What they are, for the message.

    Raises
    ------
    ShapeError
        If positions are not finite or not of shape (point, 3).
    """
    if isinstance(given, Sequence) and all(isinstance(one, Transducer) for one in given):
        return tuple(cast("Sequence[Transducer]", given))
    points = as_points(cast("ArrayLike", given), name)
    return tuple(Transducer((x, y, z)) for x, y, z in points.tolist())


def positions(transducers: Sequence[Transducer]) -> NDArray[np.float64]:
    """Return where transducers are in m, shape (transducer, 3)."""
    return np.array([one.position for one in transducers], dtype=np.float64).reshape(-1, 3)


def facing(coefficients: ArrayLike, orientation: Quaternion) -> NDArray[np.float64]:
    """Turn coefficients from a thing's own frame into the room's.

    Parameters
    ----------
    coefficients
        In the frame of the source or microphone, shape (..., harmonic).
    orientation
        Unit quaternion (w, x, y, z) that takes its frame into the room's, as in
        ``to_room_frame``.

    Returns
    -------
    Coefficients for directions in the room's frame, shape (..., harmonic).

    Raises
    ------
    ShapeError
        If coefficients are not finite, or their number is not a square.

    Examples
    --------
    A cardioid turned upside down, by half a turn about y, faces the back.

    >>> facing([0.5, 0.0, 0.0, 0.5], (0.0, 0.0, 1.0, 0.0)).tolist()
    [0.5, 0.0, 0.0, -0.5]
    """
    return rotate_harmonics(coefficients, to_room_frame(np.eye(3), np.zeros(3), orientation).T)
