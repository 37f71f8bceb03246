"""What scenes name by a file: measured heads and measured directivities.

The files are of other people's formats, which are known elsewhere: whoever renders hands in the
functions that read them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.bands import octave_bands
from simgen.acoustics.heads import HeadResponses
from simgen.errors import ParameterError
from simgen.scene.device import Device
from simgen.scene.directivity import Directivity, Harmonics, MeasuredDirectivity
from simgen.scene.listener import MeasuredHead
from simgen.scene.scene import Scene
from simgen.scene.sofa_files import require_unchanged

__all__ = ["NO_READERS", "Readers", "read_directivity", "read_head", "with_directivities"]


@dataclass(frozen=True)
class Readers:
    """Functions that read the files that a scene names; they are pickled for the workers.

    Attributes
    ----------
    head
        From a path to the responses of a head.
    directivity
        From a path, what is wanted of it and the octave centres in Hz to spherical harmonics,
        (band, harmonic).
    """

    head: Callable[[Path], HeadResponses]
    directivity: Callable[[Path, MeasuredDirectivity, NDArray[np.float64]], NDArray[np.float64]]


def _refuse(path: Path, *_: Any) -> Any:
    """Refuse a file that nobody can read."""
    raise ParameterError(
        "the scene names a file, and no reader was handed in for it",
        where=str(path),
        fix="Call simgen.render, which brings readers along.",
    )


NO_READERS = Readers(_refuse, _refuse)


def read_head(head: MeasuredHead, base: Path, readers: Readers) -> HeadResponses:
    """Read a measured head, once for all scenes.

    Raises
    ------
    SignalError
        If the file is missing, damaged, or not the one that the scene was drawn with.
    """
    path = require_unchanged(head.file, base, head.sha256)
    return _head_once(readers.head, path, head.sha256)


@lru_cache(maxsize=8)
def _head_once(
    read: Callable[[Path], HeadResponses],
    path: Path,
    sha256: str,  # noqa: ARG001 - another content is another head
) -> HeadResponses:
    """Read a head once for each content of its file."""
    return read(path)


def read_directivity(
    directivity: MeasuredDirectivity, base: Path, readers: Readers, *, sample_rate: int
) -> Harmonics:
    """Fit a measured directivity, once for all scenes of a sample rate.

    Raises
    ------
    SignalError
        If the file is missing, damaged, or not the one that the scene was drawn with, or what
        was measured leaves out an octave, or the front.
    """
    path = require_unchanged(directivity.file, base, directivity.sha256)
    return _harmonics_once(readers.directivity, path, directivity, sample_rate)


def with_directivities(scene: Scene, base: Path, readers: Readers) -> Scene:
    """Return a scene with its measured directivities replaced by their spherical harmonics.

    Raises
    ------
    SignalError
        As ``read_directivity`` does.
    """

    def known(thing: Any) -> Any:
        return thing.model_copy(update={"directivity": harmonics(thing.directivity)})

    def harmonics(directivity: Directivity) -> Directivity:
        if not isinstance(directivity, MeasuredDirectivity):
            return directivity
        return read_directivity(directivity, base, readers, sample_rate=scene.sample_rate)

    def known_drivers(device: Device) -> Device:
        return device.model_copy(update={"drivers": tuple(map(known, device.drivers))})

    return scene.model_copy(
        update={
            "sources": tuple(map(known, scene.sources)),
            "devices": {name: known_drivers(one) for name, one in scene.devices.items()},
        }
    )


@lru_cache(maxsize=64)
def _harmonics_once(
    read: Callable[[Path, MeasuredDirectivity, NDArray[np.float64]], NDArray[np.float64]],
    path: Path,
    directivity: MeasuredDirectivity,
    sample_rate: int,
) -> Harmonics:
    """Fit a directivity once for each content of its file."""
    rows = read(path, directivity, octave_bands(sample_rate))
    return Harmonics(coefficients=tuple(tuple(row) for row in rows.tolist()))
