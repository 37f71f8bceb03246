"""A bank of sources recorded alone, on the disk: made in parallel, resumed, read as mapped memory.

::

    DIR/part-00000.npy    signals (item, microphone, sample), int16
    DIR/part-00000.npz    everything else of these items, and the digest of the signals

The same recipe, seed and versions give the same bytes for any number of jobs, and a longer bank
begins with the shorter one.
"""

import hashlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from joblib import Parallel, delayed, parallel_config
from numpy.typing import NDArray

from simgen.dataset.atomic import write_atomically
from simgen.dataset.layout import installed_versions
from simgen.scene.scene_file import SceneFile
from simgen.training.lone_sources import LoneSource, alone, record_alone

__all__ = ["ITEMS_PER_PART", "Bank", "bank_place", "build_bank", "open_bank"]

ITEMS_PER_PART: Final = 40
"""Items of a file, a worker's unit of work: 40 MB, some two seconds."""

_FORMAT: Final = 1


@dataclass(frozen=True)
class Bank:
    """Sources recorded alone.

    Attributes
    ----------
    parts
        Signals of the items of each part, (item, microphone, sample) int16, in units of the gains.
    gains, azimuths, distances, is_anechoic
        As of a `LoneSource`, each (item,).
    powers
        Shape (item, block).
    digest
        SHA-256 over the digests of the parts' signals.
    """

    parts: tuple[NDArray[np.int16], ...]
    gains: NDArray[np.float64]
    azimuths: NDArray[np.float64]
    distances: NDArray[np.float64]
    is_anechoic: NDArray[np.bool_]
    powers: NDArray[np.float32]
    digest: str

    def __len__(self) -> int:
        return len(self.gains)

    def joined(self, other: "Bank") -> "Bank":
        """Return a bank of the items of this one and then those of another."""
        arrays = {key: np.concatenate([getattr(self, key), getattr(other, key)]) for key in _LABELS}
        digest = hashlib.sha256((self.digest + other.digest).encode()).hexdigest()
        return Bank(parts=(*self.parts, *other.parts), digest=digest, **arrays)

    def signals(self, item: int) -> NDArray[np.int16]:
        """Return what an item recorded, (microphone, sample), in units of its gain."""
        signals: NDArray[np.int16] = self.parts[item // ITEMS_PER_PART][item % ITEMS_PER_PART]
        return signals


def bank_place(recipe: SceneFile, seed: int) -> Path:
    """Return where the bank of a recipe lies in the user's cache."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(root) if Path(root).is_absolute() else Path.home() / ".cache"
    made_by = json.dumps([_FORMAT, recipe.to_json(), seed, installed_versions()], sort_keys=True)
    digest = hashlib.sha256(made_by.encode()).hexdigest()[:16]
    return cache / "simgen" / "banks" / f"{recipe.name}-{digest}"


def build_bank(
    recipe: SceneFile,
    directory: Path,
    *,
    num_parts: int,
    seed: int,
    jobs: int = 1,
    on_part: Callable[[int], None] = lambda _: None,
) -> Bank:
    """Make the parts that are missing, and open the bank.

    Parameters
    ----------
    recipe
        The family of scenes that sources are drawn from, one array and one group of sources.
    directory
        Where the bank lies.
    num_parts
        Parts wanted; of more, the first are taken.
    seed
        What scenes are drawn with.
    jobs
        Processes.
    on_part
        Called with the number of parts made so far.

    Raises
    ------
    ParameterError
        If the recipe does not fit.
    """
    lone = alone(recipe)
    directory.mkdir(parents=True, exist_ok=True)
    missing = [part for part in range(num_parts) if not _labels_file(directory, part).exists()]
    if missing:
        with parallel_config("loky", inner_max_num_threads=1):
            made = Parallel(n_jobs=jobs, return_as="generator_unordered")(
                delayed(_make_part)(lone, directory, part, seed) for part in missing
            )
            for done, _ in enumerate(made, start=1):
                on_part(num_parts - len(missing) + done)
    return open_bank(directory, num_parts)


def open_bank(directory: Path, num_parts: int) -> Bank:
    """Open the first parts of a bank that is whole."""
    labels = [_read_labels(directory, part) for part in range(num_parts)]
    whole = {key: np.concatenate([part[key] for part in labels]) for key in _LABELS}
    digests = "".join(str(part["sha256"]) for part in labels)
    return Bank(
        parts=tuple(
            np.load(_signals_file(directory, part), mmap_mode="r") for part in range(num_parts)
        ),
        digest=hashlib.sha256(digests.encode()).hexdigest(),
        **whole,
    )


_LABELS: Final = ("gains", "azimuths", "distances", "is_anechoic", "powers")


def _make_part(lone: SceneFile, directory: Path, part: int, seed: int) -> None:
    """Record the sources of a part and write them; the labels last, which make it whole."""
    first = part * ITEMS_PER_PART
    items = [
        record_alone(lone, seed=seed, index=index) for index in range(first, first + ITEMS_PER_PART)
    ]
    signals = _npy(np.stack([item.signals for item in items]))
    write_atomically(_signals_file(directory, part), signals)
    labels = io.BytesIO()
    digest = np.array(hashlib.sha256(signals).hexdigest())
    np.savez(labels, allow_pickle=False, sha256=digest, **_stacked(items))
    write_atomically(_labels_file(directory, part), labels.getvalue())


def _stacked(items: list[LoneSource]) -> dict[str, NDArray[Any]]:
    """Return what is known of items besides their signals, by name, each (item, ...)."""
    return {
        "gains": np.array([item.gain for item in items]),
        "azimuths": np.array([item.azimuth for item in items]),
        "distances": np.array([item.distance for item in items]),
        "is_anechoic": np.array([item.is_anechoic for item in items]),
        "powers": np.stack([item.powers for item in items]),
    }


def _npy(array: NDArray[np.int16]) -> bytes:
    """Return an array as the bytes of a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _read_labels(directory: Path, part: int) -> dict[str, NDArray[Any]]:
    """Return everything of a part but its signals, by name."""
    with np.load(_labels_file(directory, part), allow_pickle=False) as labels:
        return dict(labels)


def _signals_file(directory: Path, part: int) -> Path:
    """Return where the signals of a part lie."""
    return directory / f"part-{part:05d}.npy"


def _labels_file(directory: Path, part: int) -> Path:
    """Return where everything else of a part lies."""
    return directory / f"part-{part:05d}.npz"
