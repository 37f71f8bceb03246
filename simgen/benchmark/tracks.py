"""Track files: what a task is, and what its kind of task adds."""

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from simgen.scene.record import Record

__all__ = [
    "ArrayTrack",
    "FilterTrack",
    "FrozenFile",
    "LocalizationTrack",
    "SplitRecord",
    "Track",
    "UpmixTrack",
    "track_record",
]

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class FrozenFile(Record):
    """A file of frozen numbers beside the track file.

    Attributes
    ----------
    file
        Its name.
    sha256
        Digest of its bytes.
    """

    file: str
    sha256: Sha256


class SplitRecord(Record):
    """One split as its track file lists it.

    Attributes
    ----------
    scenes
        File of the frozen scenes beside the track file, gzipped JSON lines; or none.
    numbers
        Where there are no scenes: file of the frozen numbers that the task is made of.
    sha256
        Digest of what is in that file, uncompressed, which no later edition may change.
    description
        What is in it.
    is_scored
        Whether submissions can be for it; not where it is there to learn from.
    driver_errors
        What is wrong with each driver of each device at each graded pose.
    fingerprints
        How the scenes sounded when they were frozen.
    """

    scenes: str | None = None
    numbers: str | None = None
    sha256: str
    description: str
    is_scored: bool = True
    driver_errors: FrozenFile | None = None
    fingerprints: FrozenFile | None = None

    @property
    def frozen(self) -> FrozenFile:
        """The file that makes the split."""
        return FrozenFile(file=self.scenes or self.numbers or "", sha256=self.sha256)

    @model_validator(mode="after")
    def _is_of_one_file(self) -> Self:
        if (self.scenes is None) == (self.numbers is None):
            raise ValueError("a split has either scenes or numbers")
        return self


class Track(Record):
    """One task of the suite.

    Attributes
    ----------
    track, edition, title
        Its name, the suite's edition and a line about it.
    task, input, output
        What a system gets and what it must give.
    protocol
        The definition of the scores.
    splits
        The splits by name.
    """

    track: str
    edition: Literal[1]
    title: str
    task: str
    input: str
    output: str
    protocol: str
    splits: dict[str, SplitRecord]


class LocalizationTrack(Track):
    """A task of locating sources.

    Attributes
    ----------
    array
        The array whose signals a system gets.
    sectors
        Number of regions round the array for the region scores.
    sealed
        The scene file beside the track file that sealed splits are drawn from, if there are any.
    """

    array: str
    sectors: int
    sealed: str | None = None


class ArrayTrack(Track):
    """A task whose answers are arrays, one for each of its parts.

    Attributes
    ----------
    file
        How the file of a part is called, with ``{part}`` for its name.
    """

    file: str = Field(pattern=r"^[a-z]+_\{part\}\.npy$")

    @property
    @abstractmethod
    def parts(self) -> dict[str, int]:
        """A number for each part that gives its array a shape."""

    def file_of(self, part: str) -> str:
        """Return the name of the file that holds a part's array."""
        return self.file.format(part=part)


class FilterTrack(ArrayTrack):
    """A task of designing filters for the drivers of devices.

    Attributes
    ----------
    listener
        The listener whose ears the filters play to, if there is one.
    design
        The split that filters are designed on: nothing else is known to a system. None where
        devices are exact solutions that anybody can compute.
    devices
        Number of drivers of each device.
    """

    listener: str | None = None
    design: str | None = None
    devices: dict[str, int]

    @property
    def parts(self) -> dict[str, int]:
        """The devices with their numbers of drivers."""
        return self.devices


class UpmixTrack(ArrayTrack):
    """A task of taking the centre out of stereo mixes.

    Attributes
    ----------
    mixes
        Number of samples of each mix.
    """

    mixes: dict[str, int]

    @property
    def parts(self) -> dict[str, int]:
        """The mixes with their numbers of samples."""
        return self.mixes


_RECORDS: Final[Mapping[str, type[Track]]] = MappingProxyType(
    {
        "doa-scene/1": LocalizationTrack,
        "ctc/1": FilterTrack,
        "beam/1": FilterTrack,
        "stage/1": FilterTrack,
        "lrc/1": UpmixTrack,
    }
)
"""What the file of a track holds, by its protocol."""


def track_record(protocol: object) -> type[Track]:
    """Return what the file of a track of a protocol holds; `Track` where that is not known."""
    return _RECORDS.get(protocol, Track) if isinstance(protocol, str) else Track
