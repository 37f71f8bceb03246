"""Rendering: a scene to a recording."""

from collections.abc import Set
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ParameterError
from simgen.labels.frames import ArrayLabels, frame_activity, label_array, num_frames
from simgen.render.dry import DrySignal, dry_signal
from simgen.render.ear_responses import ear_responses
from simgen.render.measured import NO_READERS, Readers, with_directivities
from simgen.render.microphone_errors import (
    amplified,
    image_with_phases,
    superposed_with_phases,
)
from simgen.render.mix import mix, scale_noise, sum_images
from simgen.render.recording import KEEPABLE, Recording, finite
from simgen.render.responses import responses_in
from simgen.scene.geometry import offsets_from, region_grid
from simgen.scene.scene import MicrophoneArray, Scene
from simgen.scene.seeds import derived_key, generator_from_key
from simgen.scene.transducers import array_transducers, source_transducers
from simgen.signals.noise import white_noise

__all__ = ["render"]


@np.errstate(over="ignore", invalid="ignore")  # what comes of it is refused by name
def render(
    scene: Scene,
    *,
    keep: Set[str] = frozenset(),
    base: str | Path = Path(),
    readers: Readers = NO_READERS,
) -> Recording:
    """Render a scene, as :func:`simgen.render` documents, with the caller's readers of SOFA files.

    Layers above read the files of other formats, so they hand down how.
    """
    if unknown := sorted(set(keep) - KEEPABLE):
        raise ParameterError("keep is unknown", value=unknown, allowed=", ".join(sorted(KEEPABLE)))
    dry = [
        dry_signal(source, scene.sample_rate, scene.num_samples, Path(base))
        for source in scene.sources
    ]
    signals, labels = {}, {}
    kept: dict[str, dict[str, NDArray[np.float32]]] = {name: {} for name in KEEPABLE}
    known = with_directivities(scene, Path(base), readers)
    for name, array in scene.arrays.items():
        ideal = responses_in(known, source_transducers(known), array_transducers(known, array))
        responses = amplified(ideal, array.errors)
        emitted = [one.samples for one in dry]
        if "images" in keep:
            images = _images(emitted, responses, array, scene.num_samples)
            kept["images"][name] = images
            heard = sum_images(images)
        else:
            heard = superposed_with_phases(emitted, responses, array.errors, scene.num_samples)
        noise = _noise(scene, name, heard)
        signals[name] = finite(mix(heard, noise), f'the signals of "{name}"')
        labels[name] = _labels(scene, array, dry)
        for kind, values in (("noise", noise), ("responses", responses)):
            if kind in keep:
                kept[kind][name] = values
    heard_by = ear_responses(known, Path(base), readers)
    return Recording(scene=scene, signals=signals, labels=labels, ear_responses=heard_by, **kept)


def _images(
    dry: list[NDArray[np.float64]],
    responses: NDArray[np.float32],
    array: MicrophoneArray,
    num_samples: int,
) -> NDArray[np.float32]:
    """Convolve every source with its responses, (source, microphone, sample)."""
    images = np.zeros((*responses.shape[:2], num_samples), dtype=np.float32)
    for source, signal in enumerate(dry):
        images[source] = image_with_phases(signal, responses[source], array.errors, num_samples)
    return images


def _noise(scene: Scene, array: str, heard: NDArray[np.float64]) -> NDArray[np.float32]:
    """Make the sensor noise of one array, (microphone, sample)."""
    if scene.sensor_noise is None:
        return np.zeros(heard.shape, dtype=np.float32)
    generator = generator_from_key(derived_key(scene.sensor_noise.key, array))
    white = white_noise(generator, heard.shape)
    return scale_noise(white, heard, scene.sensor_noise.snr_db)


def _labels(scene: Scene, array: MicrophoneArray, dry: list[DrySignal]) -> ArrayLabels:
    """Label the sources as one array hears them."""
    offsets = offsets_from(array, scene.source_positions())
    travel = np.linalg.norm(offsets, axis=1) / scene.room.speed_of_sound * scene.sample_rate
    activity = [
        frame_activity(signal.active, round(delay), scene.num_samples, scene.label_hop)
        for signal, delay in zip(dry, travel.tolist(), strict=True)
    ]
    frames = num_frames(scene.num_samples, scene.label_hop)
    heard = np.array(activity, dtype=np.bool_).reshape(-1, frames).T
    return label_array(offsets, heard, region_grid(scene.room, array))
