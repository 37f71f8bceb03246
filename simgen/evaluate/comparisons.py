"""Two submissions to one split: whether their ranking scores differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from simgen.benchmark.array_folder import array_track
from simgen.benchmark.azimuths import AzimuthSubmission, check_against
from simgen.benchmark.localization import references
from simgen.benchmark.score_sheets import sheet_of
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.errors import ParameterError
from simgen.evaluate.array_scores import faults_by_file, rounded
from simgen.evaluate.crosstalk import crosstalk_plants
from simgen.evaluate.soundstage import soundstage_plants
from simgen.evaluate.upmix import stereo_mix
from simgen.scoring.beam import compare_beams, score_beams
from simgen.scoring.beam_devices import beam_devices
from simgen.scoring.bootstrap import PairedInterval, paired_bootstrap
from simgen.scoring.crosstalk import compare_crosstalk, score_crosstalk
from simgen.scoring.localization import scene_ospa_deg
from simgen.scoring.soundstage import compare_soundstage, score_soundstage
from simgen.scoring.upmix import compare_upmixes, score_upmix

__all__ = ["Comparison", "compared"]

Advance = Callable[[str], None]
"""Called with the name of each item of recordings when it is done."""


@dataclass(frozen=True)
class Comparison:
    """How two submissions compare.

    Attributes
    ----------
    score
        Name of the ranking score.
    over
        What was resampled, for both submissions alike.
    values
        The score of the first submission and of the second.
    difference
        First minus second, with its 95 % interval by the paired bootstrap.
    """

    score: str
    over: str
    values: tuple[float, float]
    difference: PairedInterval

    @property
    def differ(self) -> bool:
        """Whether the interval leaves out 0."""
        return not self.difference.low <= 0.0 <= self.difference.high

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        difference = {name: rounded(number) for name, number in vars(self.difference).items()}
        return {
            "score": self.score,
            "over": self.over,
            "values": [rounded(value) for value in self.values],
            "difference": difference,
            "differ": self.differ,
        }


def compared(
    first: Any,
    second: Any,
    split: Split,
    dataset: Dataset | None = None,
    *,
    on_item: Advance = lambda _: None,
) -> Comparison:
    """Compare the ranking scores of two submissions by a paired bootstrap.

    Parameters
    ----------
    first, second
        The submissions.
    split
        The split that both are for.
    dataset
        The split as built, where scoring takes recordings.
    on_item
        Called with the name of each item of recordings when it is done.

    Raises
    ------
    ParameterError
        If one of them is for another split.
    SubmissionError
        If one of them cannot be scored, with every fault.
    """
    for each in (first, second):
        if (each.track, each.split) != (split.track.track, split.name):
            made_for = f"{each.track}/{each.split}"
            raise ParameterError(
                "two submissions compare on one split", value=made_for, allowed=split.path
            )
    ranking = sheet_of(split.track.protocol).ranking.score
    if isinstance(first, AzimuthSubmission):
        return _compared_azimuths(first, second, split, ranking)
    kind = _ARRAYS[split.track.protocol]
    task = kind.task(split, dataset, on_item)
    scores = []
    for each in (first, second):
        with faults_by_file(each, split):
            scores.append(kind.score(task, each.arrays, sample_rate=each.sample_rate_hz))
    values = tuple(getattr(score, ranking).value for score in scores)
    return Comparison(ranking, kind.over, values, kind.compare(*scores))


def _compared_azimuths(first: Any, second: Any, split: Split, ranking: str) -> Comparison:
    """Compare the distances of azimuths, scene by scene."""
    truth = references(split)
    check_against(first, split)
    check_against(second, split)
    ospa = [[*scene_ospa_deg(truth, each.azimuths()).values()] for each in (first, second)]
    values = (float(np.mean(ospa[0])), float(np.mean(ospa[1])))
    return Comparison(ranking, "scenes", values, paired_bootstrap(*ospa))


@dataclass(frozen=True)
class _Arrays:
    """How arrays compare that answer a protocol.

    Attributes
    ----------
    over
        What is resampled.
    task
        From a split, the split as built, and what to call after each item, to what arrays are
        scored on.
    score
        From that, arrays by part and their sample rate to a score.
    compare
        From two scores to their difference.
    """

    over: str
    task: Callable[[Split, Any, Advance], Any]
    score: Callable[..., Any]
    compare: Callable[[Any, Any], PairedInterval]


_ARRAYS: Final[Mapping[str, _Arrays]] = MappingProxyType(
    {
        "ctc/1": _Arrays(
            over="poses",
            task=lambda split, dataset, on_item: crosstalk_plants(split, dataset, on_item=on_item),
            score=score_crosstalk,
            compare=compare_crosstalk,
        ),
        "stage/1": _Arrays(
            over="seats",
            task=lambda split, dataset, on_item: soundstage_plants(split, dataset, on_item=on_item),
            score=score_soundstage,
            compare=compare_soundstage,
        ),
        "beam/1": _Arrays(
            over="draws of a device",
            task=lambda *_: beam_devices(),
            score=score_beams,
            compare=compare_beams,
        ),
        "lrc/1": _Arrays(
            over="mixes",
            task=lambda split, *_: {name: stereo_mix(name) for name in array_track(split).parts},
            score=score_upmix,
            compare=compare_upmixes,
        ),
    }
)
