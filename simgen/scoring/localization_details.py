"""What a page about a localiser shows beside its scores: where errors lie, and in which sector.

Nothing here ranks, so nothing here belongs to a protocol; the words mean what they mean in
`simgen.scoring.localization`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.scoring.association import associate
from simgen.scoring.doa import azimuth_error_matrix
from simgen.scoring.localization import GATE_TOLERANCE
from simgen.scoring.regions import sector_of
from simgen.scoring.submission import paired_azimuths

__all__ = ["EDGES_DEG", "localization_details"]

EDGES_DEG: Final = (
    *(0.0, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7),
    *(1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    *(10.0, 15.0, 20.0, 30.0, 50.0, 70.0),
    *(100.0, 180.0),
)
"""Classes of error, about half as wide again each: errors spread over three orders of magnitude."""

RECALL_GATE_DEG: Final = 10.0
"""Largest error at which a sector's recall counts a source as found: the middle gate."""

_DECIMALS: Final = 9
"""Decimals written out, as for scores."""


_Scene = tuple[NDArray[np.float64], NDArray[np.float64]]
"""True and estimated azimuths in rad, (source,) and (estimate,)."""


@dataclass(frozen=True)
class _Sources:
    """Every source of every scene, one after another; each field of shape (source,).

    Attributes
    ----------
    sector
        Where it is.
    num_sources
        How many sources its scene has.
    error_deg
        How far its estimate is off, paired by least total error however far; NaN without one.
    is_found
        Whether it has an estimate within the gate.
    """

    sector: NDArray[np.intp]
    num_sources: NDArray[np.intp]
    error_deg: NDArray[np.float64]
    is_found: NDArray[np.bool_]


def localization_details(
    references: Mapping[str, ArrayLike],
    estimates: Mapping[str, ArrayLike],
    *,
    num_sectors: int = 8,
) -> dict[str, Any]:
    """Count errors by size, and recall and error by sector and number of sources.

    Parameters
    ----------
    references, estimates, num_sectors
        As :func:`simgen.scoring.localization.score_localization` takes them.

    Returns
    -------
    dict
        Plain values for JSON. ``error_histogram``: ``edges_deg`` and ``counts`` of the pairs of
        least total error, an error on an edge in the class above it (at 180 degrees below).
        ``regions``: for each sector that holds a source in scenes of some number of sources,
        ``sector``, ``num_sources``, how many there are (``count``), their ``recall`` within 10
        degrees and their ``absolute_doa_error_deg``, the mean over pairs of least total error,
        None without any.

    Raises
    ------
    SubmissionError, ShapeError, ParameterError
        As ``score_localization`` does.

    Examples
    --------
    >>> details = localization_details({"0": [0.1, 3.0]}, {"0": [0.1]})
    >>> sum(details["error_histogram"]["counts"])
    1
    >>> [(region["sector"], region["recall"]) for region in details["regions"]]
    [(0, 1.0), (3, 0.0)]
    """
    sources = _sources(list(paired_azimuths(references, estimates).values()), num_sectors)
    errors = sources.error_deg[~np.isnan(sources.error_deg)]
    counts, _ = np.histogram(errors, bins=EDGES_DEG)
    cells = sorted(set(zip(sources.sector.tolist(), sources.num_sources.tolist(), strict=True)))
    return {
        "error_histogram": {"edges_deg": list(EDGES_DEG), "counts": counts.tolist()},
        "regions": [_region(sources, *cell) for cell in cells],
    }


def _sources(scenes: Sequence[_Scene], num_sectors: int) -> _Sources:
    """Describe the sources of all scenes."""
    answered = [_answered(*scene) for scene in scenes]
    sizes = np.array([reference.size for reference, _ in scenes])
    return _Sources(
        sector=sector_of(np.concatenate([reference for reference, _ in scenes]), num_sectors),
        num_sources=np.repeat(sizes, sizes),
        error_deg=np.concatenate([error_deg for error_deg, _ in answered]),
        is_found=np.concatenate([is_found for _, is_found in answered]),
    )


def _answered(
    reference: NDArray[np.float64], estimate: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how far off each source of a scene is, and whether it is found, each (source,)."""
    errors = azimuth_error_matrix(reference, estimate)
    paired, answers = associate(errors)
    error_deg = np.full(reference.size, np.nan)
    error_deg[paired] = np.minimum(np.rad2deg(errors[paired, answers]), EDGES_DEG[-1])
    is_found = np.zeros(reference.size, dtype=np.bool_)
    found, _ = associate(errors, np.deg2rad(RECALL_GATE_DEG) + GATE_TOLERANCE)
    is_found[found] = True
    return error_deg, is_found


def _region(sources: _Sources, sector: int, num_sources: int) -> dict[str, Any]:
    """Score the sources in one sector, of scenes with one number of sources."""
    inside = (sources.sector == sector) & (sources.num_sources == num_sources)
    errors = sources.error_deg[inside]
    paired = errors[~np.isnan(errors)]
    return {
        "sector": sector,
        "num_sources": num_sources,
        "count": int(np.count_nonzero(inside)),
        "recall": round(float(np.mean(sources.is_found[inside])), _DECIMALS),
        "absolute_doa_error_deg": round(float(np.mean(paired)), _DECIMALS) if paired.size else None,
    }
