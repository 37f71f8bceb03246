"""The engines: each a function from the work to responses, with hidden conventions undone.

Responses are (source, microphone, sample) with time zero at emission and amplitude 1 / (4 pi r).
Every image that arrives within the response's length is in each of them.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.speed.work import BAND_CENTERS, Work

__all__ = [
    "BANDED",
    "BROADBAND",
    "CHECKED",
    "PRA_FILTER_LENGTH",
    "Engine",
    "pyroomacoustics",
    "pyroomacoustics_responses",
    "pyroomacoustics_spared",
    "rir_generator_responses",
    "simgen_banded",
    "simgen_broadband",
]

PRA_FILTER_LENGTH = 81
"""Taps of pyroomacoustics' fractional delay; half of them is its constant delay."""


@dataclass(frozen=True)
class Engine:
    """An engine to measure.

    Attributes
    ----------
    name
        As the tables call it.
    responses
        Computes responses, shape (source, microphone, sample).
    module, package
        What it imports, and what to install for that.
    longest_t60
        Reverberation time in s beyond which measuring it would take minutes a round.
    note
        What a reader of the table should know.
    """

    name: str
    responses: Callable[[Work], NDArray[np.floating[Any]]]
    module: str
    package: str
    longest_t60: float = math.inf
    note: str = ""

    @property
    def missing(self) -> str:
        """What to do to have it; empty if it is there."""
        return "" if find_spec(self.module) else f"not installed: pip install {self.package}"


def simgen_broadband(work: Work) -> NDArray[np.float32]:
    """Compute responses with simgen, all frequencies alike."""
    from simgen.acoustics.responses import box_responses
    from simgen.acoustics.room import BoxRoom

    room = BoxRoom(work.size, work.absorption * 6, work.speed_of_sound)
    return box_responses(
        room,
        work.sources,
        work.microphones,
        sample_rate=work.sample_rate,
        num_samples=work.num_samples,
    )


def simgen_banded(work: Work) -> NDArray[np.float32]:
    """Compute responses with simgen by octave bands, with air absorption."""
    from simgen.acoustics.responses import box_responses
    from simgen.acoustics.room import BoxRoom

    walls = np.tile(work.absorption, (6, 1))
    room = BoxRoom(work.size, walls, work.speed_of_sound, work.air_absorption)
    return box_responses(
        room,
        work.sources,
        work.microphones,
        sample_rate=work.sample_rate,
        num_samples=work.num_samples,
    )


def pyroomacoustics_responses(work: Work) -> NDArray[np.float32]:
    """Compute responses with pyroomacoustics as its documentation says, on one thread."""
    shoebox = _shoebox(work, work.sources)
    shoebox.compute_rir()
    return _without_conventions(shoebox.rir, work)


def pyroomacoustics_spared(work: Work) -> NDArray[np.float32]:
    """Compute responses with pyroomacoustics, but no image that arrives after their end.

    It has no option for that: its list of images is cut, which is not a public attribute.
    """
    responses = np.zeros(work.shape, dtype=np.float32)
    for k in range(len(work.sources)):
        shoebox = _shoebox(work, work.sources[k : k + 1])
        shoebox.image_source_model()
        _keep_images_within(shoebox, work.radius)
        shoebox.compute_rir()
        responses[k : k + 1] = _without_conventions(shoebox.rir, work)
    return responses


def _shoebox(work: Work, sources: NDArray[np.float64]) -> Any:
    """Build pyroomacoustics' room, with banded walls and air if the work has bands."""
    pra = pyroomacoustics()
    banded = len(work.absorption) > 1
    energy_absorption: Any = (
        {"coeffs": list(work.absorption), "center_freqs": list(BAND_CENTERS)}
        if banded
        else work.absorption[0]
    )
    shoebox = pra.ShoeBox(
        np.array(work.size),
        fs=work.sample_rate,
        materials=pra.Material(energy_absorption),
        max_order=work.least_order,
        air_absorption=banded,
    )
    if banded:
        shoebox.set_air_absorption(list(work.air_absorption), list(BAND_CENTERS))
    shoebox.set_sound_speed(work.speed_of_sound)
    for source in sources:
        shoebox.add_source(source)
    shoebox.add_microphone_array(work.microphones.T)
    return shoebox


