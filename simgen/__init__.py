"""Acoustic scene simulator and benchmark.

>>> import simgen
>>> scene_file = simgen.load("scenes/living_room.yaml")
>>> scene = scene_file.draw(seed=7, index=3)
>>> recording = simgen.render(scene)
>>> recording.signals["table"].shape
(8, 64000)
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simgen.api import generate, load, open, render
    from simgen.dataset.dataset import Dataset
    from simgen.errors import SimgenError
    from simgen.render.recording import Recording
    from simgen.scene.scene import Scene
    from simgen.scene.scene_file import SceneFile

__all__ = [
    "Dataset",
    "Recording",
    "Scene",
    "SceneFile",
    "SimgenError",
    "generate",
    "load",
    "open",
    "render",
]

_HOMES = {
    "Dataset": "simgen.dataset.dataset",
    "Recording": "simgen.render.recording",
    "Scene": "simgen.scene.scene",
    "SceneFile": "simgen.scene.scene_file",
    "SimgenError": "simgen.errors",
    "generate": "simgen.api",
    "load": "simgen.api",
    "open": "simgen.api",
    "render": "simgen.api",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import simgen`` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simgen' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """A package whose public functions win over its folders of the same name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
