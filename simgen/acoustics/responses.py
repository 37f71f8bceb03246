"""Room impulse responses between sources and receivers in a box room."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.bands import octave_bands
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.transducers import Transducer, as_transducers, positions
from simgen.arrays import as_points, require_whole
from simgen.errors import GeometryError, ParameterError, ShapeError

__all__ = [
    "ENGINES",
    "MOST_IMAGES",
    "SHORTEST_DISTANCE",
    "Engine",
    "box_responses",
    "num_images",
    "response_length",
]

SHORTEST_DISTANCE = 0.01
"""Least distance from a source to a microphone in m: nearer, a point source means nothing."""

KERNEL_TAIL = 41
"""Samples after its delay for which a band-limited impulse is heard out: then it is 70 dB down."""

MOST_IMAGES = 10**9
"""Most image sources summed in one response: some ten seconds, and far below any audible tail."""

Engine = Literal["simgen", "pyroomacoustics"]

ENGINES: tuple[Engine, ...] = ("simgen", "pyroomacoustics")
"""Engines by name: our own, and pyroomacoustics as an independent check."""


def box_responses(
    room: BoxRoom,
    sources: ArrayLike | Sequence[Transducer],
    receivers: ArrayLike | Sequence[Transducer],
    *,
    sample_rate: int,
    num_samples: int,
    max_order: int | None = None,
    engine: Engine = "simgen",
) -> NDArray[np.float32]:
    """Compute the impulse responses from sources to receivers.

    Every image source within the response's length contributes its delayed impulse of
    amplitude (product of reflection factors) / (4 pi r), with the reflection factor
    sqrt(1 - absorption) at each wall met, times the gains of the source in the direction in
    which it sends and of the receiver in that from which it hears.

    Parameters
    ----------
    room
        The room.
    sources
        Transducers; or positions in m, shape (source, 3), of omnidirectional ones.
    receivers
        Likewise, one for each channel.
    sample_rate
        In Hz.
    num_samples
        Length of each response.
    max_order
        Most walls that an image has met; none for all images within the length.
    engine
        ``simgen``, or ``pyroomacoustics`` as an independent check.

    Returns
    -------
    Responses, shape (source, receiver, sample), float32. Sample 0 is the instant of
    emission: the direct sound at distance r lies at r / c.

    Raises
    ------
    ShapeError
        If positions are not finite or not of shape (point, 3), or a directivity has neither one
        band nor the octave bands of the sample rate.
    GeometryError
        If something is outside the room, or a source is on top of a receiver.
    ParameterError
        If the sample rate or length is out of range, or the engine cannot do it.

    References
    ----------
    J. B. Allen and D. A. Berkley, "Image method for efficiently simulating small-room
    acoustics", J. Acoust. Soc. Am. 65(4), 1979, eqs. (8) to (10).

    Examples
    --------
    A cardioid that turns its back hears nothing in the free field.

    >>> from simgen.acoustics.directivity import cardioid_family
    >>> room = BoxRoom((4.0, 3.0, 2.5), (1.0,) * 6, 343.0)
    >>> cardioid = Transducer((3.0, 1.5, 1.2), cardioid_family("cardioid", 1))
    >>> back, front = box_responses(
    ...     room, [(1.0, 1.5, 1.2), (3.8, 1.5, 1.2)], [cardioid], sample_rate=16000, num_samples=200
    ... )
    >>> float(abs(back).max()), round(float(abs(front).max()), 2)
    (0.0, 0.08)
    """
    emitting, hearing = as_transducers(sources, "sources"), as_transducers(receivers, "receivers")
    require_whole(sample_rate, "sample_rate", 1000, 768_000)
    require_whole(num_samples, "num_samples", 1, 2**26)
    if max_order is not None:
        require_whole(max_order, "max_order", 0, 10_000)
    sample_rate, num_samples = int(sample_rate), int(num_samples)  # numpy's may be of one byte
    if any(source.body is not None for source in emitting):
        raise ParameterError("a source is on a body, and only receivers can be")
    room.require_inside(positions(emitting), "source")
    room.require_inside(positions(hearing), "receiver")
    _require_apart(positions(emitting), positions(hearing))
    _require_outside_bodies(room, positions(emitting), hearing)
    _require_bands(room, (*emitting, *hearing), sample_rate)
    images = num_images(room, num_samples / sample_rate)
    if max_order is not None:
        images = min(images, num_images_of_order(max_order))
    if images > MOST_IMAGES:
        raise ParameterError(
            "the response holds too many image sources",
            value=round(images),
            allowed=f"up to {MOST_IMAGES}",
            fix="Shorten it, let the walls absorb more, or give a max_order.",
        )
    if engine == "simgen":
        from simgen.acoustics.synthesis import image_source_responses
    elif engine == "pyroomacoustics":
        from simgen.acoustics.pyroomacoustics_engine import image_source_responses
    else:
        raise ParameterError("engine is unknown", value=engine, allowed=", ".join(ENGINES))
    return image_source_responses(
        room,
        emitting,
        hearing,
        sample_rate=sample_rate,
        num_samples=num_samples,
        max_order=max_order,
    )


def num_images(room: BoxRoom, duration: float) -> float:
    """Return about how many image sources arrive within ``duration`` s: ball over room volume."""
    if room.is_anechoic:
        return 1.0
    radius = room.speed_of_sound * duration
    return 4.0 / 3.0 * np.pi * radius**3 / float(np.prod(room.size))


def num_images_of_order(max_order: int) -> int:
    """Return how many image sources have met so many walls at most: an octahedron of rooms."""
    return (2 * max_order + 1) * (2 * max_order * (max_order + 1) + 3) // 3


def response_length(
    room: BoxRoom, t60: float, sources: ArrayLike, microphones: ArrayLike, *, sample_rate: int
) -> int:
    """Return the length that holds the direct sound and ``t60`` seconds of decay after it.

    Parameters
    ----------
    room
        The room.
    t60
        Reverberation time in s; 0 in the free field.
    sources, microphones
        Positions in m, shape (point, 3).
    sample_rate
        In Hz.

    Returns
    -------
    Number of samples.
    """
    offsets = as_points(sources, "sources")[:, None] - as_points(microphones, "microphones")[None]
    farthest = float(np.max(np.linalg.norm(offsets, axis=-1), initial=0.0))
    return int(np.ceil((farthest / room.speed_of_sound + t60) * sample_rate)) + KERNEL_TAIL


def _require_apart(sources: NDArray[np.float64], receivers: NDArray[np.float64]) -> None:
    """Refuse a source on top of a receiver."""
    distances = np.linalg.norm(sources[:, None] - receivers[None], axis=-1)
    if distances.size and distances.min() < SHORTEST_DISTANCE:
        source, receiver = np.unravel_index(np.argmin(distances), distances.shape)
        raise GeometryError(
            f"source {source} is on top of receiver {receiver}: their distance is too small",
            value=float(distances.min()),
            allowed=f"at least {SHORTEST_DISTANCE} m",
        )


def _require_outside_bodies(
    room: BoxRoom, sources: NDArray[np.float64], receivers: Sequence[Transducer]
) -> None:
    """Refuse a body that a wall cuts, and a source inside a body."""
    for k, receiver in enumerate(receivers):
        if receiver.body is None:
            continue
        center, radius = np.array(receiver.body.center), receiver.body.radius
        if np.any(center - radius <= 0.0) or np.any(center + radius >= np.array(room.size)):
            raise GeometryError(
                f"a wall cuts the body of receiver {k}",
                value=tuple(round(x, 4) for x in receiver.body.center),
                allowed=f"a centre more than {radius:.4g} m from every wall",
            )
        distances = np.linalg.norm(sources - center, axis=1)
        if np.min(distances, initial=np.inf) < receiver.body.clearance:
            raise GeometryError(
                f"source {int(np.argmin(distances))} is inside the body of receiver {k}",
                value=float(distances.min()),
                allowed=f"at least {receiver.body.clearance:.4g} m from its centre",
            )


def _require_bands(room: BoxRoom, transducers: Sequence[Transducer], sample_rate: int) -> None:
    """Refuse walls or directivities in other bands than the sample rate's."""
    allowed = len(octave_bands(sample_rate))
    counts = [room.num_bands, *(one.num_bands for one in transducers)]
    for k, num_bands in enumerate(counts, start=-1):
        if num_bands not in (1, allowed):
            name = f"the directivity of transducer {k}" if k >= 0 else "the room"
            raise ShapeError(
                f"{name} has another number of bands than the sample rate",
                value=num_bands,
                allowed=f"1, or the {allowed} octave bands of {sample_rate} Hz",
            )
