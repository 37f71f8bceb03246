"""Read what listeners hear of loudspeakers in rooms from SOFA files (AES69).

Poses of the listener are the file's measurements, loudspeakers its emitters or, where they were
measured one after the other, its sources; ears are its receivers.

References
----------
AES69-2022, AES standard for file exchange: Spatial acoustic data file format; the tables of its
conventions are at https://www.sofaconventions.org.
"""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.rotation import NO_TURN, as_quaternion, to_room_frame
from simgen.errors import SignalError
from simgen.exchange.delays import delayed
from simgen.exchange.ear_responses import EarResponses
from simgen.exchange.sofa_data import (
    require_convention,
    require_delays,
    require_text,
    sample_rate,
)
from simgen.exchange.sofa_file import SofaFile, open_sofa
from simgen.exchange.sofa_geometry import (
    own_positions,
    own_turns,
    require_few,
    room_corners,
)
from simgen.exchange.sofa_measurements import Measurements, measurements_of
from simgen.scene.orientation import compose

__all__ = ["CONVENTIONS", "read_ear_responses"]

CONVENTIONS: Final = ("SingleRoomMIMOSRIR", "SingleRoomSRIR", "SingleRoomDRIR", "MultiSpeakerBRIR")
"""What is read; the last two are older and superseded."""

_STORAGE: Final = {"FIR-E": "MRNE", "FIRE": "MREN", "FIR": "MRN"}
"""Axes of the responses by the type of data: measurement, receiver, emitter, sample."""

_SAME_PLACE: Final = 1e-6
"""Distance in m between ears that nobody has measured."""


def read_ear_responses(path: str | Path) -> EarResponses:
    """Read the responses from loudspeakers to the ears of a listener who turns or moves.

    Delays that the file gives apart are applied. The left ear is the receiver that is farther to
    the left; the first one if the file does not tell. A room is known if the file describes a box
    in which everything lies, and then its corner becomes the origin.

    Parameters
    ----------
    path
        A SOFA file of the convention SingleRoomMIMOSRIR, SingleRoomSRIR, SingleRoomDRIR or
        MultiSpeakerBRIR.

    Raises
    ------
    SignalError
        If the file is not such a file, or is damaged, too large, incomplete or inconsistent, has
        other than two receivers, or has loudspeakers that sound together or were not all measured
        at the same poses.
    """
    with open_sofa(Path(path)) as file:
        require_convention(file, *CONVENTIONS)
        measured = _responses(file)
        count, num_ears, num_emitters, _ = measured.shape
        ears = own_positions(file, "Receiver", num_ears, count)
        if ears[0, 1] < ears[1, 1]:
            measured, ears = measured[:, ::-1], ears[::-1]
        known = float(np.linalg.norm(ears[0] - ears[1])) > _SAME_PLACE
        measurements = measurements_of(file, count)
        place, turn, positions, turns = _loudspeakers(file, measurements, num_emitters)
        heads = measurements.head_positions
        origin, size = _room(file, np.vstack([heads, measurements.source_positions]))
        return EarResponses(
            responses=_by_pose(measured, measurements),
            sample_rate=sample_rate(file, count),
            head_positions=heads - origin,
            head_orientations=measurements.head_orientations,
            device_position=place - origin,
            device_orientation=turn,
            loudspeaker_positions=positions,
            loudspeaker_orientations=turns,
            ear_positions=ears if known else None,
            room_size=size,
            title=_text(file, "Title"),
            database=_text(file, "DatabaseName"),
            history=_text(file, "History"),
        )


def _responses(file: SofaFile) -> NDArray[np.float64]:
    """Return the responses with their delays, (pose, ear, loudspeaker, sample)."""
    axes = _STORAGE[require_text(file, "DataType", *_STORAGE)]
    stored = file.array("Data.IR", num_axes=(len(axes),))
    if "E" not in axes:
        _require_one_emitter(file)
        stored, axes = stored[:, :, None], "MREN"
    responses = np.ascontiguousarray(np.transpose(stored, [axes.index(axis) for axis in "MREN"]))
    require_few(file, "Data.IR", len(responses))
    if responses.shape[1] != 2:
        count = responses.shape[1]
        raise file.refuse("Data.IR", "has another number of receivers", value=count, allowed="2")
    return delayed(responses, _delays(file, responses.shape))


def _require_one_emitter(file: SofaFile) -> None:
    """Refuse responses to several emitters at once."""
    count = len(file.array("EmitterPosition", num_axes=(2, 3)))
    if count != 1:
        problem = "has several emitters, and the responses do not tell them apart"
        raise file.refuse("EmitterPosition", problem, value=count, allowed="1")


def _delays(file: SofaFile, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the further delay of each response in samples, (pose, ear, loudspeaker)."""
    delays = file.array("Data.Delay", num_axes=(2, 3))
    delays = delays.reshape(*delays.shape[:2], -1)
    if any(size not in (1, full) for size, full in zip(delays.shape, shape, strict=False)):
        allowed = f"{shape[:3]}, or 1 in place of a number"
        raise file.refuse("Data.Delay", f"has shape {delays.shape}", allowed=allowed)
    require_delays(file, delays, shape)
    return np.broadcast_to(delays, shape[:3])


def _loudspeakers(
    file: SofaFile, measurements: Measurements, num_emitters: int
) -> tuple[NDArray[np.float64], ...]:
    """Return the device's pose, and its loudspeakers' positions and turns in its frame.

    Several sources make one device, whose frame is the room's.
    """
    count = measurements.grid.size
    positions = own_positions(file, "Emitter", num_emitters, count)
    turns = own_turns(file, "Emitter", num_emitters, count)
    places = list(zip(measurements.source_positions, measurements.source_orientations, strict=True))
    if len(places) == 1:
        return *places[0], positions, turns
    in_room = np.concatenate([to_room_frame(positions, *place) for place in places])
    turned = [
        compose(as_quaternion(place[1]), as_quaternion(turn)) for place in places for turn in turns
    ]
    return np.zeros(3), np.array(NO_TURN), in_room, np.array(turned)


def _by_pose(measured: NDArray[np.float64], measurements: Measurements) -> NDArray[np.float64]:
    """Return responses by pose and loudspeaker, of those by measurement and emitter."""
    by_source = np.moveaxis(measured[measurements.grid], 0, 2)
    poses, ears, sources, emitters, taps = by_source.shape
    return np.ascontiguousarray(by_source.reshape(poses, ears, sources * emitters, taps))


def _room(
    file: SofaFile, points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Return the corner of least coordinates, and the size, of the box that holds the points."""
    corners = room_corners(file)
    if corners is not None:
        low, high = np.minimum(*corners), np.maximum(*corners)
        # Many programs leave the corners that the standard has for an example.
        if np.all(high > low) and np.all((points >= low) & (points <= high)):
            return low, high - low
    return np.zeros(3), None


def _text(file: SofaFile, name: str) -> str:
    """Return a text for people; nothing if there is none."""
    try:
        return file.text(name)
    except SignalError:
        return ""
