"""How well distances are estimated, against a constant that knows nothing."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError

__all__ = ["distance_skill", "relative_distance_error"]


def relative_distance_error(estimates: ArrayLike, references: ArrayLike) -> NDArray[np.float64]:
    """Measure errors of distance in parts of the true distance, |estimate - reference|/reference.

    Parameters
    ----------
    estimates, references
        Distances in m, shape (source,); references above 0.

    Returns
    -------
    NDArray
        Relative errors, shape (source,).

    Raises
    ------
    ShapeError
        If the two are not finite arrays of one shape (source,).
    ParameterError
        If a reference is not above 0.

    Examples
    --------
    >>> relative_distance_error([1.5, 3.0], [1.0, 4.0]).tolist()
    [0.5, 0.25]
    """
    estimate, reference = _as_distances(estimates, references)
    return np.asarray(np.abs(estimate - reference) / reference)


def distance_skill(estimates: ArrayLike, references: ArrayLike) -> float:
    """Measure what estimates add to the best constant: 1 - MAE / (MAE of the median).

    The distance of far sources can hardly be observed, so that a constant has a small error; here
    the best constant, the references' own median, earns 0 and the truth 1.

    Parameters
    ----------
    estimates, references
        Distances in m, shape (source,); references above 0.

    Returns
    -------
    float
        The skill, at most 1; NaN without sources, or where all references are equal and a
        constant is the truth.

    Raises
    ------
    ShapeError
        If the two are not finite arrays of one shape (source,).
    ParameterError
        If a reference is not above 0.

    Examples
    --------
    >>> distance_skill([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    0.5
    """
    estimate, reference = _as_distances(estimates, references)
    if reference.size == 0 or np.ptp(reference) == 0.0:
        return float("nan")
    error = np.mean(np.abs(estimate - reference))
    constant_error = np.mean(np.abs(np.median(reference) - reference))
    return float(1.0 - error / constant_error)


def _as_distances(
    estimates: ArrayLike, references: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return estimates and references as finite float64 of one shape (source,)."""
    estimate = as_real(estimates, "estimates", axes=("source",))
    reference = as_real(references, "references", axes=("source",))
    if estimate.shape != reference.shape:
        raise ShapeError(f"estimates has shape {estimate.shape}", allowed=f"{reference.shape}")
    if not np.all(reference > 0.0):
        nearest = float(reference.min())
        raise ParameterError("a reference distance is out of range", value=nearest, allowed="> 0 m")
    return estimate, reference
