"""Load a design as little as a gain cap allows.

Loading is what a design adds to the power that it minimises, in proportion to the loudspeakers'
own power: the more of it, the smaller and the more forgiving of errors are the filters.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ParameterError

__all__ = ["largest_gain", "least_loaded", "mean_diagonal", "require_loading"]

_HALVINGS: Final = 40
"""Ten decades of loading are then found to 2e-11 of their logarithm."""


def largest_gain(filters: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the largest singular value at each frequency, shape (frequency,)."""
    return np.asarray(np.linalg.svd(filters, compute_uv=False)[:, 0], dtype=np.float64)


def mean_diagonal(power: NDArray[np.complex128], name: str) -> NDArray[np.float64]:
    """Return the mean diagonal of matrices (frequency, loudspeaker, loudspeaker).

    Raises
    ------
    ParameterError
        If it is zero: then nothing says what loading is small.
    """
    level = np.asarray(np.trace(power, axis1=1, axis2=2).real / power.shape[1])
    if not np.all(level > 0.0):
        raise ParameterError(f"{name} are silent at frequency", value=int(np.argmin(level)))
    return level


def require_loading(loading: float, name: str) -> None:
    """Refuse a relative loading that is not finite or not above 0.

    Raises
    ------
    ParameterError
        If it is not a finite number above 0.
    """
    if not (isinstance(loading, (int, float, np.number)) and 0.0 < loading < np.inf):
        raise ParameterError(f"{name} is out of range", value=loading, allowed="more than 0")


def least_loaded(
    design: Callable[[NDArray[np.float64]], NDArray[np.complex128]],
    gain_cap: float,
    *,
    lowest: NDArray[np.float64],
    highest: NDArray[np.float64],
) -> NDArray[np.complex128]:
    """Return the filters of the least loading whose largest gain is within the cap.

    Parameters
    ----------
    design
        Makes filters (frequency, loudspeaker, input) from the loading at each frequency; their
        gain falls as the loading rises.
    gain_cap
        Largest gain in the unit of the filters.
    lowest, highest
        Between these loadings, above 0, shape (frequency,).

    Returns
    -------
    ndarray
        Filters, complex, shape (frequency, loudspeaker, input): those of ``highest`` where even
        they exceed the cap.
    """
    over = largest_gain(design(lowest)) > gain_cap
    low, high = lowest, np.where(over, highest, lowest)
    for _ in range(_HALVINGS if np.any(over) else 0):
        middle = np.sqrt(low * high)
        over = largest_gain(design(middle)) > gain_cap
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return design(high)
