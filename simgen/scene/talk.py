"""Drawing what a source emits: which talker, which utterances and when, or which noise."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from simgen.errors import SignalError
from simgen.scene.distributions import Distribution, draw
from simgen.scene.scene import Clip, NoiseSignal, Signal, SpeechSignal
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.source_file import FolderSpeech, Noise, ShippedSpeech, Talk
from simgen.signals.corpus import Corpus, Utterance, resampled_length
from simgen.signals.folder import scan_folder
from simgen.signals.speech import shipped_speech

__all__ = ["SHIPPED", "corpus_of", "draw_signals"]

SHIPPED = "shipped"
"""How a scene names the speech inside the package."""


MOST_CLIPS = 10_000
"""Most utterances of one talker in a scene: an hour of words of a third of a second."""


def draw_signals(
    scene_file: SceneFile, counts: dict[str, int], num_samples: int, generators: Generators
) -> dict[str, list[Signal]]:
    """Draw the signals of all sources, by group.

    Nobody talks from two places as long as there are other talkers left.

    Raises
    ------
    SceneError
        If a folder of recordings cannot be used.
    """
    taken: Counter[tuple[str, str]] = Counter()
    signals: dict[str, list[Signal]] = {}
    for group, count in counts.items():
        spec = scene_file.sources[group].signal
        paths = [f"sources.{group}[{number}].signal" for number in range(count)]
        if isinstance(spec, Noise):
            keys = map(generators.key, paths)
            signals[group] = [NoiseSignal(color=spec.noise, key=key) for key in keys]
            continue
        try:
            name, corpus = _drawable_corpus(spec, scene_file.base)
            talkers = _draw_talkers(
                name, corpus, count, taken, generators.at(f"sources.{group}.signal.talkers")
            )
            time_line = _TimeLine(spec, scene_file.sample_rate_hz, num_samples, generators)
            signals[group] = [
                SpeechSignal(
                    corpus=name, talker=talker, clips=time_line.draw(corpus.of(talker), path)
                )
                for talker, path in zip(talkers, paths, strict=True)
            ]
        except SignalError as error:
            key_path = ("sources", group, "signal", "folder")
            raise scene_file.error("bad-signal", str(error), key_path) from None
    return signals


def folder_name(spec: FolderSpeech) -> str:
    """Return what scenes call a folder, so that none is taken for the shipped speech."""
    return f"./{SHIPPED}" if spec.folder == SHIPPED else spec.folder


def corpus_of(name: str, base: Path) -> Corpus:
    """Return the corpus that a scene names.

    Parameters
    ----------
    name
        ``shipped``, or a folder.
    base
        The folder that a relative name starts from.

    Raises
    ------
    SignalError
        If the folder cannot be used, naming each file concerned.
    """
    if name == SHIPPED:
        return shipped_speech()
    try:
        return _scanned(base / Path(name).expanduser())
    except RuntimeError:
        raise SignalError("does not exist: there is no such home folder", where=name) from None


@lru_cache(maxsize=8)
def _scanned(folder: Path) -> Corpus:
    """Scan a folder once per process: large corpora take long."""
    return scan_folder(folder)


def _drawable_corpus(spec: ShippedSpeech | FolderSpeech, base: Path) -> tuple[str, Corpus]:
    """Return the corpus to draw talkers from, and what a scene calls it."""
    if isinstance(spec, ShippedSpeech):
        return SHIPPED, shipped_speech(spec.speech)
    return folder_name(spec), corpus_of(folder_name(spec), base)


def _draw_talkers(
    name: str,
    corpus: Corpus,
    count: int,
    taken: Counter[tuple[str, str]],
    generator: np.random.Generator,
) -> list[str]:
    """Draw talkers, of those who were taken least often so far, and count them as taken."""
    talkers = corpus.talkers()
    order = [talkers[k] for k in generator.permutation(len(talkers))]
    drawn = []
    for _ in range(count):
        talker = min(order, key=lambda talker: taken[name, talker])
        taken[name, talker] += 1
        drawn.append(talker)
    return drawn


@dataclass(frozen=True)
class _TimeLine:
    """The time that a talker has to fill, and how."""

    spec: Talk
    sample_rate: int
    num_samples: int
    generators: Generators

    def draw(self, utterances: tuple[Utterance, ...], path: str) -> tuple[Clip, ...]:
        """Draw utterances with pauses until the scene is full, each as rarely twice as can be."""
        clips: list[Clip] = []
        order: list[int] = []
        onset = self._draw_samples(self.spec.start_s, f"{path}.start_s")
        while onset < self.num_samples:
            if len(clips) == MOST_CLIPS:
                raise SignalError(
                    f"more than {MOST_CLIPS} utterances are needed to fill the scene",
                    where=utterances[0].file,
                    fix="Take longer recordings, or a longer pause_s.",
                )
            if not order:
                shuffle = self.generators.at(f"{path}.utterances").permutation
                order = shuffle(len(utterances)).tolist()
            utterance = utterances[order.pop()]
            clip = Clip(file=utterance.file, onset=onset, num_samples=self._length(utterance))
            clips.append(clip)
            pause = self._draw_samples(self.spec.pause_s, f"{path}.pause_s")
            onset += clip.num_samples + pause
        return tuple(clips)

    def _draw_samples(self, seconds: Distribution, path: str) -> int:
        """Draw a duration in whole samples."""
        return round(draw(seconds, self.generators, path) * self.sample_rate)

    def _length(self, utterance: Utterance) -> int:
        """Return an utterance's length at the scene's rate, where it must not vanish."""
        length = resampled_length(utterance.num_frames, utterance.sample_rate, self.sample_rate)
        if length < 1:
            raise SignalError(
                f"lasts less than one sample at {self.sample_rate} Hz", where=utterance.file
            )
        return length
