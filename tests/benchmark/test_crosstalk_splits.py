import math

import numpy as np
import pytest

from simgen.benchmark.suite import load_split
from simgen.scene.listener import MeasuredHead
from tests.references.crosstalk_plants import DEVICES

DESIGN, MINI, TEST = (load_split(f"crosstalk/{name}") for name in ("design", "mini", "test"))


def moved(scene):
    """Shifts forwards and to the left in m and turns in degrees, by pose."""
    nominal, *others = scene.listeners["listener"].poses
    shifts = [np.subtract(pose.position, nominal.position) for pose in others]
    turns = [2 * math.degrees(math.atan2(p.orientation[3], p.orientation[0])) for p in others]
    return np.column_stack([np.array(shifts)[:, :2], turns])


def test_test_has_seven_conditions_and_mini_three_of_them():
    names = [scene.name for scene in TEST.scenes]
    assert names == [
        "sphere-8.75cm anechoic",
        "sphere-8.0cm anechoic",
        "sphere-9.5cm anechoic",
        "kemar anechoic",
        "sphere-8.75cm R4",
        "sphere-8.75cm R8",
        "kemar R4",
    ]
    assert [scene.name for scene in MINI.scenes] == [names[0], names[3], names[4]]
    assert [scene.name for scene in DESIGN.scenes] == names[:1]


@pytest.mark.parametrize("split", [DESIGN, MINI, TEST], ids=lambda split: split.name)
def test_devices_stand_where_the_card_says(split):
    for scene in split.scenes:
        nominal = scene.listeners["listener"].poses[0]
        assert nominal.orientation == (1, 0, 0, 0)
        for name, drivers in DEVICES.items():
            device = scene.devices[name]
            assert device.orientation == (1, 0, 0, 0)
            places = np.add(device.position, [driver.position for driver in device.drivers])
            assert places == pytest.approx(np.add(nominal.position, drivers))
            assert np.all(np.diff(places[:, 1]) < 0.0), "leftmost first"


@pytest.mark.parametrize(("split", "number"), [(DESIGN, 64), (MINI, 8), (TEST, 32)])
def test_poses_fill_their_range_and_are_the_same_in_all_conditions(split, number):
    found = [moved(scene) for scene in split.scenes]
    assert all(np.allclose(each, found[0], atol=1e-6) for each in found)
    assert found[0].shape == (number, 3)
    reach = np.abs(found[0]).max(axis=0) / (0.20, 0.10, 15.0)
    assert np.all((reach > 0.7) & (reach <= 1.0))


def test_poses_to_design_on_are_none_of_the_test():
    known, graded = moved(DESIGN.scenes[0]), moved(TEST.scenes[0])
    apart = np.abs(known[:, None] - graded[None]) / (0.20, 0.10, 15.0)
    assert apart.max(axis=-1).min() > 0.01


def test_walls_reflect_what_the_card_says():
    factors = {
        scene.name.split()[1]: math.sqrt(1.0 - scene.room.absorption[0][0]) for scene in TEST.scenes
    }
    assert factors == pytest.approx({"anechoic": 0.0, "R4": 0.75, "R8": 0.85})


def test_heads_are_what_their_names_say():
    for scene in TEST.scenes:
        head = scene.listeners["listener"].head
        kind = scene.name.split()[0]
        if kind == "kemar":
            assert isinstance(head, MeasuredHead)
        else:
            assert kind == f"sphere-{100 * head.radius:.3g}cm".replace("8cm", "8.0cm")
            assert head.ear_azimuth == pytest.approx(np.deg2rad(90 if "8.75" in kind else 100))
