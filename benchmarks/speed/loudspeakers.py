"""What reaches the ears of a listener from loudspeakers, and what it takes to score filters."""

import subprocess
import sys
from pathlib import Path

from simgen.render.render import render
from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile

__all__ = ["T60", "draw_device", "ear_responses", "prepare", "score"]

SCENE_FILE = Path(__file__).parent / "device.yaml"

T60 = 0.4
"""Reverberation time of the room in s."""

BASELINE = "robust"
"""Whose filters are scored."""


def draw_device(poses: int | None = None) -> Scene:
    """Return the scene, with all poses or with the first few."""
    scene = SceneFile.load(SCENE_FILE).draw(seed=0, index=0)
    (listener,) = scene.listeners.values()
    few = listener.model_copy(update={"poses": listener.poses[:poses]})
    return scene.model_copy(update={"listeners": {"seat": few}})


def ear_responses(scene: Scene) -> tuple[int, ...]:
    """Compute the responses from the drivers to the ears; return their shape."""
    return render(scene).ear_responses["seat"]["bar"].shape


def prepare(folder: Path, split: str) -> None:
    """Build a split, and let a baseline write its filters."""
    _simgen("bench", "build", split, "--out", str(folder / "built"))
    _simgen("bench", "run", BASELINE, split, "--out", str(folder / "filters"))


def score(folder: Path) -> None:
    """Score the filters by the command line, start-up included."""
    _simgen("bench", "score", str(folder / "filters"), "--data", str(folder / "built"))


def _simgen(*arguments: str) -> None:
    """Run a command."""
    subprocess.run(
        [sys.executable, "-m", "simgen", *arguments, "--json"], check=True, capture_output=True
    )
