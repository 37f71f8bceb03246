"""Submissions of filters for the drivers of devices."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast

from numpy.typing import NDArray

from simgen.benchmark.array_folder import ArrayHeader, ArraySubmission, read_arrays
from simgen.benchmark.submission import Name, Text
from simgen.benchmark.suite import Split
from simgen.benchmark.tracks import ArrayTrack, FilterTrack
from simgen.scene.record import Record
from simgen.scoring.beam_guards import filter_faults as beam_faults
from simgen.scoring.crosstalk_filters import filter_faults as crosstalk_faults

__all__ = ["DesignedOn", "FilterSubmission", "filter_track", "read_filters"]

_TAP_FAULTS: Final[Mapping[str, Callable[..., Iterator[str]]]] = MappingProxyType(
    {"beam/1": beam_faults, "ctc/1": crosstalk_faults, "stage/1": crosstalk_faults}
)
"""What finds the faults of one device's taps, by protocol."""


class DesignedOn(Record):
    """What the designer of filters knew.

    Attributes
    ----------
    heads, rooms
        Heads and rooms that they were designed on.
    poses
        Which poses, in words.
    """

    heads: tuple[Name, ...]
    rooms: tuple[Name, ...]
    poses: Text


class FilterHeader(ArrayHeader):
    """What a submission of filters says of itself; ``uses_oracle`` covers any test condition.

    Attributes
    ----------
    driver_order
        In which order the first axis holds the drivers.
    designed_on
        Conditions of the design.
    """

    driver_order: Literal["left to right"]
    designed_on: DesignedOn


class FilterSubmission(FilterHeader, ArraySubmission):
    """Filters of one system for the devices of a track: taps, the leftmost driver first."""

    @property
    def filters(self) -> dict[str, NDArray[Any]]:
        """Taps by device."""
        return self.arrays

    @property
    def answers(self) -> str:
        """How many devices have filters."""
        return f"{self.num_items} devices"


def filter_track(split: Split) -> FilterTrack:
    """Return the task of a split that filters are for."""
    return cast("FilterTrack", split.track)


def read_filters(path: Path) -> FilterSubmission:
    """Read a folder or zip of filters for the devices of the split it names.

    Raises
    ------
    SubmissionError
        With every fault found, naming the file and the index.
    """
    return read_arrays(path, FilterHeader, FilterSubmission, _form_faults)


def _form_faults(
    taps: NDArray[Any], track: ArrayTrack, device: str, sample_rate: Any
) -> Iterator[str]:
    """Yield what shows before anything is played through one device's filters."""
    return _TAP_FAULTS[track.protocol](
        taps, num_drivers=track.parts[device], sample_rate=sample_rate
    )
