"""Submitted azimuths: checked all at once, every fault named, before anything is scored."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, SubmissionError

__all__ = ["MAX_ESTIMATES", "paired_azimuths"]

MAX_ESTIMATES: Final = 64
"""Most estimates a scene may have; far above any number of talkers that can be told apart."""


def paired_azimuths(
    references: Mapping[str, ArrayLike], estimates: Mapping[str, ArrayLike]
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Check a submission and bring it and its references into one order.

    Parameters
    ----------
    references
        True azimuths in rad by item id, each of shape (source,), in any range.
    estimates
        Estimated azimuths in rad by item id, each of shape (estimate,), in any range.

    Returns
    -------
    dict
        By ascending item id, the reference's and the estimate's azimuths in rad, each
        ascending: no sum made of them depends on the order they came in.

    Raises
    ------
    SubmissionError
        If item ids are missing or unknown, or azimuths are not a flat list of at most 64 finite
        real numbers; lists every fault.
    ShapeError
        If the azimuths of a reference are not a one-dimensional array of finite numbers.
    ParameterError
        If there is no reference.
    """
    if not references:
        raise ParameterError("there is no scene to score", fix="Pass at least one reference.")
    faults = tuple(_faults(references, estimates))
    if faults:
        raise SubmissionError(faults)
    return {
        item: (
            np.sort(as_real(references[item], f"reference {item!r}", axes=("source",))),
            np.sort(np.asarray(estimates[item], dtype=np.float64)),
        )
        for item in sorted(references)
    }


def _faults(references: Mapping[str, Any], estimates: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a submission, item by item."""
    for item in sorted({*references, *estimates}, key=str):
        if item not in estimates:
            yield f"{item}: missing; a scene without estimates still needs an empty list"
        elif item not in references:
            yield f"{item}: no such item in this split"
        else:
            fault = _azimuth_fault(estimates[item])
            if fault is not None:
                yield f"{item}: {fault}"


def _azimuth_fault(estimate: Any) -> str | None:
    """Return what keeps one item's azimuths from being scored, if anything does."""
    try:
        azimuths = np.asarray(estimate)
    except ValueError:
        return "the azimuths are nested unevenly (allowed: a flat list of numbers)"
    if azimuths.ndim != 1:
        return f"the azimuths have shape {azimuths.shape} (allowed: (estimate,))"
    if azimuths.dtype.kind not in "iuf" or azimuths.dtype.itemsize > 8:
        return f"the azimuths are of type {azimuths.dtype} (allowed: real numbers, float64 at most)"
    if azimuths.size > MAX_ESTIMATES:
        return f"there are {azimuths.size} azimuths (allowed: at most {MAX_ESTIMATES})"
    unusable = azimuths[~np.isfinite(azimuths)]
    if unusable.size:
        return f"an azimuth is {unusable[0]} (allowed: finite radians)"
    return None
