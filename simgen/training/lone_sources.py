"""Sources recorded alone: what examples are mixed from."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ParameterError
from simgen.render.dry import dry_signal
from simgen.render.mix import convolve
from simgen.render.responses import responses_in
from simgen.scene.geometry import offsets_from, region_grid
from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.transducers import array_transducers, source_transducers
from simgen.training.colour import coloured, draw_colour

__all__ = ["BLOCK", "LoneSource", "alone", "places", "record_alone"]

BLOCK: Final = 160
"""Samples of a block whose dry power is known, 10 ms at 16 kHz."""

_FULL_SCALE: Final = 32_767

_SILENCE: Final = 1e-30
"""Peak of a recording, at least, so that one of silence has a gain."""

_AT_ONE_METRE: Final = 4.0 * np.pi
"""Gain that makes the direct sound at 1 m as loud as what is emitted."""


@dataclass(frozen=True)
class LoneSource:
    """One source as an array hears it, at 0 dB and without noise.

    Attributes
    ----------
    signals
        Shape (microphone, sample), in units of `gain`.
    gain
        What makes signals of which the direct sound at 1 m has, over active time, a root mean
        square of 1.
    powers
        Mean square of what the source emits in each block, (block,); 1 in the mean over
        active time.
    azimuth
        In rad in the array's frame.
    distance
        Normalised to [0, 1) within the region that the source is in.
    is_anechoic
        Whether the room is the free field.
    """

    signals: NDArray[np.int16]
    gain: float
    powers: NDArray[np.float32]
    azimuth: float
    distance: float
    is_anechoic: bool


def alone(recipe: SceneFile) -> SceneFile:
    """Return the same family of scenes, each with one source at 0 dB.

    Raises
    ------
    ParameterError
        If the family has more than one group of sources or more than one array.
    """
    for kind in ("arrays", "sources"):
        if len(names := sorted(getattr(recipe, kind))) != 1:
            raise ParameterError(f"a training recipe has one entry in {kind}", value=names)
    ((name, group),) = recipe.sources.items()
    one = group.model_copy(update={"count": 1, "level_db": 0.0})
    return recipe.model_copy(update={"sources": {name: one}})


def record_alone(lone: SceneFile, *, seed: int, index: int) -> LoneSource:
    """Draw a scene and record its source without noise.

    Parameters
    ----------
    lone
        As `alone` returns it.
    seed, index
        Of the scene.
    """
    scene = lone.draw(seed=seed, index=index)
    (array,), (source,) = scene.arrays.values(), scene.sources
    dry = dry_signal(source, scene.sample_rate, scene.num_samples, lone.base).samples
    dry = coloured(dry, draw_colour(Generators(seed, index)), scene.sample_rate)
    responses = responses_in(scene, source_transducers(scene), array_transducers(scene, array))
    heard = convolve(dry, responses[0], scene.num_samples)
    scale = max(float(np.max(np.abs(heard))), _SILENCE) / _FULL_SCALE
    azimuths, distances = places(scene, next(iter(scene.arrays)))
    blocks = dry[: dry.size // BLOCK * BLOCK].reshape(-1, BLOCK)
    return LoneSource(
        signals=np.rint(heard / scale).astype(np.int16),
        gain=scale * _AT_ONE_METRE,
        powers=np.mean(np.square(blocks), axis=1).astype(np.float32),
        azimuth=float(azimuths[0]),
        distance=float(distances[0]),
        is_anechoic=scene.room.t60 == 0.0,
    )


def places(scene: Scene, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where sources are as an array hears them.

    Parameters
    ----------
    scene
        The scene.
    name
        The array's.

    Returns
    -------
    Azimuths in rad and distances normalised to [0, 1) within their regions, each (source,).

    Raises
    ------
    ParameterError
        If the array has no regions.
    """
    array = scene.arrays[name]
    grid = region_grid(scene.room, array)
    if grid is None:
        raise ParameterError("an array to train for needs regions", where=f"{scene.name}: {name}")
    offsets = offsets_from(array, scene.source_positions())
    azimuths, metres = np.arctan2(offsets[:, 1], offsets[:, 0]), np.linalg.norm(offsets, axis=1)
    low, high = grid.distance_bounds[grid.region_of(azimuths, metres)].T
    return azimuths, np.clip((metres - low) / (high - low), 0.0, np.nextafter(1.0, 0.0))
