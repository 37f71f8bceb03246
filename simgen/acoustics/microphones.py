"""Microphone arrangements: places in the array's own frame, and arrays that are more than that."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.bodies import RigidSphere
from simgen.acoustics.directivity import ambisonic_receiver
from simgen.acoustics.rotation import NO_TURN, Quaternion, to_room_frame
from simgen.acoustics.spherical_harmonics import as_directions
from simgen.acoustics.transducers import Transducer
from simgen.arrays import require_between, require_whole

__all__ = [
    "ambisonic_microphone",
    "circular_array",
    "linear_array",
    "pentakis_dodecahedron",
    "rigid_sphere_array",
]

MOST_MICROPHONES: Final = 4096
"""Most microphones of an arrangement: four times the largest array known (E. Weinstein, K. Steele,
A. Agarwal and J. Glass, "LOUD: a 1020-node microphone array and acoustic beamformer", Proc. ICSV
2007)."""

LARGEST_EXTENT: Final = 1000.0
"""Greatest radius or spacing in m: the longest room's side."""


def circular_array(count: int, radius: float) -> NDArray[np.float64]:
    """Place microphones evenly on a horizontal circle, the first on +x.

    Parameters
    ----------
    count
        Number of microphones, 1 to 4096.
    radius
        Radius of the circle in m, 0 to 1000.

    Returns
    -------
    Positions in m, shape (count, 3).

    Raises
    ------
    ParameterError
        If the count or the radius is out of range.

    Examples
    --------
    >>> circular_array(4, 1.0).round(9)[1].tolist()
    [0.0, 1.0, 0.0]
    """
    require_whole(count, "the number of microphones", 1, MOST_MICROPHONES)
    require_between(radius, "the circle's radius", 0.0, LARGEST_EXTENT)
    azimuth = 2.0 * np.pi * np.arange(count) / count
    return np.stack([radius * np.cos(azimuth), radius * np.sin(azimuth), np.zeros(count)], axis=1)


def linear_array(count: int, spacing: float) -> NDArray[np.float64]:
    """Place microphones evenly along y, centred on the origin, the first at the least y.

    Parameters
    ----------
    count
        Number of microphones, 1 to 4096.
    spacing
        Distance between neighbours in m, 0 to 1000.

    Returns
    -------
    Positions in m, shape (count, 3).

    Raises
    ------
    ParameterError
        If the count or the spacing is out of range.

    Examples
    --------
    >>> linear_array(3, 0.05)[:, 1].tolist()
    [-0.05, 0.0, 0.05]
    """
    require_whole(count, "the number of microphones", 1, MOST_MICROPHONES)
    require_between(spacing, "the line's spacing", 0.0, LARGEST_EXTENT)
    positions = np.zeros((count, 3))
    positions[:, 1] = spacing * (np.arange(count) - (count - 1) / 2.0)
    return positions


def pentakis_dodecahedron() -> NDArray[np.float64]:
    """Return 32 directions spread evenly: the corners of a dodecahedron and of an icosahedron.

    Returns
    -------
    Unit vectors, shape (32, 3), the 20 of the dodecahedron first.

    References
    ----------
    J. Meyer and G. Elko, "A highly scalable spherical microphone array based on an orthonormal
    decomposition of the soundfield", Proc. IEEE ICASSP 2002: 32 microphones at the faces of a
    truncated icosahedron, which are these directions.
    """
    golden = (1.0 + math.sqrt(5.0)) / 2.0
    signs = [(a, b) for a in (1.0, -1.0) for b in (1.0, -1.0)]
    cube = [(a, b, c) for a, b in signs for c in (1.0, -1.0)]
    dodecahedron = [(0.0, a / golden, b * golden) for a, b in signs]
    icosahedron = [(0.0, a * golden, b) for a, b in signs]
    corners = cube + [np.roll(corner, k) for k in range(3) for corner in dodecahedron]
    corners += [np.roll(corner, k) for k in range(3) for corner in icosahedron]
    places = np.array(corners)
    return np.asarray(places / np.sqrt(np.sum(places * places, axis=1, keepdims=True)))


def rigid_sphere_array(
    center: tuple[float, float, float],
    radius: float,
    directions: ArrayLike,
    orientation: Quaternion = NO_TURN,
) -> tuple[Transducer, ...]:
    """Return microphones on the surface of a rigid sphere.

    Parameters
    ----------
    center
        In m in the room's frame.
    radius
        In m, 0.001 to 1.
    directions
        From the centre to each microphone, unit vectors in the array's frame, shape
        (microphone, 3).
    orientation
        Unit quaternion that takes the array's frame into the room's.

    Raises
    ------
    ShapeError
        If directions are not finite or not of shape (microphone, 3).
    ParameterError
        If the radius is out of range, or a direction is not a unit vector.
    """
    sphere = RigidSphere(center, radius)
    places = to_room_frame(radius * as_directions(directions), center, orientation)
    return tuple(Transducer((x, y, z), body=sphere) for x, y, z in places.tolist())


def ambisonic_microphone(
    position: tuple[float, float, float], order: int, orientation: Quaternion = NO_TURN
) -> tuple[Transducer, ...]:
    """Return a receiver whose channels are the spherical harmonics of the sound field.

    Parameters
    ----------
    position
        In m in the room's frame.
    order
        1 to 7.
    orientation
        Unit quaternion that takes its frame into the room's.

    Returns
    -------
    (order + 1)^2 channels in ACN order, SN3D (AmbiX).

    Raises
    ------
    ParameterError
        If the order is out of range.
    """
    return tuple(
        Transducer(position, harmonic[None], orientation) for harmonic in ambisonic_receiver(order)
    )
