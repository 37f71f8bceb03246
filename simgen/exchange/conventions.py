"""Convert directions between simgen's convention and those of other tools and datasets.

A direction of arrival (DOA) is a unit vector from the array to the source; x front, y left, z up.
All azimuths run counter-clockwise seen from above. The same directions, in degrees:

=========  ===========  ==================  ====================  =====================  ========
direction  DOA          simgen              LOCATA                pyroomacoustics        DCASE
                        azimuth, elevation  azimuth, inclination  azimuth, colatitude    azimuth,
                                                                                         elevation
=========  ===========  ==================  ====================  =====================  ========
front      (1, 0, 0)    0, 0                -90, 90               0, 90                  0, 0
left       (0, 1, 0)    90, 0               0, 90                 90, 90                 90, 0
back       (-1, 0, 0)   180, 0              90, 90                180, 90                180, 0
right      (0, -1, 0)   -90, 0              180, 90               -90, 90                -90, 0
up         (0, 0, 1)    0, 90               -90, 0                0, 0                   0, 90
down       (0, 0, -1)   0, -90              -90, 180              0, 180                 0, -90
=========  ===========  ==================  ====================  =====================  ========

Straight up and down any azimuth is right; simgen writes that of the front. Angles are in radians
except DCASE's, and azimuths are returned in (-pi, pi], or (-180, 180] degrees.

References
----------
LOCATA: C. Evers et al., "The LOCATA Challenge: acoustic source localization and tracking",
IEEE/ACM Trans. Audio, Speech, Lang. Process. 28, 2020; its software names the inclination
"elevation" (``mycart2sph.m`` of the LOCATA input/output framework).
pyroomacoustics 0.10: ``pyroomacoustics.doa.cart2spher``.
DCASE: Challenge 2024, task 3, metadata of the data set STARSS23: whole degrees, azimuth 90 at the
left, elevation up, distance in centimetres.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError
from simgen.units import wrap_azimuth

__all__ = [
    "dcase_from_doa",
    "doa_from_dcase",
    "doa_from_locata",
    "doa_from_pyroomacoustics",
    "locata_from_doa",
    "pyroomacoustics_from_doa",
]

LARGEST_LENGTH_ERROR: Final = 1e-6
"""Deviation from 1 that a unit vector's length may have (float32 storage rounds at 6e-8)."""

_CENTIMETRES_PER_METRE: Final = 100.0


def doa_from_locata(azimuth: ArrayLike, inclination: ArrayLike) -> NDArray[np.float64]:
    """Turn LOCATA's azimuth from +y and inclination from +z into unit vectors.

    Parameters
    ----------
    azimuth
        Azimuths from +y in radians, shape (...).
    inclination
        Angles from +z in radians, 0 to pi, shape (...).

    Returns
    -------
    ndarray
        Unit vectors from the array to the source, shape (..., 3).

    Raises
    ------
    ShapeError
        If the shapes differ or a value is not finite.
    ParameterError
        If an inclination is out of range.

    Examples
    --------
    >>> doa_from_locata(0.0, np.pi / 2).round(9).tolist()
    [0.0, 1.0, 0.0]
    """
    azimuth, inclination = _angles(azimuth=azimuth, inclination=inclination)
    _require_within(inclination, "inclination in rad", 0.0, np.pi)
    return _unit_vectors(azimuth + np.pi / 2.0, np.pi / 2.0 - inclination)


