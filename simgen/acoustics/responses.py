"""Room impulse responses between sources and microphones in a box room."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_points, as_real, require_between
from simgen.errors import GeometryError, ParameterError, ShapeError

__all__ = ["BoxRoom", "box_responses", "response_length"]

SHORTEST_DISTANCE = 0.01
"""Least distance from a source to a microphone in m: nearer, a point source means nothing."""

_WALLS = ("x=0", "x=length", "y=0", "y=width", "floor", "ceiling")


@dataclass(frozen=True)
class BoxRoom:
    """A box room with one corner at the origin.

    Parameters
    ----------
    size
        Length, width and height in m, 0.1 to 1000 each.
    absorption
        Energy absorption of the walls x=0, x=length, y=0, y=width, floor and ceiling,
        in (0, 1]; 1 everywhere is the free field.
    speed_of_sound
        In m/s, 100 to 1000.

    Raises
    ------
    ShapeError
        If there are not three sides and six absorptions, or one is not finite.
    GeometryError
        If a side is out of range.
    ParameterError
        If an absorption or the speed is out of range.
    """

    size: tuple[float, float, float]
    absorption: tuple[float, float, float, float, float, float]
    speed_of_sound: float

    def __post_init__(self) -> None:
        for values, name, count in (
            (self.size, "the room's size", 3),
            (self.absorption, "the room's absorption", 6),
        ):
            if len(as_real(values, name, axes=(str(count),))) != count:
                raise ShapeError(f"{name} has shape ({len(values)},)", allowed=f"({count},)")
        for side, name in zip(self.size, ("length", "width", "height"), strict=True):
            if not 0.1 <= side <= 1000.0:
                raise GeometryError(
                    f"the room's {name} is out of range", value=side, allowed="0.1 to 1000 m"
                )
        for value, wall in zip(self.absorption, _WALLS, strict=True):
            if not 0.0 < value <= 1.0:
                raise ParameterError(
                    f"the absorption of wall {wall} is out of range",
                    value=value,
                    allowed="above 0, up to 1",
                )
        require_between(self.speed_of_sound, "speed_of_sound", 100.0, 1000.0)

    @property
    def is_anechoic(self) -> bool:
        """Whether every wall absorbs all sound."""
        return all(value == 1.0 for value in self.absorption)

    def require_inside(self, points: NDArray[np.float64], name: str) -> None:
        """Refuse points that are not strictly inside the room.

        Raises
        ------
        GeometryError
            Naming the first point in a wall or outside.
        """
        outside = ~np.all((points > 0.0) & (points < np.array(self.size)), axis=1)
        if np.any(outside):
            k = int(np.argmax(outside))
            box = ", ".join(
                f"0 < {axis} < {side:.4g}" for axis, side in zip("xyz", self.size, strict=True)
            )
            raise GeometryError(
                f"{name} {k} is not inside the room",
                value=tuple(round(float(x), 4) for x in points[k]),
                allowed=f"{box} m",
            )


def box_responses(
    room: BoxRoom,
    sources: ArrayLike,
    microphones: ArrayLike,
    *,
    sample_rate: int,
    num_samples: int,
) -> NDArray[np.float32]:
    """Compute the impulse responses from omnidirectional sources to microphones.

    Every image source within the response's length contributes its delayed impulse of
    amplitude (product of reflection factors) / (4 pi r), with the reflection factor
    sqrt(1 - absorption) at each wall met.

    Parameters
    ----------
    room
        The room.
    sources
        Positions in m, shape (source, 3).
    microphones
        Positions in m, shape (microphone, 3).
    sample_rate
        In Hz.
    num_samples
        Length of each response.

    Returns
    -------
    Responses, shape (source, microphone, sample), float32. Sample 0 is the instant of
    emission: the direct sound at distance r lies at r / c.

    Raises
    ------
    ShapeError
        If positions are not finite or not of shape (point, 3).
    GeometryError
        If something is outside the room, or a source is on top of a microphone.
    ParameterError
        If the sample rate or length is out of range.

    References
    ----------
    J. B. Allen and D. A. Berkley, "Image method for efficiently simulating small-room
    acoustics", J. Acoust. Soc. Am. 65(4), 1979, eqs. (8) to (10).
    """
    source_points = as_points(sources, "sources")
    microphone_points = as_points(microphones, "microphones")
    require_between(sample_rate, "sample_rate", 1000, 768_000)
    require_between(num_samples, "num_samples", 1, 2**26)
    room.require_inside(source_points, "source")
    room.require_inside(microphone_points, "microphone")
    _require_apart(source_points, microphone_points)

    from simgen.acoustics.pyroomacoustics_engine import image_source_responses

    return image_source_responses(
        room, source_points, microphone_points, sample_rate=sample_rate, num_samples=num_samples
    )


def response_length(
    room: BoxRoom, t60: float, sources: ArrayLike, microphones: ArrayLike, *, sample_rate: int
) -> int:
    """Return the length that holds the direct sound and ``t60`` seconds of decay after it.

    Parameters
    ----------
    room
        The room.
    t60
        Reverberation time in s; 0 in the free field.
    sources, microphones
        Positions in m, shape (point, 3).
    sample_rate
        In Hz.

    Returns
    -------
    Number of samples.
    """
    offsets = as_points(sources, "sources")[:, None] - as_points(microphones, "microphones")[None]
    farthest = float(np.max(np.linalg.norm(offsets, axis=-1), initial=0.0))
    return int(np.ceil((farthest / room.speed_of_sound + t60) * sample_rate)) + KERNEL_TAIL


KERNEL_TAIL = 41
"""Samples after its delay over which a band-limited impulse still rings (81-tap kernel)."""


def _require_apart(sources: NDArray[np.float64], microphones: NDArray[np.float64]) -> None:
    """Refuse a source on top of a microphone."""
    distances = np.linalg.norm(sources[:, None] - microphones[None], axis=-1)
    if distances.size and distances.min() < SHORTEST_DISTANCE:
        source, microphone = np.unravel_index(np.argmin(distances), distances.shape)
        raise GeometryError(
            f"source {source} is on top of microphone {microphone}: their distance is too small",
            value=float(distances.min()),
            allowed=f"at least {SHORTEST_DISTANCE} m",
        )
