"""What a result of a localiser may hold beside its scores, for pictures of it."""

from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from simgen.benchmark.submission import require_at_most
from simgen.scene.record import Record

__all__ = ["LocalizationDetails"]

_MOST_CLASSES: Final = 1000
_MOST_REGIONS: Final = 10_000

_Count = Annotated[int, Field(strict=True, ge=0)]
_Error = Annotated[float, Field(strict=True, ge=0.0, le=180.0)]


class ErrorHistogram(Record):
    """How many pairs have an error in each class.

    Attributes
    ----------
    edges_deg
        Ascending edges of the classes.
    counts
        Pairs in each of them.
    """

    edges_deg: Annotated[tuple[_Error, ...], require_at_most(_MOST_CLASSES, "edges")]
    counts: Annotated[tuple[_Count, ...], require_at_most(_MOST_CLASSES, "counts")]

    @model_validator(mode="after")
    def _require_classes(self) -> Self:
        edges = self.edges_deg
        if len(edges) != len(self.counts) + 1:
            raise ValueError("must have one edge more than counts")
        if any(low >= high for low, high in pairwise(edges)):
            raise ValueError("must have ascending edges")
        return self


class RegionScore(Record):
    """How sources in one sector are found, in scenes with one number of sources.

    Attributes
    ----------
    sector
        Counted counter-clockwise from azimuth 0.
    num_sources
        Sources in each of the scenes.
    count
        Sources that recall and error are of.
    recall
        Share of them within 10 degrees of an estimate.
    absolute_doa_error_deg
        Mean over pairs; None without any.
    """

    sector: Annotated[int, Field(strict=True, ge=0, lt=360)]
    num_sources: _Count
    count: _Count
    recall: Annotated[float, Field(strict=True, ge=0.0, le=1.0)]
    absolute_doa_error_deg: _Error | None


class LocalizationDetails(Record):
    """Where the errors of a localiser lie.

    Attributes
    ----------
    error_histogram
        Their sizes.
    regions
        By sector and number of sources.
    """

    error_histogram: ErrorHistogram
    regions: Annotated[tuple[RegionScore, ...], require_at_most(_MOST_REGIONS, "regions")]