def locata_from_doa(doa: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn unit vectors into LOCATA's azimuth from +y and inclination from +z.

    Parameters
    ----------
    doa
        Unit vectors from the array to the source, shape (..., 3).

    Returns
    -------
    azimuth, inclination
        Angles in radians, each of shape (...).

    Raises
    ------
    ShapeError
        If ``doa`` does not hold unit vectors.

    Examples
    --------
    >>> azimuth, inclination = locata_from_doa([1.0, 0.0, 0.0])
    >>> float(np.rad2deg(azimuth)), float(np.rad2deg(inclination))
    (-90.0, 90.0)
    """
    azimuth, elevation = _azimuth_and_elevation(doa)
    return wrap_azimuth(azimuth - np.pi / 2.0), np.pi / 2.0 - elevation


def doa_from_pyroomacoustics(azimuth: ArrayLike, colatitude: ArrayLike) -> NDArray[np.float64]:
    """Turn pyroomacoustics' azimuth from +x and colatitude from +z into unit vectors.

    Parameters
    ----------
    azimuth
        Azimuths from +x in radians, shape (...).
    colatitude
        Angles from +z in radians, 0 to pi, shape (...).

    Returns
    -------
    ndarray
        Unit vectors from the array to the source, shape (..., 3).

    Raises
    ------
    ShapeError
        If the shapes differ or a value is not finite.
    ParameterError
        If a colatitude is out of range.
    """
    azimuth, colatitude = _angles(azimuth=azimuth, colatitude=colatitude)
    _require_within(colatitude, "colatitude in rad", 0.0, np.pi)
    return _unit_vectors(azimuth, np.pi / 2.0 - colatitude)


def pyroomacoustics_from_doa(doa: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn unit vectors into pyroomacoustics' azimuth from +x and colatitude from +z.

    Parameters
    ----------
    doa
        Unit vectors from the array to the source, shape (..., 3).

    Returns
    -------
    azimuth, colatitude
        Angles in radians, each of shape (...).

    Raises
    ------
    ShapeError
        If ``doa`` does not hold unit vectors.
    """
    azimuth, elevation = _azimuth_and_elevation(doa)
    return azimuth, np.pi / 2.0 - elevation


def doa_from_dcase(
    azimuth_deg: ArrayLike, elevation_deg: ArrayLike, distance_cm: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn DCASE's degrees and centimetres into unit vectors and distances.

    Parameters
    ----------
    azimuth_deg
        Azimuths from the front in degrees, -180 to 180, shape (...).
    elevation_deg
        Elevations in degrees, -90 to 90, shape (...).
    distance_cm
        Distances in centimetres, shape (...).

    Returns
    -------
    doa, distance
        Unit vectors, shape (..., 3), and distances in m, shape (...).

    Raises
    ------
    ShapeError
        If the shapes differ or a value is not finite.
    ParameterError
        If a value is out of range.
    """
    azimuth_deg, elevation_deg, distance_cm = _angles(
        azimuth_deg=azimuth_deg, elevation_deg=elevation_deg, distance_cm=distance_cm
    )
    _require_within(azimuth_deg, "azimuth in degrees", -180.0, 180.0)
    _require_within(elevation_deg, "elevation in degrees", -90.0, 90.0)
    _require_within(distance_cm, "distance in cm", 0.0, np.inf)
    doa = _unit_vectors(np.deg2rad(azimuth_deg), np.deg2rad(elevation_deg))
    return doa, distance_cm / _CENTIMETRES_PER_METRE


def dcase_from_doa(
    doa: ArrayLike, distance: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Turn unit vectors and distances into DCASE's whole degrees and centimetres.

    Parameters
    ----------
    doa
        Unit vectors from the array to the source, shape (..., 3).
    distance
        Distances in m, shape (...).

    Returns
    -------
    azimuth_deg, elevation_deg, distance_cm
        Azimuths in (-180, 180] degrees, elevations in degrees and distances in cm, rounded to
        the nearest integer, each of shape (...).

    Raises
    ------
    ShapeError
        If ``doa`` does not hold unit vectors or the shapes do not belong together.
    ParameterError
        If a distance is negative.

    Examples
    --------
    >>> [int(number) for number in dcase_from_doa([0.0, 1.0, 0.0], 1.5)]
    [90, 0, 150]
    """
    azimuth, elevation = _azimuth_and_elevation(doa)
    azimuth, elevation, distance = _angles(azimuth=azimuth, elevation=elevation, distance=distance)
    _require_within(distance, "distance in m", 0.0, np.inf)
    azimuth_deg = _whole(np.rad2deg(azimuth))
    azimuth_deg = np.where(azimuth_deg == -180, 180, azimuth_deg)
    return azimuth_deg, _whole(np.rad2deg(elevation)), _whole(distance * _CENTIMETRES_PER_METRE)


def _angles(**values: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Return finite float64 arrays of one common shape."""
    arrays = [
        as_real(value, name, axes=("...",) * np.ndim(value)) for name, value in values.items()
    ]
    shapes = [array.shape for array in arrays]
    if len(set(shapes)) > 1:
        names = ", ".join(values)
        raise ShapeError(f"{names} have different shapes", value=shapes, allowed="one shape")
    return tuple(arrays)


def _azimuth_and_elevation(doa: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Azimuth from +x and elevation in radians of unit vectors, each (...)."""
    vectors = as_real(doa, "doa", axes=("...",) * (np.ndim(doa) - 1) + ("3",))
    if vectors.shape[-1] != 3:
        raise ShapeError(f"doa has shape {vectors.shape}", allowed="(..., 3)")
    lengths = np.linalg.norm(vectors, axis=-1)
    if np.any(np.abs(lengths - 1.0) > LARGEST_LENGTH_ERROR):
        worst = float(lengths.flat[np.argmax(np.abs(lengths - 1.0))])
        raise ShapeError("doa holds a vector that is not a unit vector, of length", value=worst)
    x, y, z = np.moveaxis(vectors, -1, 0)
    return wrap_azimuth(np.arctan2(y, x)), np.arctan2(z, np.hypot(x, y))


def _unit_vectors(
    azimuth: NDArray[np.float64], elevation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return unit vectors (..., 3) of azimuths from +x and elevations in radians, each (...)."""
    horizontal = np.cos(elevation)
    return np.stack(
        [horizontal * np.cos(azimuth), horizontal * np.sin(azimuth), np.sin(elevation)], axis=-1
    )


def _require_within(values: NDArray[np.float64], name: str, low: float, high: float) -> None:
    """Refuse an array with a value outside [low, high]."""
    outside = values[(values < low) | (values > high)]
    if outside.size:
        raise ParameterError(
            f"{name} is out of range", value=float(outside[0]), allowed=f"{low:g} to {high:g}"
        )


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round to the nearest integer."""
    return np.rint(values).astype(np.int64)
