"""The kinds of tracks: how each reads submissions, runs baselines and scores.

What a new kind needs is an entry here, a record of its track file in `simgen.benchmark.tracks` and
a sheet of its scores in `simgen.benchmark.score_sheets`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from simgen.baselines.baseline import Baseline
from simgen.baselines.beamformers import BEAMFORMERS
from simgen.baselines.cancellers import CANCELLERS
from simgen.baselines.localisers import LOCALISERS
from simgen.baselines.upmixers import UPMIXERS
from simgen.baselines.wideners import WIDENERS
from simgen.benchmark.array_folder import array_track
from simgen.benchmark.azimuths import AzimuthSubmission, read_azimuths
from simgen.benchmark.centres import CentreSubmission, read_centres
from simgen.benchmark.filters import FilterSubmission, read_filters
from simgen.benchmark.result import Result
from simgen.benchmark.submission import Submission, named_split
from simgen.benchmark.submitted_files import read_header
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.errors import ParameterError
from simgen.evaluate.beam import run_beamformer, score_beam_filters
from simgen.evaluate.crosstalk import crosstalk_plants, score_filters
from simgen.evaluate.designs import design_split, run_designer
from simgen.evaluate.localization import run_localiser, score_azimuths
from simgen.evaluate.soundstage import run_widener, score_stage_filters, soundstage_plants
from simgen.evaluate.upmix import run_upmixer, score_centres

__all__ = ["Advance", "TrackKind", "kind_of", "read_submission"]

Advance = Callable[[str], None]
"""Called with the name of each part when it is done."""


class TrackKind(ABC):
    """What commands need to know of a kind of track.

    Attributes
    ----------
    baselines
        Reference systems by name.
    is_built_on_demand
        Whether splits are so quickly built that commands do it themselves.
    needs_recordings
        Whether scoring takes the split as built.
    can_be_told
        Whether baselines can be told what a real system would not know.
    """

    baselines: Mapping[str, Baseline]
    is_built_on_demand: bool
    needs_recordings: bool
    can_be_told: bool = False

    @abstractmethod
    def read(self, path: Path) -> Submission:
        """Read a submission, or refuse it with every fault."""

    @abstractmethod
    def heard_by_baselines(self, split: Split) -> Split | None:
        """Return the split whose recordings a baseline gets, if it gets any."""

    @abstractmethod
    def num_parts(self, split: Split) -> int:
        """Return how many parts a baseline's answer has."""

    @abstractmethod
    def run(
        self,
        name: str,
        split: Split,
        dataset: Dataset | None,
        *,
        is_told: bool,
        jobs: int,
        advance: Advance,
    ) -> Submission:
        """Let a baseline answer a split, from the split it hears as built."""

    @abstractmethod
    def score(
        self, submission: Any, split: Split, dataset: Dataset | None, *, advance: Advance
    ) -> Result:
        """Score a submission."""


class _Localization(TrackKind):
    baselines = LOCALISERS
    is_built_on_demand = False
    needs_recordings = False
    can_be_told = True

    def read(self, path: Path) -> AzimuthSubmission:
        return read_azimuths(path)

    def heard_by_baselines(self, split: Split) -> Split:
        return split

    def num_parts(self, split: Split) -> int:
        return len(split.items)

    def run(
        self,
        name: str,
        split: Split,
        dataset: Dataset | None,
        *,
        is_told: bool,
        jobs: int,
        advance: Advance,
    ) -> AzimuthSubmission:
        assert dataset is not None  # localisers hear the split
        return run_localiser(
            LOCALISERS[name], split, dataset, knows_count=is_told, jobs=jobs, on_item=advance
        )

    def score(
        self,
        submission: AzimuthSubmission,
        split: Split,
        dataset: Dataset | None,  # noqa: ARG002 - labels are in the scenes
        *,
        advance: Advance,  # noqa: ARG002 - at once
    ) -> Result:
        return score_azimuths(submission, split)


class _Filters(TrackKind):
    """What all kinds of filters have in common."""

    is_built_on_demand = True

    def read(self, path: Path) -> FilterSubmission:
        return read_filters(path)

    def num_parts(self, split: Split) -> int:
        return len(array_track(split).parts)

    def run(
        self,
        name: str,
        split: Split,
        dataset: Dataset | None,
        *,
        is_told: bool,
        jobs: int,  # noqa: ARG002 - quick
        advance: Advance,
    ) -> FilterSubmission:
        if is_told:
            raise ParameterError("no baseline of this track is told anything", value="--oracle")
        return self.design(name, split, dataset, advance)

    @abstractmethod
    def design(
        self, name: str, split: Split, dataset: Dataset | None, advance: Advance
    ) -> FilterSubmission:
        """Let a baseline design filters."""