def _without_conventions(rirs: list[list[Any]], work: Work) -> NDArray[np.float32]:
    """Return pyroomacoustics' [microphone][source] without its delay and its factor of 4 pi."""
    delay = PRA_FILTER_LENGTH // 2
    responses = np.zeros((len(rirs[0]), len(rirs), work.num_samples), dtype=np.float32)
    for microphone, of_microphone in enumerate(rirs):
        for source, delayed in enumerate(of_microphone):
            taps = delayed[delay : delay + work.num_samples]
            responses[source, microphone, : len(taps)] = taps / (4.0 * np.pi)
    return responses


def _keep_images_within(shoebox: Any, radius: float) -> None:
    """Spare pyroomacoustics the images that arrive after the response's end."""
    (source,) = shoebox.sources
    microphones = shoebox.mic_array.R
    center = microphones.mean(axis=1, keepdims=True)
    extent = np.max(np.linalg.norm(microphones - center, axis=0))
    near = np.sum((source.images - center) ** 2, axis=0) <= (radius + extent) ** 2
    source.images = source.images[:, near]
    source.damping = source.damping[:, near]
    source.directions = source.directions[:, :, near]
    shoebox.visibility[0] = shoebox.visibility[0][:, near]


def pyroomacoustics(*, high_pass: bool = False) -> Any:
    """Import pyroomacoustics with one thread, and with or without its 10 Hz high-pass filter."""
    import pyroomacoustics as pra

    pra.constants.set("num_threads", 1)
    pra.constants.set("frac_delay_length", PRA_FILTER_LENGTH)
    pra.constants.set("rir_hpf_enable", high_pass)
    return pra


def rir_generator_responses(work: Work) -> NDArray[np.float64]:
    """Compute responses with rir-generator, which has one thread, without its high-pass filter."""
    import rir_generator

    reflection = [math.sqrt(1.0 - work.absorption[0])] * 6
    return np.stack(
        [
            rir_generator.generate(
                c=work.speed_of_sound,
                fs=work.sample_rate,
                r=work.microphones,
                s=source,
                L=work.size,
                beta=reflection,
                nsample=work.num_samples,
                hp_filter=False,
            ).T
            for source in work.sources
        ]
    )


_SPARED = "pyroomacoustics, spared"
_SPARED_NOTE = (
    "one thread; its private list of images cut to those that arrive within the response's length"
)

BROADBAND = (
    Engine("simgen", simgen_broadband, "simgen", "simgen"),
    Engine(
        "pyroomacoustics",
        pyroomacoustics_responses,
        "pyroomacoustics",
        "pyroomacoustics",
        note="as documented, one thread; the least order that misses no image within the "
        "response's length, and with it many that arrive later",
    ),
    Engine(
        _SPARED,
        pyroomacoustics_spared,
        "pyroomacoustics",
        "pyroomacoustics",
        note=_SPARED_NOTE,
    ),
    Engine(
        "rir-generator",
        rir_generator_responses,
        "rir_generator",
        "rir-generator",
        longest_t60=0.4,
        note="one thread, as it has; measured up to a reverberation time of 0.4 s",
    ),
)
"""Engines for walls that absorb all frequencies alike."""

CHECKED = tuple(engine for engine in BROADBAND if engine.name != _SPARED)
"""Engines whose errors differ."""

BANDED = (
    Engine("simgen", simgen_banded, "simgen", "simgen"),
    Engine(
        "pyroomacoustics",
        pyroomacoustics_responses,
        "pyroomacoustics",
        "pyroomacoustics",
        longest_t60=0.6,
        note="as above; it takes a seventh band, at 8 kHz, at this sample rate; measured up to a "
        "reverberation time of 0.6 s",
    ),
    Engine(
        _SPARED,
        pyroomacoustics_spared,
        "pyroomacoustics",
        "pyroomacoustics",
        note=_SPARED_NOTE,
    ),
)
"""Engines for walls and air that absorb by octave bands."""
