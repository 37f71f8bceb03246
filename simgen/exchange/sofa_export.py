"""The ear responses of a recording as SOFA files."""

import math
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from simgen.exchange.ear_responses import EarResponses
from simgen.exchange.sofa_write import UNDATED, sofa_content
from simgen.render.recording import Recording
from simgen.scene.listener import FreeEars, Head, SphereHead
from simgen.scene.scene import Scene

__all__ = ["ear_responses_of", "file_name", "sofa_files", "sofa_names"]


def file_name(scene: Scene, listener: str, device: str) -> str:
    """Return the name of the file of what one listener hears of one device."""
    return f"{scene.index:08d}.{listener}.{device}.sofa"


def sofa_names(scene: Scene) -> list[str]:
    """Return the names of a scene's files, in the order in which they are written."""
    return [
        file_name(scene, listener, device)
        for listener in scene.listeners
        for device in scene.devices
    ]


def sofa_files(recording: Recording, *, date: datetime = UNDATED) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of a SOFA file for each listener and device.

    Parameters
    ----------
    recording
        The recording.
    date
        When it was made.

    Raises
    ------
    ParameterError
        If there are more responses than such a file may hold.
    """
    for listener, devices in recording.ear_responses.items():
        for device in devices:
            ears = ear_responses_of(recording, listener, device)
            yield file_name(recording.scene, listener, device), sofa_content(ears, date=date)


def ear_responses_of(recording: Recording, listener: str, device: str) -> EarResponses:
    """Return what a listener of a recording hears of a device, with its geometry.

    Parameters
    ----------
    recording
        A recording that holds ear responses.
    listener, device
        Their names.
    """
    scene = recording.scene
    poses, hardware = scene.listeners[listener].poses, scene.devices[device]
    return EarResponses(
        responses=np.asarray(recording.ear_responses[listener][device], dtype=np.float64),
        sample_rate=float(scene.sample_rate),
        head_positions=np.array([pose.position for pose in poses]),
        head_orientations=np.array([pose.orientation for pose in poses]),
        device_position=np.array(hardware.position),
        device_orientation=np.array(hardware.orientation),
        loudspeaker_positions=np.array([driver.position for driver in hardware.drivers]),
        loudspeaker_orientations=np.array([driver.orientation for driver in hardware.drivers]),
        ear_positions=_ear_positions(scene.listeners[listener].head),
        room_size=np.array(scene.room.size),
        title=f"Scene {scene.index} of {scene.name}: listener {listener}, device {device}",
        database=scene.name,
        history=_history(scene),
    )


def _ear_positions(head: Head) -> NDArray[np.float64] | None:
    """Return the ears in m in the head's frame, (2, 3); a measured head does not tell."""
    match head:
        case SphereHead(radius=radius, ear_azimuth=azimuth):
            x, y = radius * math.cos(azimuth), radius * math.sin(azimuth)
        case FreeEars(distance=distance):
            x, y = 0.0, distance / 2.0
        case _:
            return None
    return np.array([[x, y, 0.0], [x, -y, 0.0]])


def _history(scene: Scene) -> str:
    """Say how the responses were made."""
    drawn = "" if scene.seed is None else f", drawn with seed {scene.seed}"
    return f"Simulated{drawn}, by the engine {scene.engine}"
