"""Write the frozen scenes and driver errors of the crosstalk track's splits, once.

A split never changes after it has been published: this script documents how one was made.
``python benchmarks/crosstalk/freeze.py`` writes the files and prints their digests.
"""

import gzip
import hashlib
import json
import math
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
DISTANCE = 2.0
"""From the listener's nominal place to the middle of a device, or to each loudspeaker of a pair."""

NO_TURN = (1.0, 0.0, 0.0, 0.0)

WIDEST = np.array([0.20, 0.10, math.radians(15.0)])
"""Poses: fore-aft and lateral in m, yaw in rad, either way."""

POSE_SEEDS = {"test": 7, "design": 11}
ERROR_SEED = 5
GAIN_ERROR_DB, DELAY_ERROR = 0.5, 3e-6
"""Standard deviations of what is wrong with a driver: tolerances of good loudspeakers."""

KEMAR = "heads/MIT_KEMAR_normal_pinna.sofa"

DEVICES = {  # places of the drivers from the nominal head in m, leftmost first
    "A": [
        (DISTANCE * math.cos(math.pi / 6), side * DISTANCE * math.sin(math.pi / 6), 0.0)
        for side in (1, -1)
    ],
    "B": [(DISTANCE, y, 0.0) for y in (0.075, -0.075)],
    "C": [(DISTANCE, y, 0.0) for y in (0.15, 0.075, 0.0, -0.075, -0.15)],
}

ROOMS = {  # size in m, reflection factor of all walls for pressure, place of the nominal head
    "anechoic": ((5.0, 4.0, 2.7), 0.0, (1.3, 2.1, 1.2)),
    "R4": ((5.0, 4.0, 2.7), 0.75, (1.3, 2.1, 1.2)),
    "R8": ((6.5, 4.6, 2.5), 0.85, (2.2, 1.9, 1.1)),
}


def heads() -> dict[str, SphereHead | MeasuredHead]:
    """Return the heads by name."""
    sha256 = hashlib.sha256((HERE.parent / KEMAR).read_bytes()).hexdigest()
    return {
        "sphere-8.75cm": SphereHead(radius=0.0875, ear_azimuth=math.pi / 2),
        "sphere-8.0cm": SphereHead(radius=0.080, ear_azimuth=math.radians(100.0)),
        "sphere-9.5cm": SphereHead(radius=0.095, ear_azimuth=math.radians(100.0)),
        "kemar": MeasuredHead(file=KEMAR, sha256=sha256),
    }


CONDITIONS = (
    ("sphere-8.75cm", "anechoic"),
    ("sphere-8.0cm", "anechoic"),
    ("sphere-9.5cm", "anechoic"),
    ("kemar", "anechoic"),
    ("sphere-8.75cm", "R4"),
    ("sphere-8.75cm", "R8"),
    ("kemar", "R4"),
)


def offsets(number: int, seed: int) -> np.ndarray:
    """Return shifts forwards and to the left in m and turns in rad, evenly spread, (pose, 3)."""
    spread = qmc.Sobol(3, scramble=True, rng=np.random.default_rng(seed)).random(number)
    return np.round(WIDEST * (2.0 * spread - 1.0), 6)


def scene(index: int, head: str, room: str, moved: np.ndarray) -> Scene:
    """Return one condition: a head in a room, at its nominal pose and those moved."""
    size, factor, place = ROOMS[room]
    walls = (round(1.0 - factor**2, 9),)
    poses = [Pose(position=place, orientation=NO_TURN)]
    for forwards, left, turn in moved.tolist():
        position = (round(place[0] + forwards, 9), round(place[1] + left, 9), place[2])
        orientation = (math.cos(turn / 2), 0.0, 0.0, math.sin(turn / 2))
        poses.append(Pose(position=position, orientation=orientation))
    return Scene(
        name=f"{head} {room}",
        seed=None,
        index=index,
        sample_rate=SAMPLE_RATE,
        num_samples=SAMPLE_RATE,
        label_hop=SAMPLE_RATE // 10,
        room=Room(size=size, absorption=(walls,) * 6, t60=None, speed_of_sound=SPEED_OF_SOUND),
        arrays={},
        sources=(),
        devices={
            name: Device(
                position=place,
                orientation=NO_TURN,
                drivers=tuple(Driver(position=driver) for driver in drivers),
            )
            for name, drivers in DEVICES.items()
        },
        listeners={"listener": Listener(head=heads()[head], poses=tuple(poses))},
    )


def driver_errors(conditions: list[str], num_poses: int) -> dict[str, Any]:
    """Draw what is wrong with each driver at each graded pose, by condition and device."""
    generator = np.random.default_rng(ERROR_SEED)

    def draw(deviation: float, shape: tuple[int, int], decimals: int) -> list[list[float]]:
        return np.round(generator.normal(0.0, deviation, shape), decimals).tolist()

    return {
        condition: {
            device: {
                "gain_db": draw(GAIN_ERROR_DB, (num_poses, len(drivers)), 4),
                "delay_s": draw(DELAY_ERROR, (num_poses, len(drivers)), 9),
            }
            for device, drivers in DEVICES.items()
        }
        for condition in conditions
    }


def splits() -> dict[str, list[Scene]]:
    """Return the scenes of every split."""
    moved = offsets(32, POSE_SEEDS["test"])
    known = offsets(64, POSE_SEEDS["design"])
    few = (CONDITIONS[0], CONDITIONS[3], CONDITIONS[4])
    return {
        "design": [scene(0, *CONDITIONS[0], known)],
        "mini": [scene(number, *each, moved[:8]) for number, each in enumerate(few)],
        "test": [scene(number, *each, moved) for number, each in enumerate(CONDITIONS)],
    }


def main() -> None:
    """Write the splits beside this script."""
    for name, scenes in splits().items():
        lines = "".join(one.to_json() + "\n" for one in scenes).encode()
        (HERE / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))
        print(f"{name} {hashlib.sha256(lines).hexdigest()}")
        if name == "design":
            continue
        num_poses = len(scenes[0].listeners["listener"].poses) - 1
        errors = driver_errors([one.name for one in scenes], num_poses)
        content = (json.dumps(errors) + "\n").encode()
        (HERE / f"{name}-driver-errors.json").write_bytes(content)
        print(f"{name}-driver-errors {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
