"""From the drivers of devices to the ears of listeners."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.heads import HeadResponses
from simgen.render.measured import Readers, read_head
from simgen.render.recording import finite
from simgen.render.responses import responses_in
from simgen.scene.device import Device
from simgen.scene.listener import FreeEars, Listener, MeasuredHead, SphereHead
from simgen.scene.scene import Scene
from simgen.scene.transducers import driver_transducers, ear_transducers

__all__ = ["ear_responses"]


def ear_responses(
    scene: Scene, base: Path, readers: Readers
) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Compute what every listener hears of every device.

    Parameters
    ----------
    scene
        The scene; its directivities as ``with_directivities`` returns them.
    base
        The folder that relative files start from.
    readers
        Reads measured heads.

    Returns
    -------
    By listener and device, shape (pose, ear, loudspeaker, sample). Sample 0 is the instant of
    emission; ear 0 is the left one.

    Raises
    ------
    GeometryError
        If something is outside the room, or a driver inside a head.
    ParameterError
        If the scene's engine cannot do it, or what is heard is not finite.
    SignalError
        If a head's file is missing, damaged, or not the one that the scene was drawn with.
    """
    if not scene.devices:
        return {}
    heard = {}
    for name, listener in scene.listeners.items():
        head = _head(listener, base, readers)
        heard[name] = {
            device: finite(
                _between(scene, one, listener, head),
                f'the responses from "{device}" to "{name}"',
            )
            for device, one in scene.devices.items()
        }
    return heard


def _head(
    listener: Listener, base: Path, readers: Readers
) -> SphereHead | FreeEars | HeadResponses:
    """Return a listener's head as the acoustics know it."""
    head = listener.head
    return read_head(head, base, readers) if isinstance(head, MeasuredHead) else head


def _between(
    scene: Scene,
    device: Device,
    listener: Listener,
    head: SphereHead | FreeEars | HeadResponses,
) -> NDArray[np.float32]:
    """Compute the responses from a device to a listener, (pose, ear, loudspeaker, sample)."""
    drivers = driver_transducers(scene, device)
    ears = [ear for pose in listener.poses for ear in ear_transducers(head, pose)]
    responses = responses_in(scene, drivers, ears)
    by_pose = responses.reshape(len(drivers), len(listener.poses), 2, -1)
    return np.ascontiguousarray(by_pose.transpose(1, 2, 0, 3))
