"""What each source of a scene emits, as samples."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.errors import SignalError
from simgen.scene.scene import Clip, NoiseSignal, Source, SpeechSignal
from simgen.scene.seeds import generator_from_key
from simgen.scene.talk import corpus_of
from simgen.signals.corpus import Corpus, read_utterance
from simgen.signals.infrasound import remove_infrasound
from simgen.signals.level import measure_speech
from simgen.signals.noise import pink_noise, white_noise
from simgen.units import amplitude_from_db

__all__ = ["DrySignal", "dry_signal"]


@dataclass(frozen=True)
class DrySignal:
    """What a source emits.

    Attributes
    ----------
    samples
        At the source's level, shape (sample,).
    active
        Where it emits anything but pauses, shape (sample,).
    """

    samples: NDArray[np.float64]
    active: NDArray[np.bool_]


def dry_signal(source: Source, sample_rate: int, num_samples: int, base: Path) -> DrySignal:
    """Return what a source emits, at its level.

    Parameters
    ----------
    source
        The source.
    sample_rate
        In Hz.
    num_samples
        Length of the scene.
    base
        The folder that relative corpus folders start from.

    Returns
    -------
    The signal without infrasound. At 0 dB the root mean square over active time is 1
    (ITU-T P.56).

    Raises
    ------
    SignalError
        If an audio file is missing or damaged, naming it.
    """
    signal = source.signal
    if isinstance(signal, SpeechSignal):
        dry = remove_infrasound(_speech(signal, sample_rate, num_samples, base), sample_rate)
    else:
        dry = _noise(signal, sample_rate, num_samples)
    measured = measure_speech(dry, sample_rate)
    level = measured.level if isinstance(signal, SpeechSignal) else 1.0
    gain = amplitude_from_db(source.level_db) / level if level > 0.0 else 0.0
    return DrySignal(samples=dry * gain, active=measured.activity(hangover=0.0))


def _speech(
    signal: SpeechSignal, sample_rate: int, num_samples: int, base: Path
) -> NDArray[np.float64]:
    """Lay the clips of a talker on the scene's time line."""
    corpus = corpus_of(signal.corpus, base)
    dry = np.zeros(num_samples)
    for clip in signal.clips:
        _require_the_same(clip, corpus)
        utterance = read_utterance(corpus, clip.file, sample_rate)
        heard = dry[clip.onset :]
        heard[: len(utterance)] += utterance[: len(heard)]
    return dry


def _require_the_same(clip: Clip, corpus: Corpus) -> None:
    """Refuse a recording that is not the very one, where the scene says which it is."""
    if clip.sha256 is None:
        return
    path = corpus.root / corpus.find(clip.file).file
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != clip.sha256:
        raise SignalError(
            "is not the recording that the scene was made with",
            value=digest,
            allowed=clip.sha256,
            where=str(path),
        )


def _noise(signal: NoiseSignal, sample_rate: int, num_samples: int) -> NDArray[np.float64]:
    """Draw noise from its key, of unit variance but for the infrasound that white noise loses."""
    generator = generator_from_key(signal.key)
    if signal.color == "pink":
        return pink_noise(generator, num_samples, sample_rate)
    white = white_noise(generator, num_samples).astype(np.float64)
    return remove_infrasound(white, sample_rate)
