import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.constants import HEAD_RADIUS
from simgen.errors import GeometryError
from simgen.scene.device import Device, Driver
from simgen.scene.listener import FreeEars, Listener, MeasuredHead, Pose, SphereHead
from simgen.scene.poses import require_clear
from simgen.scene.scene import Room

ROOM = Room(size=(5.0, 4.0, 3.0), absorption=((1.0,),) * 6, t60=0.0, speed_of_sound=343.0)
UPRIGHT = (1.0, 0.0, 0.0, 0.0)
MEASURED = MeasuredHead(file="a.sofa", sha256="0" * 64)
MIDDLE = (2.5, 2.0, 1.5)


def pose(position, turn=None):
    orientation = UPRIGHT if turn is None else tuple(turn.as_quat(scalar_first=True).tolist())
    return Pose(position=position, orientation=orientation)


def check(head, *poses, drivers=((4.0, 3.0, 2.0),), **devices):
    """See whether a listener is clear of loudspeakers at some places of the room."""
    made = [Driver(position=place) for place in drivers]
    devices = {"bar": Device(position=(0, 0, 0), orientation=UPRIGHT, drivers=made)} | devices
    require_clear("seat", Listener(head=head, poses=poses), ROOM, devices)


def refusal(head, *poses, **options):
    with pytest.raises(GeometryError) as caught:
        check(head, *poses, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("head", "reach"),
    [
        (SphereHead(radius=0.1), 0.1),
        (MEASURED, HEAD_RADIUS),
        (FreeEars(distance=0.3), 0.15),
    ],
    ids=["sphere", "measured", "free"],
)
@pytest.mark.parametrize("wall", range(6))
def test_a_head_reaches_as_far_as_it_is_wide_towards_every_wall(head, reach, wall):
    axis, far = divmod(wall, 2)

    def away(distance):
        place = list(MIDDLE)
        place[axis] = ROOM.size[axis] - distance if far else distance
        return pose(tuple(place))

    check(head, away(reach + 1e-6))
    assert "the head is not inside the room" in refusal(head, away(reach - 1e-6))


@pytest.mark.parametrize("outside", [0, 1, 2])
def test_the_pose_that_is_at_fault_is_counted_from_0(outside):
    poses = [pose(MIDDLE)] * 3
    poses[outside] = pose((2.5, 2.0, 3.5))
    assert refusal(SphereHead(), *poses).startswith(f'listener "seat", pose {outside}: the head')


@pytest.mark.parametrize(
    ("head", "least"),
    [(SphereHead(radius=0.1), 0.101), (MEASURED, HEAD_RADIUS)],
    ids=["sphere", "measured"],
)
def test_no_driver_is_in_a_head_from_whichever_side(head, least):
    directions = np.random.default_rng(1).standard_normal((10, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    for direction in directions:
        check(head, pose(MIDDLE), drivers=[tuple(MIDDLE + (least + 1e-6) * direction)])
        inside = [(4.0, 3.0, 2.0), tuple(MIDDLE + (least - 1e-3) * direction)]
        assert 'driver 1 of device "bar" is inside the head' in refusal(
            head, pose(MIDDLE), drivers=inside
        )


def test_between_free_ears_there_is_room_but_not_at_either_of_them():
    turn = Rotation.from_euler("ZYX", [70, 20, 15], degrees=True)
    check(FreeEars(distance=0.2), pose(MIDDLE, turn), drivers=[MIDDLE])
    for side in (1.0, -1.0):
        ear = turn.apply([0.0, side * 0.1, 0.0]) + MIDDLE
        message = refusal(FreeEars(distance=0.2), pose(MIDDLE, turn), drivers=[tuple(ear)])
        assert 'driver 0 of device "bar" is on top of an ear' in message
        check(FreeEars(distance=0.2), pose(MIDDLE), drivers=[tuple(ear)])  # not where they were


def test_drivers_are_where_their_device_is_and_how_it_is_turned():
    half = math.sqrt(0.5)
    drivers = (Driver(position=(0.0, 0.0, 0.0)), Driver(position=(1.0, 0.0, 0.0)))
    turned = Device(position=(2.5, 1.0, 1.5), orientation=(half, 0, 0, half), drivers=drivers)
    message = refusal(SphereHead(), pose(MIDDLE), lamp=turned)
    assert 'pose 0: driver 1 of device "lamp" is inside the head, got 0.0' in message
    straight = turned.model_copy(update={"orientation": UPRIGHT})
    check(SphereHead(), pose(MIDDLE), lamp=straight)


def test_later_poses_are_looked_at_too():
    message = refusal(SphereHead(), pose(MIDDLE), pose((4.0, 3.0, 2.05)))
    assert 'listener "seat", pose 1: driver 0 of device "bar" is inside the head' in message
