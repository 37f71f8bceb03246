"""Drawing the devices of a scene: their drivers, where they are, how they are turned."""

import math

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.rotation import NO_TURN, Quaternion, to_room_frame
from simgen.errors import GeometryError
from simgen.scene.device import Device, Driver
from simgen.scene.device_file import DeviceSpec, DriverSpec
from simgen.scene.distributions import draw
from simgen.scene.document import KeyPath, dotted
from simgen.scene.draw_source import draw_source_directivity
from simgen.scene.geometry import box_room
from simgen.scene.orientation import quaternion_from_angles
from simgen.scene.placement import draw_point
from simgen.scene.presets import PRESETS
from simgen.scene.scene import Room
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators

__all__ = ["draw_device", "driver_positions"]


def draw_device(scene_file: SceneFile, name: str, room: Room, generators: Generators) -> Device:
    """Draw a device, and see that all of its drivers are inside the room.

    Raises
    ------
    SceneError
        If they are not.
    """
    spec, path = scene_file.devices[name], ("devices", name)
    yaw, pitch, roll = (
        math.radians(draw(getattr(spec, key), generators, dotted((*path, key))))
        for key in ("yaw_deg", "pitch_deg", "roll_deg")
    )
    device = Device(
        position=draw_point(spec.position_m, room, generators, (*path, "position_m")),
        orientation=quaternion_from_angles(yaw, pitch, roll),
        drivers=_draw_drivers(scene_file, spec, generators, path),
    )
    try:
        box_room(room).require_inside(driver_positions(device), f'device "{name}": driver')
    except GeometryError as error:
        message = f"{error} ({generators})"
        raise scene_file.error("outside-room", message, (*path, "position_m")) from None
    return device


def driver_positions(device: Device) -> NDArray[np.float64]:
    """Return where the drivers of a device are in m in the room's frame, (driver, 3)."""
    places = [driver.position for driver in device.drivers]
    return to_room_frame(places, device.position, device.orientation)


def _draw_drivers(
    scene_file: SceneFile, spec: DeviceSpec, generators: Generators, path: KeyPath
) -> tuple[Driver, ...]:
    """Draw the drivers of a device, or take those of a preset."""
    if isinstance(spec.drivers, str):
        return PRESETS[spec.drivers]
    return tuple(
        _draw_driver(scene_file, driver, generators, (*path, "drivers", number))
        for number, driver in enumerate(spec.drivers)
    )


def _draw_driver(
    scene_file: SceneFile, spec: DriverSpec, generators: Generators, path: KeyPath
) -> Driver:
    """Draw a driver whose keys are at ``path``."""
    x, y, z = (
        draw(coordinate, generators, dotted((*path, "position_m", axis)))
        for axis, coordinate in enumerate(spec.position_m)
    )
    return Driver(
        position=(x, y, z),
        orientation=_draw_facing(spec, generators, path),
        directivity=draw_source_directivity(
            scene_file, spec.directivity, generators, (*path, "directivity")
        ),
    )


def _draw_facing(spec: DriverSpec, generators: Generators, path: KeyPath) -> Quaternion:
    """Draw how a driver is turned in its device."""
    if spec.facing_deg is None:
        return NO_TURN
    azimuth, elevation = (
        math.radians(draw(angle, generators, dotted((*path, "facing_deg", axis))))
        for axis, angle in enumerate(spec.facing_deg)
    )
    return quaternion_from_angles(azimuth, elevation)
