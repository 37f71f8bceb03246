"""Where the scenes of a dataset come from."""

import hashlib
from dataclasses import dataclass
from typing import Protocol, Self

from pydantic import ValidationError

from simgen.errors import DatasetError, ParameterError
from simgen.scene.scene import Scene

__all__ = ["Drawable", "DrawnScenes", "FrozenScenes", "SceneSource", "digest_of"]


class SceneSource(Protocol):
    """Gives each scene of a dataset by its index, in any order and any process."""

    @property
    def name(self) -> str:
        """The dataset's name."""

    @property
    def seed(self) -> int | None:
        """What the scenes are drawn with; None if they are not drawn."""

    @property
    def limit(self) -> int | None:
        """Number of scenes there are; None if there is always another one."""

    @property
    def description(self) -> tuple[str, bytes]:
        """Name and content of the file that, with the seed, determines the scenes."""

    @property
    def corpora(self) -> dict[str, str]:
        """A digest of the recordings in each folder that the scenes are drawn from."""

    def scene(self, index: int) -> Scene:
        """Return a scene."""


class Drawable(Protocol):
    """What `DrawnScenes` needs of a scene file."""

    @property
    def name(self) -> str:
        """The scene file's name."""

    @property
    def text(self) -> str:
        """The scene file as it was written."""

    def corpora(self) -> dict[str, str]:
        """Return a digest of each folder of recordings, by its name in the scene file."""

    def draw(self, *, seed: int, index: int) -> Scene:
        """Draw a concrete scene."""


@dataclass(frozen=True)
class DrawnScenes:
    """Scenes drawn from a scene file.

    Attributes
    ----------
    scene_file
        The scene file.
    seed
        What they are drawn with.
    """

    scene_file: Drawable
    seed: int

    @property
    def name(self) -> str:
        """The scene file's name."""
        return self.scene_file.name

    @property
    def limit(self) -> None:
        """None: any number of scenes can be drawn."""
        return

    @property
    def description(self) -> tuple[str, bytes]:
        """The scene file as it was written."""
        return "scene.yaml", self.scene_file.text.encode()

    @property
    def corpora(self) -> dict[str, str]:
        """A digest of each folder of recordings, by its name in the scene file."""
        return self.scene_file.corpora()

    def scene(self, index: int) -> Scene:
        """Draw a scene."""
        return self.scene_file.draw(seed=self.seed, index=index)


@dataclass(frozen=True)
class FrozenScenes:
    """Scenes stored as explicit numbers.

    Attributes
    ----------
    name
        The dataset's name.
    scenes
        The scenes.
    description
        Name and content of the file that holds them.
    """

    name: str
    scenes: tuple[Scene, ...]
    description: tuple[str, bytes]

    @classmethod
    def from_jsonl(cls, name: str, data: bytes) -> Self:
        """Read scenes from UTF-8 text with the JSON of one scene on each line.

        Raises
        ------
        DatasetError
            If a line is not a scene.
        """
        lines = enumerate(data.splitlines(), start=1)
        scenes = tuple(_parse(line, number, name) for number, line in lines)
        return cls(name, scenes, ("scenes.jsonl", data))

    @property
    def seed(self) -> None:
        """None: frozen scenes are not drawn."""
        return

    @property
    def limit(self) -> int:
        """Number of scenes."""
        return len(self.scenes)

    @property
    def corpora(self) -> dict[str, str]:
        """Empty: frozen scenes name each utterance themselves."""
        return {}

    def scene(self, index: int) -> Scene:
        """Return a scene."""
        if not 0 <= index < self.limit:
            raise ParameterError(
                f"{self.name} has no such scene", value=index, allowed=f"0 to {self.limit - 1}"
            )
        return self.scenes[index]


def _parse(line: bytes, number: int, name: str) -> Scene:
    """Return the scene on a line."""
    try:
        return Scene.model_validate_json(line)
    except ValidationError as error:
        raise DatasetError(f"is not a scene: {error}", where=f"{name}, line {number}") from error


def digest_of(scenes: SceneSource) -> str:
    """Return the SHA-256 of what describes the scenes."""
    return hashlib.sha256(scenes.description[1]).hexdigest()
