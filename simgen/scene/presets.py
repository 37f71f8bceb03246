"""Devices of loudspeakers by name: typical sizes, each with its reason.

A device faces its +x, towards its listener, and its drivers are listed as the listener who looks at
it sees them, from left (its -y) to right: a left channel goes to the first one.

A driver in a small box is a cap on a sphere of the box's size: it beams as its diaphragm is wide,
and its box shades what is behind.
"""

import math
from typing import Final, Literal

from simgen.scene.device import Driver
from simgen.scene.directivity import Cap
from simgen.scene.orientation import quaternion_from_angles

__all__ = ["PRESETS", "PresetName"]

PresetName = Literal[
    "stereo_pair", "two_driver_15cm", "five_driver_bar", "three_driver_beam", "smart_speaker"
]

_STEREO_ANGLE: Final = math.radians(30.0)
"""From the middle to either loudspeaker, as the listener sees them (ITU-R BS.775)."""

_STEREO_DISTANCE: Final = 2.0
"""From the listener to either loudspeaker in m, and to the middle of the device: the least at which
ITU-R BS.1116 has loudspeakers stand."""


def _cap(diaphragm: float, box: float) -> Cap:
    """Return a driver with a diaphragm of a radius in m in a box of a sphere's radius in m."""
    return Cap(sphere_radius=box, half_angle=math.asin(diaphragm / box))


_BOOKSHELF: Final = _cap(0.065, 0.134)
"""A woofer of 16 cm, whose cone has a radius of 6.5 cm, in a box of 10 litres: a sphere of
13.4 cm."""

_FULL_RANGE: Final = _cap(0.02, 0.0375)
"""A full-range driver of 2 inches, whose cone has a radius of 2 cm, in a box 7.5 cm high."""

_TWEETER: Final = _cap(0.0125, 0.03)
"""A dome of one inch in a box 6 cm high."""


def _on_a_line(width: float, count: int, directivity: Cap) -> tuple[Driver, ...]:
    """Return drivers evenly along y, all facing +x."""
    places = (width * (number / (count - 1) - 0.5) for number in range(count))
    return tuple(Driver(position=(0.0, y, 0.0), directivity=directivity) for y in places)


def _stereo_pair() -> tuple[Driver, ...]:
    """Return two loudspeakers that face a listener in front of the device."""
    x = _STEREO_DISTANCE * (1.0 - math.cos(_STEREO_ANGLE))
    y = _STEREO_DISTANCE * math.sin(_STEREO_ANGLE)
    return tuple(
        Driver(
            position=(x, side * y, 0.0),
            orientation=quaternion_from_angles(-side * _STEREO_ANGLE),
            directivity=_BOOKSHELF,
        )
        for side in (-1.0, 1.0)
    )


_CYLINDER_RADIUS: Final = 0.05
"""Of a smart speaker in m; those on sale are some 10 cm wide."""

_CYLINDER_HEIGHT: Final = 0.16
"""Of a smart speaker in m; those on sale are some 15 to 18 cm high."""


def _smart_speaker() -> tuple[Driver, ...]:
    """Return drivers on the side and the top of an upright cylinder about the origin."""
    quarter_turn = math.pi / 2.0
    faces = (
        ((0.0, -_CYLINDER_RADIUS, 0.0), quaternion_from_angles(-quarter_turn)),
        ((0.0, _CYLINDER_RADIUS, 0.0), quaternion_from_angles(quarter_turn)),
        ((_CYLINDER_RADIUS, 0.0, 0.0), quaternion_from_angles(0.0)),
        ((0.0, 0.0, _CYLINDER_HEIGHT / 2.0), quaternion_from_angles(0.0, quarter_turn)),
    )
    directivity = _cap(0.02, _CYLINDER_RADIUS)
    return tuple(
        Driver(position=place, orientation=turn, directivity=directivity) for place, turn in faces
    )


PRESETS: Final[dict[PresetName, tuple[Driver, ...]]] = {
    "stereo_pair": _stereo_pair(),
    "two_driver_15cm": _on_a_line(0.15, 2, _FULL_RANGE),
    "five_driver_bar": _on_a_line(0.30, 5, _FULL_RANGE),
    "three_driver_beam": _on_a_line(0.12, 3, _TWEETER),
    "smart_speaker": _smart_speaker(),
}
"""The drivers of each device by name: a pair that stands where stereo has it, a laptop or tablet
15 cm wide, a bar under a small screen, an array that forms beams with half a wavelength of 6 cm
up to 2.9 kHz, and a cylinder on a table (left, right, front, up)."""
