"""What localisation tasks ask: where the sources of every scene are, and under which conditions."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from simgen.benchmark.suite import Split
from simgen.benchmark.tracks import LocalizationTrack
from simgen.scene.geometry import offsets_from
from simgen.scene.scene import Scene

__all__ = ["conditions", "localization_track", "references"]


def localization_track(split: Split) -> LocalizationTrack:
    """Return the task of a split of a localisation track."""
    return cast("LocalizationTrack", split.track)


def references(split: Split) -> dict[str, NDArray[np.float64]]:
    """Return the true azimuths by item in rad in the array's frame, each (source,)."""
    array = localization_track(split).array
    scenes = zip(split.items, split.scenes, strict=True)
    return {item: _azimuths(scene, array) for item, scene in scenes}


def conditions(split: Split) -> dict[str, dict[str, str]]:
    """Return, by name of a condition, the label of every item."""
    return {
        condition: {
            item: label(scene) for item, scene in zip(split.items, split.scenes, strict=True)
        }
        for condition, label in _CONDITIONS.items()
    }


def _azimuths(scene: Scene, array: str) -> NDArray[np.float64]:
    """Return the azimuths of a scene's sources in rad in an array's frame, (source,)."""
    offsets = offsets_from(scene.arrays[array], scene.source_positions())
    return np.arctan2(offsets[:, 1], offsets[:, 0])


def _reverberation(scene: Scene) -> str:
    """Say whether a scene is anechoic."""
    return "anechoic" if scene.room.t60 == 0.0 else "reverberant"


def _t60(scene: Scene) -> str:
    """Say which 0.2 s wide class the reverberation time falls into."""
    if scene.room.t60 is None:
        return "not given"
    if scene.room.t60 == 0.0:
        return "0 s"
    fifths = int(round(scene.room.t60 / 0.2, 9))
    return f"{fifths / 5:.1f}-{(fifths + 1) / 5:.1f} s"


def _snr(scene: Scene) -> str:
    """Say which 10 dB wide class the signal-to-noise ratio falls into."""
    if scene.sensor_noise is None:
        return "no noise"
    low = int(scene.sensor_noise.snr_db // 10) * 10
    return f"{low}-{low + 10} dB"


def _num_sources(scene: Scene) -> str:
    """Count the sources."""
    return str(len(scene.sources))


_CONDITIONS = {
    "reverberation": _reverberation,
    "t60": _t60,
    "snr": _snr,
    "num_sources": _num_sources,
}
"""What a breakdown of scores is by."""
