"""Image-source responses through pyroomacoustics, freed of its hidden conventions.

What is undone here: its constant delay of half a fractional-delay filter, its missing
1 / (4 pi), its high-pass filter, its threads (its sums depend on their number), and its
diamond of images, of which only those within the response's length are kept.
"""

import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.room import BoxRoom
from simgen.acoustics.transducers import Transducer, positions
from simgen.errors import ParameterError

__all__ = ["image_source_responses"]

_FILTER_LENGTH = 81
"""Taps of pyroomacoustics' fractional delay (its constant frac_delay_length)."""

_HIDDEN_DELAY = _FILTER_LENGTH // 2
"""Samples by which pyroomacoustics delays every response."""


def image_source_responses(
    room: BoxRoom,
    sources: Sequence[Transducer],
    receivers: Sequence[Transducer],
    *,
    sample_rate: int,
    num_samples: int,
    max_order: int | None = None,
) -> NDArray[np.float32]:
    """Compute box responses with pyroomacoustics; see ``box_responses`` for the meaning.

    One source at a time, so that memory holds the images of one source only.

    Returns
    -------
    Responses, shape (source, receiver, sample), float32.

    Raises
    ------
    ParameterError
        If the walls have octave bands or the air absorbs: its own filters would differ; if
        images are displaced; or if something has a directivity.
    """
    if not all(one.is_omnidirectional for one in (*sources, *receivers)):
        raise ParameterError(
            "the engine pyroomacoustics takes omnidirectional sources and receivers alone here",
            fix="Choose the engine simgen.",
        )
    if room.num_bands > 1 or any(room.air_absorption) or room.image_jitter > 0.0:
        raise ParameterError(
            "the engine pyroomacoustics takes no octave bands, air absorption or image jitter here",
            fix="Choose the engine simgen.",
        )
    order = _reflection_order(room, num_samples / sample_rate, max_order)
    microphones = positions(receivers)
    responses = np.zeros((len(sources), len(microphones), num_samples), dtype=np.float32)
    for source, response in zip(positions(sources), responses, strict=True):
        shoebox = _shoebox(room, source, microphones, sample_rate, order)
        _keep_images_within(shoebox, room.speed_of_sound * num_samples / sample_rate)
        shoebox.compute_rir()
        for microphone, (delayed,) in enumerate(shoebox.rir):
            taps = delayed[_HIDDEN_DELAY : _HIDDEN_DELAY + num_samples] / (4.0 * np.pi)
            response[microphone, : len(taps)] = taps
    return responses


def _shoebox(
    room: BoxRoom,
    source: NDArray[np.float64],
    microphones: NDArray[np.float64],
    sample_rate: int,
    order: int,
) -> Any:
    """Build pyroomacoustics' room with one source and its images computed."""
    pra = _pyroomacoustics()
    walls = dict(
        zip(
            ("west", "east", "south", "north", "floor", "ceiling"),
            room.wall_absorption[:, 0],
            strict=True,
        )
    )
    shoebox = pra.ShoeBox(
        np.array(room.size),
        fs=sample_rate,
        materials={name: pra.Material(float(absorption)) for name, absorption in walls.items()},
        max_order=order,
        air_absorption=False,
    )
    shoebox.set_sound_speed(room.speed_of_sound)
    shoebox.add_source(source)
    shoebox.add_microphone_array(microphones.T)
    shoebox.image_source_model()
    return shoebox


def _reflection_order(room: BoxRoom, duration: float, max_order: int | None) -> int:
    """Return the reflection order whose diamond of images holds the ball of radius c t.

    An image n rooms away along an axis is at least (n - 1) sides away, and by the
    Cauchy-Schwarz inequality the sum of d_i / L_i is at most d sqrt(sum 1 / L_i^2).
    """
    if room.is_anechoic:
        return 0
    if max_order is not None:
        return max_order
    radius = room.speed_of_sound * duration
    return math.ceil(radius * math.sqrt(sum(side**-2 for side in room.size))) + 3


def _keep_images_within(shoebox: Any, radius: float) -> None:
    """Drop the images of the only source that arrive nowhere within the response."""
    (source,) = shoebox.sources
    microphones = shoebox.mic_array.R
    center = microphones.mean(axis=1, keepdims=True)
    extent = np.max(np.linalg.norm(microphones - center, axis=0))
    near = np.sum((source.images - center) ** 2, axis=0) <= (radius + extent) ** 2
    source.images = source.images[:, near]
    source.damping = source.damping[:, near]
    source.directions = source.directions[:, :, near]
    shoebox.visibility[0] = shoebox.visibility[0][:, near]


def _pyroomacoustics() -> Any:
    """Import pyroomacoustics with one thread and without its high-pass filter."""
    os.environ.setdefault("PRA_NUM_THREADS", "1")
    import pyroomacoustics as pra

    pra.constants.set("num_threads", 1)
    pra.constants.set("frac_delay_length", _FILTER_LENGTH)
    pra.constants.set("rir_hpf_enable", False)
    return pra
