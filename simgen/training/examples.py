"""Examples to learn from: mixtures drawn from a bank, each from its own key."""

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.networks.network import NUM_MICROPHONES, Mixture
from simgen.errors import ParameterError
from simgen.signals.noise import white_noise
from simgen.training.bank import Bank
from simgen.training.lone_sources import BLOCK
from simgen.training.mixing import (
    NUM_POSITIONS,
    Pose,
    add_noise,
    add_posed,
    pose_into,
    posed_azimuths,
)
from simgen.units import amplitude_from_db, power_from_db, wrap_azimuth

__all__ = ["Acoustics", "BankExamples", "ExampleSource", "Examples"]

Acoustics = Literal["anechoic", "reverberant", "both"]

LEAST_LOUDNESS: Final = 0.6
"""Root mean square of what a source emits in a window, at least, against its active level: a
source that is labelled must be heard."""

_NOISE_LENGTH: Final = 1 << 22
"""Samples of the noise that stretches are taken from: 16 MiB, 600 windows."""

_MOST_TRIALS: Final = 100
"""Draws of poses after which sources may be nearer to one another than they should."""


@dataclass(frozen=True)
class Examples:
    """A batch of examples.

    Attributes
    ----------
    signals
        Shape (example, microphone, sample).
    azimuths
        In rad in (-pi, pi], (example, source); NaN where there is none.
    distances
        Normalised to [0, 1), (example, source); 0 where there is none.
    """

    signals: NDArray[np.float32]
    azimuths: NDArray[np.float64]
    distances: NDArray[np.float64]


class ExampleSource(Protocol):
    """What draws examples."""

    def draw(self, generator: np.random.Generator, count: int) -> Examples:
        """Draw so many examples, which depend on the generator alone."""
        ...


@dataclass(frozen=True)
class BankExamples:
    """Mixtures of the sources of a bank.

    Attributes
    ----------
    bank
        The bank.
    mixture
        How they are mixed.
    window
        Samples of an example.
    acoustics
        Which sources are taken.
    """

    bank: Bank
    mixture: Mixture
    window: int
    acoustics: Acoustics = "both"

    def draw(self, generator: np.random.Generator, count: int) -> Examples:
        """Draw mixtures; all sources of one are in the free field, or none is."""
        most = self.mixture.most_sources
        signals = np.zeros((count, NUM_MICROPHONES, self.window), dtype=np.float32)
        azimuths, distances = np.full((count, most), np.nan), np.zeros((count, most))
        for example in range(count):
            items = self._draw_items(generator)
            azimuths[example, : len(items)] = self._mix(generator, signals[example], items)
            distances[example, : len(items)] = self.bank.distances[items]
            self._disturb(generator, signals[example])
        return Examples(signals, azimuths, distances)

    def _draw_items(self, generator: np.random.Generator) -> list[int]:
        """Draw how many sources are mixed, and which."""
        count = int(generator.integers(1, self.mixture.most_sources + 1))
        share = {"anechoic": 1.0, "reverberant": 0.0, "both": self.mixture.anechoic_share}
        anechoic = bool(generator.random() < share[self.acoustics])
        items = np.flatnonzero(self.bank.is_anechoic == anechoic)
        if not len(items):
            raise ParameterError("the bank has no such sources", value=self.acoustics)
        drawn: list[int] = items[generator.integers(0, len(items), count)].tolist()
        return drawn

    def _mix(
        self, generator: np.random.Generator, mixture: NDArray[np.float32], items: list[int]
    ) -> NDArray[np.float64]:
        """Add sources to a mixture, each in a pose and at a level; return their azimuths."""
        azimuths, poses = self._place(generator, items)
        for item, pose in zip(items, poses, strict=True):
            spread = self.mixture.level_spread_db
            level = amplitude_from_db(generator.uniform(-spread, spread))
            add_posed(
                mixture,
                self.bank.signals(item),
                start=draw_start(generator, self.bank.powers[item], self.window),
                gain=level * float(self.bank.gains[item]),
                pose=pose,
            )
        return azimuths

    def _place(
        self, generator: np.random.Generator, items: list[int]
    ) -> tuple[NDArray[np.float64], list[Pose]]:
        """Draw poses that keep sources as far apart as the mixture says, if that can be done."""
        for _ in range(_MOST_TRIALS):
            poses = [
                pose_into(sector, self.bank.azimuths[item], is_mirrored=bool(mirrored))
                for item, sector, mirrored in zip(
                    items,
                    self._draw_sectors(generator, len(items)),
                    generator.integers(0, 2, len(items)),
                    strict=True,
                )
            ]
            azimuths = np.array(
                [
                    float(posed_azimuths(self.bank.azimuths[item], pose))
                    for item, pose in zip(items, poses, strict=True)
                ]
            )
            if separation(azimuths) >= np.deg2rad(self.mixture.least_separation_deg):
                break
        return azimuths, poses

    def _draw_sectors(self, generator: np.random.Generator, count: int) -> list[int]:
        """Draw which sector each source comes to lie in."""
        if self.mixture.distinct_sectors:
            sectors: list[int] = generator.permutation(NUM_POSITIONS)[:count].tolist()
        else:
            sectors = generator.integers(0, NUM_POSITIONS, count).tolist()
        return sectors

    def _disturb(self, generator: np.random.Generator, mixture: NDArray[np.float32]) -> None:
        """Give the microphones their gains and their noise."""
        if self.mixture.gain_error_db > 0.0:
            errors_db = self.mixture.gain_error_db * generator.standard_normal(len(mixture))
            mixture *= (10.0 ** (errors_db / 20.0)).astype(np.float32)[:, None]
        low, high = self.mixture.least_snr_db, self.mixture.greatest_snr_db
        disturb(generator, mixture, snr_db=generator.uniform(low, high))


