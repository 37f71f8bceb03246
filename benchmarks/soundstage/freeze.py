"""Write the frozen scenes and driver errors of the soundstage track's splits, once.

A split never changes after it has been published: this script documents how one was made.
``python benchmarks/soundstage/freeze.py`` writes the files and prints their digests.
"""

import gzip
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import qmc

from simgen.scene.device import Device, Driver
from simgen.scene.listener import Listener, MeasuredHead, Pose, SphereHead
from simgen.scene.scene import Room, Scene

HERE = Path(__file__).parent

SAMPLE_RATE = 48_000
SPEED_OF_SOUND = 343.0
NO_TURN = (1.0, 0.0, 0.0, 0.0)

BOX = (6.0, 6.0, 3.0)
"""Without reflections: only large enough for all that is in it."""
MIDDLE = (2.2, 3.0, 1.5)
"""Where the head is on the middle seat."""

ARC = 2.0
"""Radius in m of the stage round the middle seat, and distance of the devices."""

STAGE_DEG = (30, 20, 10, 0, -10, -20, -30)
ROUND_DEG = range(-90, 91)

SEATS = [(x, y) for x in (-0.3, 0.0, 0.3) for y in (-0.2, -0.1, 0.0, 0.1, 0.2)]
"""Fore-aft and lateral offsets in m."""

DESIGN_REACH = np.array([0.3, 0.2])
DESIGN_POSES, DESIGN_SEED = 16, 11

ERROR_SEED = 5
GAIN_ERROR_DB, DELAY_ERROR = 0.5, 3e-6
"""Standard deviations of what is wrong with a driver: tolerances of good loudspeakers."""

KEMAR = "heads/MIT_KEMAR_normal_pinna.sofa"

Place = tuple[float, float, float]


def arc(azimuths_deg: Sequence[float]) -> list[Place]:
    """Return places on the arc, from the middle seat."""
    turns = [math.radians(azimuth) for azimuth in azimuths_deg]
    return [(ARC * math.cos(turn), ARC * math.sin(turn), 0.0) for turn in turns]


DEVICES = {  # places of the drivers from the middle seat in m, leftmost first
    "B": [(ARC, y, 0.0) for y in (0.075, -0.075)],
    "C": [(ARC, y, 0.0) for y in (0.15, 0.075, 0.0, -0.075, -0.15)],
}
PAIR = {"A": arc((30, -30))}
STAGE = {"stage": arc(STAGE_DEG)}
ROUND = {"round": arc(list(ROUND_DEG))}


def heads() -> dict[str, SphereHead | MeasuredHead]:
    """Return the heads by name."""
    sha256 = hashlib.sha256((HERE.parent / KEMAR).read_bytes()).hexdigest()
    return {
        "sphere-8.75cm": SphereHead(radius=0.0875, ear_azimuth=math.pi / 2),
        "sphere-9.5cm": SphereHead(radius=0.095, ear_azimuth=math.radians(100.0)),
        "kemar": MeasuredHead(file=KEMAR, sha256=sha256),
    }


def scene(
    index: int, name: str, devices: Mapping[str, list[Place]], seats: Sequence[Sequence[float]]
) -> Scene:
    """Return what a head hears of devices on the middle seat and on others, facing ahead."""
    places = [(round(MIDDLE[0] + x, 9), round(MIDDLE[1] + y, 9), MIDDLE[2]) for x, y in seats]
    poses = [Pose(position=place, orientation=NO_TURN) for place in (MIDDLE, *places)]
    return Scene(
        name=name,
        seed=None,
        index=index,
        sample_rate=SAMPLE_RATE,
        num_samples=SAMPLE_RATE,
        label_hop=SAMPLE_RATE // 10,
        room=Room(size=BOX, absorption=((1.0,),) * 6, t60=0.0, speed_of_sound=SPEED_OF_SOUND),
        arrays={},
        sources=(),
        devices={
            name: Device(
                position=MIDDLE,
                orientation=NO_TURN,
                drivers=tuple(Driver(position=driver) for driver in drivers),
            )
            for name, drivers in devices.items()
        },
        listeners={"listener": Listener(head=heads()[name.split()[0]], poses=tuple(poses))},
    )


def graded(names: Sequence[str]) -> list[Scene]:
    """Return two scenes for each head: on the seats, and with sources all round its front."""
    found: list[Scene] = []
    for name in names:
        found.append(scene(len(found), f"{name} seats", DEVICES | PAIR | STAGE, SEATS))
        found.append(scene(len(found), f"{name} round", ROUND, ()))
    return found


def to_design_on() -> Scene:
    """Return the devices and the pair at the middle seat and places round it."""
    spread = qmc.Sobol(2, scramble=True, rng=np.random.default_rng(DESIGN_SEED))
    places = DESIGN_REACH * (2.0 * spread.random(DESIGN_POSES) - 1.0)
    return scene(0, "sphere-8.75cm design", DEVICES | PAIR, np.round(places, 4).tolist())


def driver_errors(conditions: list[str]) -> dict[str, Any]:
    """Draw what is wrong with each driver at each seat, by head and device."""
    generator = np.random.default_rng(ERROR_SEED)

    def draw(deviation: float, shape: tuple[int, int], decimals: int) -> list[list[float]]:
        return np.round(generator.normal(0.0, deviation, shape), decimals).tolist()

    return {
        condition: {
            device: {
                "gain_db": draw(GAIN_ERROR_DB, (len(SEATS), len(drivers)), 4),
                "delay_s": draw(DELAY_ERROR, (len(SEATS), len(drivers)), 9),
            }
            for device, drivers in DEVICES.items()
        }
        for condition in conditions
    }


def main() -> None:
    """Write the splits beside this script."""
    names = list(heads())
    splits = {"design": [to_design_on()], "mini": graded(names[:1]), "test": graded(names)}
    for name, scenes in splits.items():
        lines = "".join(one.to_json() + "\n" for one in scenes).encode()
        (HERE / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))
        print(f"{name} {hashlib.sha256(lines).hexdigest()}")
    for name in ("mini", "test"):
        errors = driver_errors([one.name for one in splits[name] if one.name.endswith("seats")])
        content = (json.dumps(errors) + "\n").encode()
        (HERE / f"{name}-driver-errors.json").write_bytes(content)
        print(f"{name}-driver-errors {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
