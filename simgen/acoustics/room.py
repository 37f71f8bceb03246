"""A box room: its size, what its walls absorb, and its air."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import GeometryError, ParameterError, ShapeError

__all__ = ["BoxRoom"]

_WALLS = ("x=0", "x=length", "y=0", "y=width", "floor", "ceiling")


@dataclass(frozen=True)
class BoxRoom:
    """A box room with one corner at the origin.

    Parameters
    ----------
    size
        Length, width and height in m, 0.1 to 1000 each.
    absorption
        Energy absorption of the walls x=0, x=length, y=0, y=width, floor and ceiling, in (0, 1];
        shape (6,) for all frequencies alike, or (6, band) for the octave bands of the sample
        rate. 1 everywhere is the free field.
    speed_of_sound
        In m/s, 100 to 1000.
    air_absorption
        Energy attenuation of the air in 1/m, one value or one for each band; 0 for none.
    image_jitter
        Greatest displacement of each image source along each axis in m, 0 to 0.5; not of the
        source itself. Walls of real rooms are not perfect: in a box whose images stand in rows,
        reflections arrive in sweeps that can be heard.
    jitter_seed
        What displacements are drawn from, 0 or more.

    Raises
    ------
    ShapeError
        If there are not three sides, six walls and matching bands, or a value is not finite.
    GeometryError
        If a side is out of range.
    ParameterError
        If an absorption, the speed or the jitter is out of range.

    References
    ----------
    E. De Sena, N. Antonello, M. Moonen and T. van Waterschoot, "On the modeling of rectangular
    geometries in room acoustic simulations", IEEE/ACM Trans. Audio Speech Lang. Process. 23(4),
    2015 (sweeping echoes, and displaced images against them).
    """

    size: tuple[float, float, float]
    absorption: ArrayLike
    speed_of_sound: float
    air_absorption: tuple[float, ...] = (0.0,)
    image_jitter: float = 0.0
    jitter_seed: int = 0

    def __post_init__(self) -> None:
        if len(as_real(self.size, "the room's size", axes=("3",))) != 3:
            raise ShapeError(f"the room's size has shape ({len(self.size)},)", allowed="(3,)")
        for side, name in zip(self.size, ("length", "width", "height"), strict=True):
            if not 0.1 <= side <= 1000.0:
                raise GeometryError(
                    f"the room's {name} is out of range", value=side, allowed="0.1 to 1000 m"
                )
        for wall, values in zip(_WALLS, self.wall_absorption.tolist(), strict=True):
            for value in values:
                if not 0.0 < value <= 1.0:
                    raise ParameterError(
                        f"the absorption of wall {wall} is out of range",
                        value=value,
                        allowed="above 0, up to 1",
                    )
        if self.wall_absorption.shape[1] == 0 or len(self.air_absorption) == 0:
            raise ShapeError("the walls or the air have no band", allowed="one band or more")
        for value in as_real(self.air_absorption, "the air's absorption", axes=("band",)).tolist():
            require_between(value, "air_absorption", 0.0, 10.0)
        bands = {len(self.air_absorption), self.wall_absorption.shape[1]} - {1}
        if len(bands) > 1:
            raise ShapeError(
                f"the air has {len(self.air_absorption)} bands and the walls "
                f"{self.wall_absorption.shape[1]}"
            )
        require_between(self.speed_of_sound, "speed_of_sound", 100.0, 1000.0)
        require_between(self.image_jitter, "image_jitter", 0.0, 0.5)
        require_between(self.jitter_seed, "jitter_seed", 0, 2**63 - 1)

    @cached_property
    def wall_absorption(self) -> NDArray[np.float64]:
        """Energy absorption of each wall, shape (6, band)."""
        values = np.asarray(self.absorption, dtype=np.float64)
        table = as_real(
            values[:, None] if values.ndim == 1 else values,
            "the room's absorption",
            axes=("6", "band"),
        )
        if len(table) != 6:
            raise ShapeError(
                f"the room's absorption has shape {values.shape}", allowed="(6,) or (6, band)"
            )
        return table

    @property
    def num_bands(self) -> int:
        """Number of octave bands; 1 if all frequencies are alike."""
        return max(len(self.wall_absorption[0]), len(self.air_absorption))

    @property
    def is_anechoic(self) -> bool:
        """Whether every wall absorbs all sound."""
        return bool(np.all(self.wall_absorption == 1.0))

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
