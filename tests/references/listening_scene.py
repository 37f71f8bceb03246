"""A small scene in which listeners hear devices, for tests of what is written of it."""

import math

from simgen.scene.device import Device, Driver
from simgen.scene.listener import FreeEars, Listener, Pose, SphereHead
from simgen.scene.scene import Room, Scene

TO_THE_LEFT = (math.sqrt(0.5), 0.0, 0.0, math.sqrt(0.5))
BACKWARDS = (0.0, 0.0, 0.0, 1.0)
NO_TURN = (1.0, 0.0, 0.0, 0.0)

ROOM = Room(size=(5.0, 4.0, 3.0), absorption=((1.0,),) * 6, t60=0.0, speed_of_sound=343.0)
BAR = Device(
    position=(3.0, 2.0, 1.0),
    orientation=BACKWARDS,
    drivers=(
        Driver(position=(0.0, 0.2, 0.0)),
        Driver(position=(0.0, 0.0, 0.1), orientation=TO_THE_LEFT),
        Driver(position=(0.0, -0.2, 0.0)),
    ),
)
LAMP = Device(position=(1.0, 3.0, 2.5), orientation=NO_TURN, drivers=(Driver(position=(0, 0, 0)),))
SEATED = Listener(
    head=SphereHead(radius=0.0875, ear_azimuth=math.pi / 2),
    poses=(
        Pose(position=(1.0, 2.0, 1.2), orientation=NO_TURN),
        Pose(position=(1.1, 2.0, 1.2), orientation=TO_THE_LEFT),
    ),
)
PAIR = Listener(
    head=FreeEars(distance=0.2), poses=(Pose(position=(2.0, 1.0, 1.0), orientation=NO_TURN),)
)


def listening_scene(index: int = 0, **changes) -> Scene:
    """Two listeners who hear two devices in the free field."""
    facts = {
        "name": "listening",
        "seed": 7,
        "index": index,
        "sample_rate": 16_000,
        "num_samples": 1600,
        "label_hop": 320,
        "room": ROOM,
        "arrays": {},
        "sources": (),
        "devices": {"bar": BAR, "lamp": LAMP},
        "listeners": {"seated": SEATED, "pair": PAIR},
    }
    return Scene(**(facts | changes))
