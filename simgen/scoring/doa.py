"""Errors between directions of arrival: azimuths in radians, or unit vectors."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ShapeError

__all__ = ["azimuth_error", "azimuth_error_matrix", "great_circle_error"]

_UNIT_TOLERANCE = 1e-3
"""Largest departure of a unit vector's length from 1; covers vectors written to four decimals."""


def azimuth_error(estimate: ArrayLike, reference: ArrayLike) -> NDArray[np.float64]:
    """Measure the absolute angle between azimuths, the short way round.

    Parameters
    ----------
    estimate, reference
        Azimuths in rad, in any range; their shapes broadcast.

    Returns
    -------
    NDArray
        Errors in rad, in [0, pi], exactly symmetric in the two arguments.

    Examples
    --------
    >>> float(np.rad2deg(azimuth_error(np.deg2rad(359.0), np.deg2rad(1.0))).round(9))
    2.0
    """
    turned = np.abs(np.asarray(estimate, dtype=np.float64) - np.asarray(reference))
    turned = np.mod(turned, 2.0 * np.pi)
    return np.asarray(np.minimum(turned, 2.0 * np.pi - turned))


def azimuth_error_matrix(references: ArrayLike, estimates: ArrayLike) -> NDArray[np.float64]:
    """Measure every reference azimuth against every estimate.

    Parameters
    ----------
    references
        Azimuths in rad, shape (reference,).
    estimates
        Azimuths in rad, shape (estimate,).

    Returns
    -------
    NDArray
        Errors in rad, in [0, pi], shape (reference, estimate).

    Raises
    ------
    ShapeError
        If either is not a one-dimensional array of finite numbers.
    """
    reference = as_real(references, "references", axes=("reference",))
    estimate = as_real(estimates, "estimates", axes=("estimate",))
    return azimuth_error(estimate[np.newaxis, :], reference[:, np.newaxis])


def great_circle_error(u: ArrayLike, v: ArrayLike) -> NDArray[np.float64]:
    """Measure the angle between directions on the sphere.

    Computed as atan2(|u x v|, u.v), which equals arccos(u.v) for unit vectors but keeps full
    precision near 0 and pi, where the arccosine rounds errors below 1e-8 rad to zero.

    Parameters
    ----------
    u, v
        Unit vectors, shapes (..., 3) that broadcast.

    Returns
    -------
    NDArray
        Angles in rad, in [0, pi], shape (...).

    Raises
    ------
    ShapeError
        If the last axis is not 3 long or a vector's length is not 1 within 0.001. A vector of
        length zero has no direction; it is refused lest it score as a perfect estimate.

    Examples
    --------
    >>> float(great_circle_error([1.0, 0.0, 0.0], [0.0, 0.0, 1.0])) == np.pi / 2
    True
    """
    first, second = _as_unit_vectors(u, "u"), _as_unit_vectors(v, "v")
    across = np.linalg.norm(np.linalg.cross(first, second), axis=-1)
    along = np.sum(first * second, axis=-1)
    return np.asarray(np.arctan2(across, along))


def _as_unit_vectors(vectors: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return directions as float64, refusing anything that is not of unit length."""
    directions = np.asarray(vectors, dtype=np.float64)
    if directions.ndim == 0 or directions.shape[-1] != 3:
        raise ShapeError(f"{name} has shape {directions.shape}", allowed="(..., 3)")
    lengths = np.linalg.norm(directions, axis=-1)
    wrong = ~(np.abs(lengths - 1.0) <= _UNIT_TOLERANCE)
    if np.any(wrong):
        length = float(np.atleast_1d(lengths)[np.atleast_1d(wrong)][0])
        raise ShapeError(f"{name} holds a vector whose length is not 1", value=length)
    return directions
