import json
import math

import pytest
from pydantic import ValidationError

from simgen.scene.device import Device, Driver
from simgen.scene.directivity import Cap, FirstOrder, Piston

HALF = math.sqrt(0.5)
LEFT, RIGHT = Driver(position=(0.0, 0.1, 0.0)), Driver(position=(0.0, -0.1, 0.0))


def device(*drivers):
    return Device(position=(3.0, 2.0, 1.0), orientation=(HALF, 0.0, 0.0, HALF), drivers=drivers)


def test_the_order_of_the_drivers_is_kept():
    """It is the order of the responses: nothing may sort it."""
    for drivers in ((LEFT, RIGHT), (RIGHT, LEFT), (RIGHT, RIGHT, LEFT)):
        assert Device.from_json(device(*drivers).to_json()).drivers == drivers


@pytest.mark.parametrize(
    ("gained", "written"),
    [
        ({}, set()),
        ({"orientation": (1.0, 0.0, 0.0, 0.0)}, set()),
        ({"directivity": FirstOrder(pattern="omni")}, set()),
        ({"orientation": (HALF, 0.0, 0.0, HALF)}, {"orientation"}),
        ({"directivity": Piston(radius=0.02)}, {"directivity"}),
        ({"orientation": (1.0, 0.0, -0.0, 0.0)}, {"orientation"}),
    ],
)
def test_a_driver_is_written_as_it_was_before_it_could_be_turned(gained, written):
    driver = Driver(position=(0.1, 0.0, 0.0), **gained)
    assert set(json.loads(driver.to_json())) == {"position"} | written
    assert Driver.from_json(driver.to_json()).to_json() == driver.to_json()


def test_directivities_of_drivers_come_back_as_what_they_are():
    for directivity in (Piston(radius=0.1), Cap(sphere_radius=0.1, half_angle=0.3)):
        driver = Driver(position=(0, 0, 0), directivity=directivity)
        assert Driver.from_json(driver.to_json()).directivity == directivity


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"drivers": ()}, "drivers"),
        ({"position": (1.0, 2.0)}, "position"),
        ({"position": (1.0, 2.0, math.inf)}, "position"),
        ({"orientation": (1.0, 0.0, 0.0)}, "orientation"),
        ({"name": "bar"}, "name"),
    ],
)
def test_what_is_no_device_is_refused(change, place):
    facts = {"position": (3, 2, 1), "orientation": (1, 0, 0, 0), "drivers": (LEFT,)}
    with pytest.raises(ValidationError, match=place):
        Device(**facts | change)
