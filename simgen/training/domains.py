"""Recordings of a split as what a network learns from, is tuned on, and is tested with.

Of the scenes with each number of talkers, in their order, the first, fourth, seventh ... are for
learning, the second, fifth ... for development, and the others are held out: of a split of 300
scenes with 75 for each number, 100 + 100 + 100 with 25 for each number.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.networks.network import NUM_MICROPHONES
from simgen.benchmark.localization import conditions, localization_track
from simgen.benchmark.suite import Split
from simgen.dataset.dataset import Dataset
from simgen.training.development import Recorded
from simgen.training.examples import BankExamples, Examples
from simgen.training.lone_sources import places
from simgen.training.mixing import NUM_POSITIONS, Pose, posed, posed_azimuths

__all__ = ["PARTS", "DomainExamples", "Part", "items_of", "recorded"]

Part = Literal["learning", "development", "held-out"]

PARTS: Final[tuple[Part, ...]] = ("learning", "development", "held-out")
"""Parts of a domain, in the order in which scenes are dealt out."""

DOMAIN_SHARE: Final = 0.5
"""Share of the examples that are of the new domain; the others keep what was known before."""


def items_of(split: Split, part: Part) -> tuple[int, ...]:
    """Return the numbers of the scenes of a part of a split, ascending."""
    dealt: defaultdict[int, int] = defaultdict(int)
    chosen = []
    for number, scene in enumerate(split.scenes):
        count = len(scene.sources)
        if PARTS[dealt[count] % len(PARTS)] == part:
            chosen.append(number)
        dealt[count] += 1
    return tuple(chosen)


def recorded(split: Split, dataset: Dataset, numbers: Sequence[int]) -> list[Recorded]:
    """Return some recordings of a split with their azimuths.

    Parameters
    ----------
    split
        The split.
    dataset
        The split as built.
    numbers
        Of the scenes.
    """
    array = localization_track(split).array
    acoustics = conditions(split)["reverberation"]
    recordings = []
    for number in numbers:
        azimuths, distances = places(split.scenes[number], array)
        signals = np.asarray(dataset[number].signals[array], dtype=np.float32)
        condition = acoustics[split.items[number]]
        recordings.append(Recorded(signals, azimuths, distances, condition))
    return recordings


@dataclass(frozen=True)
class DomainExamples:
    """Windows of recordings of a new domain, turned and mirrored, among mixtures of the bank.

    A window's sources are those that the recording has, whether or not one pauses in it.

    Attributes
    ----------
    recordings
        What is learned from.
    known
        What was learned from before.
    """

    recordings: Sequence[Recorded]
    known: BankExamples

    def draw(self, generator: np.random.Generator, count: int) -> Examples:
        """Draw examples of both kinds."""
        own = round(DOMAIN_SHARE * count)
        before = self.known.draw(generator, count - own)
        most = max(len(one.azimuths) for one in self.recordings)
        signals = np.empty((own, NUM_MICROPHONES, self.known.window), dtype=np.float32)
        azimuths, distances = np.full((own, most), np.nan), np.zeros((own, most))
        for example in range(own):
            one = self.recordings[int(generator.integers(len(self.recordings)))]
            num_sources = len(one.azimuths)
            distances[example, :num_sources] = one.distances
            signals[example], azimuths[example, :num_sources] = self._draw_window(generator, one)
        return Examples(
            np.concatenate([before.signals, signals]),
            _below(before.azimuths, azimuths, filling=np.nan),
            _below(before.distances, distances, filling=0.0),
        )

    def _draw_window(
        self, generator: np.random.Generator, one: Recorded
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Draw a window of a recording in a pose, and the azimuths in it."""
        pose = Pose(int(generator.integers(NUM_POSITIONS)), bool(generator.integers(2)))
        last = one.signals.shape[1] - self.known.window
        start = int(generator.integers(last + 1))
        window = one.signals[:, start : start + self.known.window]
        return posed(window, pose), posed_azimuths(one.azimuths, pose)


def _below(
    upper: NDArray[np.float64], lower: NDArray[np.float64], *, filling: float
) -> NDArray[np.float64]:
    """Put rows (example, source) below others, and fill up those that are shorter."""
    widest = max(upper.shape[1], lower.shape[1])
    filled = [
        np.pad(rows, ((0, 0), (0, widest - rows.shape[1])), constant_values=filling)
        for rows in (upper, lower)
    ]
    return np.concatenate(filled)