def separation(azimuths: NDArray[np.float64]) -> float:
    """Return the least angle in rad between any two of some azimuths (source,); pi for one."""
    apart = np.abs(wrap_azimuth(azimuths[:, None] - azimuths))
    return float(np.min(apart[~np.eye(len(azimuths), dtype=np.bool_)], initial=np.pi))


def draw_start(generator: np.random.Generator, powers: NDArray[np.float32], window: int) -> int:
    """Draw the first sample of a window in which a source is loud enough.

    If there is none, it is where the source is loudest.

    Parameters
    ----------
    generator
        The generator.
    powers
        Mean square of what is emitted in each block, (block,).
    window
        Samples of the window; if it holds all blocks, it starts at 0.
    """
    blocks = -(-window // BLOCK)
    if blocks >= len(powers):
        return 0
    sums = np.concatenate([[0.0], np.cumsum(powers, dtype=np.float64)])
    means = (sums[blocks:] - sums[:-blocks]) / blocks
    loud = np.flatnonzero(means >= LEAST_LOUDNESS**2)
    first = loud[generator.integers(len(loud))] if len(loud) else np.argmax(means)
    return int(first) * BLOCK


def disturb(generator: np.random.Generator, mixture: NDArray[np.float32], *, snr_db: float) -> None:
    """Add white noise to a mixture (microphone, sample), in place.

    Each channel gets its own stretch of a noise that is drawn once: drawing all of it anew would
    take as long as everything else.

    Parameters
    ----------
    generator
        Draws where stretches begin.
    mixture
        Shape (microphone, sample).
    snr_db
        Mean power of the mixture over that of the noise, over channels and time.
    """
    noise = _white_noise()
    power = float(np.mean(np.square(mixture), dtype=np.float64))
    starts = generator.integers(0, len(noise) - mixture.shape[1], len(mixture))
    add_noise(mixture, noise, starts, np.float32(np.sqrt(power / power_from_db(snr_db))))


@cache
def _white_noise() -> NDArray[np.float32]:
    """Return the noise that all stretches are of, of unit variance, (sample,)."""
    return white_noise(np.random.Generator(np.random.Philox(key=0)), _NOISE_LENGTH)
