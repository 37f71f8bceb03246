"""Stereo mixes made of amplitude-panned stems, the same to the last bit wherever they are made.

A recipe holds numbers: which utterances begin when, which notes are played, which bits noise is
made of. Instruments are synthetic, of sines and noise under envelopes that are powers of straight
lines: what differs between processors (exponentials, powers, BLAS) is not used. Stems are rounded
to 24 bits, as in a PCM file, so that any order of summing them gives the same mix.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simgen.constants import LOWEST_AUDIBLE
from simgen.errors import SignalError
from simgen.signals.corpus import read_utterance
from simgen.signals.speech import shipped_speech

__all__ = ["MIX_LENGTH", "MIX_RATE", "frozen_recipes", "frozen_stems", "make_stems", "stems_digest"]

MIX_RATE: Final = 48000
"""Sample rate in Hz."""

MIX_LENGTH: Final = 8 * MIX_RATE
"""Samples in a mix."""

_HIGHEST: Final = 20000.0
"""In Hz; partials above are left out."""

_MOST_PARTIALS: Final = 16
"""Of a note; beyond, a plucked string's are gone within a few milliseconds."""

_ATTACK: Final = 480
"""Samples in which a note begins, 10 ms: no click."""

_STEPS: Final = 2.0**23
"""Steps of 24-bit audio from 0 to full scale."""

Stem = NDArray[np.float64]


@cache
def frozen_recipes() -> dict[str, Any]:
    """Return the recipes of the frozen mixes, by name.

    Examples
    --------
    >>> list(frozen_recipes())
    ['band', 'choir', 'duet', 'news', 'quiz', 'radio']
    """
    path = Path(__file__).with_name("stereo_mixes.json")
    recipes: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return recipes


def frozen_stems(name: str) -> dict[str, Stem]:
    """Make the stems of a frozen mix, and check that they are what they were.

    Parameters
    ----------
    name
        One of :func:`frozen_recipes`.

    Returns
    -------
    Stems by name, each of shape (2, sample); ``centre`` is the first, and their sum is the mix.

    Raises
    ------
    SignalError
        If there is no such mix, or its bytes differ from those that were frozen.
    """
    if name not in frozen_recipes():
        raise SignalError("no such mix", value=name, allowed=", ".join(frozen_recipes()))
    recipe = frozen_recipes()[name]
    stems = make_stems(recipe["stems"])
    if stems_digest(stems) != recipe["sha256"]:
        raise SignalError(f"mix {name} is not what it was when it was frozen")
    return stems


def make_stems(recipe: Mapping[str, Any]) -> dict[str, Stem]:
    """Make the stems of a mix.

    Parameters
    ----------
    recipe
        By stem: its ``level`` (root mean square at full gain), its ``gains`` to left and right,
        and one of ``voice`` (pairs of an utterance's file and its first sample), ``plucked`` or
        ``blown`` (a frequency in Hz, a first sample and a number of samples for each note),
        ``struck`` (the key of its noise, then a first sample and a number of samples for each
        stroke) or ``ambience`` (the keys of the noises to the left and to the right).

    Returns
    -------
    Stems by name, each of shape (2, sample), in steps of 24 bits.
    """
    return {name: _panned(stem) for name, stem in recipe.items()}


def stems_digest(stems: Mapping[str, Stem]) -> str:
    """Return the SHA-256 of stems as 32-bit integers, with their names, in hexadecimal."""
    digest = hashlib.sha256()
    for name, stem in stems.items():
        digest.update(f"{name} {stem.shape}\n".encode())
        digest.update(np.round(stem * _STEPS).astype("<i4").tobytes())
    return digest.hexdigest()


def _panned(stem: Mapping[str, Any]) -> Stem:
    """Return one stem in left and right."""
    (kind,) = {*stem} - {"level", "gains"}
    dry = np.atleast_2d(_KINDS[kind](stem[kind]))
    power = np.mean(dry * dry, axis=1, keepdims=True)
    scaled = stem["level"] * dry / np.sqrt(power)
    return np.asarray(np.round(np.array(stem["gains"])[:, None] * scaled * _STEPS) / _STEPS)


def _voice(utterances: list[tuple[str, int]]) -> Stem:
    """Put utterances one after the other; what lies beyond the end is cut off."""
    corpus, signal = shipped_speech(), np.zeros(MIX_LENGTH)
    for file, start in utterances:
        speech = read_utterance(corpus, file, MIX_RATE)[: MIX_LENGTH - start]
        signal[start : start + len(speech)] += speech
    return signal


def _plucked(notes: list[tuple[float, int, int]]) -> Stem:
    """Play strings, whose higher partials are weaker and die away sooner."""
    return _played(notes, lambda fading: (fading * fading * fading, fading))


def _blown(notes: list[tuple[float, int, int]]) -> Stem:
    """Play pipes, whose partials all last as long as the note."""
    return _played(notes, lambda fading: (np.minimum(1.0, 8.0 * fading), np.ones_like(fading)))


def _played(
    notes: list[tuple[float, int, int]], envelopes: Callable[[Stem], tuple[Stem, Stem]]
) -> Stem:
    """Add up notes; the first partial's envelope and the ratio of each to the one before it.

    Both are functions of the share of the note that is to come.
    """
    signal = np.zeros(MIX_LENGTH)
    for frequency, start, length in notes:
        place = np.arange(min(length, MIX_LENGTH - start))
        envelope, ratio = envelopes(1.0 - place / length)
        note = np.zeros(len(place))
        for partial in range(1, min(_MOST_PARTIALS, int(_HIGHEST / frequency)) + 1):
            turns = partial * frequency / MIX_RATE * place
            note += envelope * np.sin(2.0 * math.pi * turns) / partial
            envelope = envelope * ratio
        signal[start : start + len(place)] += np.minimum(1.0, place / _ATTACK) * note
    return signal


def _struck(strokes: Mapping[str, Any]) -> Stem:
    """Strike a drum: noise that dies away."""
    noise, signal = _uniform_noise(strokes["key"]), np.zeros(MIX_LENGTH)
    for start, length in strokes["at"]:
        place = np.arange(min(length, MIX_LENGTH - start))
        fading = 1.0 - place / length
        signal[start : start + len(place)] += fading * fading * fading * noise[: len(place)]
    return signal


def _ambience(keys: list[list[int]]) -> Stem:
    """Return noises that have nothing to do with each other and fall by 3 dB an octave."""
    frequency = np.fft.rfftfreq(MIX_LENGTH, 1.0 / MIX_RATE)
    gain = np.sqrt(LOWEST_AUDIBLE / np.maximum(frequency, LOWEST_AUDIBLE))
    gain[frequency < LOWEST_AUDIBLE] = 0.0
    spectra = gain * np.fft.rfft([_uniform_noise(key) for key in keys])
    return np.asarray(np.fft.irfft(spectra, MIX_LENGTH))


def _uniform_noise(key: list[int]) -> Stem:
    """Return noise between -1 and 1 from raw bits, which numpy promises never to change."""
    bits = np.random.Philox(key=np.array(key, dtype=np.uint64)).random_raw(MIX_LENGTH)
    return np.asarray((bits >> np.uint64(11)) * 2.0**-52 - 1.0)


_KINDS: Final[dict[str, Callable[[Any], Stem]]] = {
    "voice": _voice,
    "plucked": _plucked,
    "blown": _blown,
    "struck": _struck,
    "ambience": _ambience,
}