@dataclass(frozen=True)
class _FiltersForEars(_Filters):
    """Filters designed on what is heard in one split, and scored in another.

    Attributes
    ----------
    baselines
        Reference designs by name.
    run_baseline
        Lets one of them design for a split, from the design split as built.
    plants
        From a split as built to what is filtered.
    score_on
        Scores filters on plants.
    """

    baselines: Mapping[str, Baseline]
    run_baseline: Callable[..., FilterSubmission]
    plants: Callable[..., Mapping[str, Any]]
    score_on: Callable[[FilterSubmission, Split, Any], Result]
    needs_recordings: bool = True

    def heard_by_baselines(self, split: Split) -> Split:
        return design_split(split)

    def design(
        self, name: str, split: Split, dataset: Dataset | None, advance: Advance
    ) -> FilterSubmission:
        assert dataset is not None  # designers hear the design split
        return self.run_baseline(self.baselines[name], split, dataset, on_item=advance)

    def score(
        self,
        submission: FilterSubmission,
        split: Split,
        dataset: Dataset | None,
        *,
        advance: Advance,
    ) -> Result:
        assert dataset is not None  # the kind needs recordings
        return self.score_on(submission, split, self.plants(split, dataset, on_item=advance))


class _Beam(_Filters):
    baselines = BEAMFORMERS
    needs_recordings = False

    def heard_by_baselines(self, split: Split) -> None:  # noqa: ARG002 - devices are exact
        return None

    def design(
        self,
        name: str,
        split: Split,
        dataset: Dataset | None,  # noqa: ARG002
        advance: Advance,
    ) -> FilterSubmission:
        return run_beamformer(BEAMFORMERS[name], split, on_item=advance)

    def score(
        self,
        submission: FilterSubmission,
        split: Split,
        dataset: Dataset | None,  # noqa: ARG002
        *,
        advance: Advance,  # noqa: ARG002 - at once
    ) -> Result:
        return score_beam_filters(submission, split)


class _Upmix(TrackKind):
    baselines = UPMIXERS
    is_built_on_demand = True
    needs_recordings = False

    def read(self, path: Path) -> CentreSubmission:
        return read_centres(path)

    def heard_by_baselines(self, split: Split) -> None:  # noqa: ARG002 - mixes are made
        return None

    def num_parts(self, split: Split) -> int:
        return len(array_track(split).parts)

    def run(
        self,
        name: str,
        split: Split,
        dataset: Dataset | None,  # noqa: ARG002
        *,
        is_told: bool,
        jobs: int,  # noqa: ARG002 - quick
        advance: Advance,
    ) -> CentreSubmission:
        if is_told:
            raise ParameterError("no baseline of this track is told anything", value="--oracle")
        return run_upmixer(UPMIXERS[name], split, on_item=advance)

    def score(
        self,
        submission: CentreSubmission,
        split: Split,
        dataset: Dataset | None,  # noqa: ARG002
        *,
        advance: Advance,  # noqa: ARG002 - at once
    ) -> Result:
        return score_centres(submission, split)


_KINDS: Final[Mapping[str, TrackKind]] = MappingProxyType(
    {
        "doa-scene/1": _Localization(),
        "ctc/1": _FiltersForEars(CANCELLERS, run_designer, crosstalk_plants, score_filters),
        "beam/1": _Beam(),
        "stage/1": _FiltersForEars(WIDENERS, run_widener, soundstage_plants, score_stage_filters),
        "lrc/1": _Upmix(),
    }
)


def kind_of(protocol: str) -> TrackKind:
    """Return the kind of the tracks of a protocol.

    Raises
    ------
    ParameterError
        If there is none.
    """
    if protocol not in _KINDS:
        raise ParameterError("no such protocol", value=protocol, allowed=", ".join(_KINDS))
    return _KINDS[protocol]


def read_submission(path: Path, *, sealed: Split | None = None) -> Submission:
    """Read a submission of any kind: a folder or zip with submission.json, or one JSON file.

    Parameters
    ----------
    path
        Where it lies.
    sealed
        The sealed split that it must answer, as handed out; if left out, the split that it names.

    Raises
    ------
    SubmissionError
        With every fault found.
    """
    header = read_header(path)
    if sealed is not None:  # only tracks of azimuths have any
        return read_azimuths(path, sealed)
    split = named_split(header, [])
    # Where the track is not known, any reader says so.
    return kind_of(split.track.protocol if split else "doa-scene/1").read(path)
