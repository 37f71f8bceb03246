"""The scene file: what a person writes, with a distribution wherever a number may vary."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, Tag, ValidationError

from simgen.acoustics.responses import Engine
from simgen.errors import SceneError, SceneProblem
from simgen.scene.array_file import ArraySpec
from simgen.scene.diagnostics import scene_error
from simgen.scene.distributions import Distribution, within
from simgen.scene.document import Document, KeyPath, dotted, parse_document, read_document
from simgen.scene.field_types import Name, Whole
from simgen.scene.record import Record, kind_by_key
from simgen.scene.room_file import RoomSpec
from simgen.scene.scene import Scene
from simgen.scene.source_file import FolderSpeech, SourceGroup

__all__ = ["AtLeast", "AtMostOnePerRegion", "Rule", "SampleRate", "SceneFile"]

MOST_TRIALS = 100
"""Scenes drawn on trial before rendering: a fault of 3 % of scenes shows with 95 % certainty."""


SampleRate = Annotated[Whole, Field(ge=8000, le=192_000)]


class SensorSpec(Record):
    """White noise of the microphones."""

    snr_db: Annotated[Distribution, within(-120.0, 200.0)]


class NoiseSpec(Record):
    """Noise that is added to the sources' images."""

    sensor: SensorSpec | None = None


class LabelSpec(Record):
    """How labels are divided into frames."""

    hop_s: Annotated[float, Field(strict=True, gt=0.0, le=60.0)] = 0.1


class AtMostOnePerRegion(Record):
    """``{at_most_one_per_region: table}``: no two sources share a region of an array."""

    at_most_one_per_region: Name


class AtLeast(Record):
    """``{at_least_m: 0.6, between: [talkers, table]}``: keep sources away from things.

    At least one of the two names is a group of sources; the other is an array or a group. The
    same group twice keeps its sources apart from one another.
    """

    at_least_m: Annotated[Distribution, within(0.0, 500.0)]
    between: tuple[Name, Name]


Rule = Annotated[
    Annotated[AtMostOnePerRegion, Tag("<at_most_one_per_region>")]
    | Annotated[AtLeast, Tag("<at_least_m>")],
    kind_by_key("at_most_one_per_region", "at_least_m"),
]


class SceneFile(Record):
    """A family of scenes, as parsed and validated from a scene file.

    Examples
    --------
    >>> scene_file = SceneFile.parse('''
    ... scene: 1
    ... name: booth
    ... duration_s: 1
    ... room: {box_m: [3, 3, {uniform: [2.2, 2.6]}], t60_s: 0}
    ... arrays: {pair: {microphones: {line: {count: 2, spacing_m: 0.1}}}}
    ... sources: {talker: {place: {position_m: [1, 1, 1.5]}}}
    ... ''')
    >>> scene_file.draw(seed=1, index=0).room.t60
    0.0
    """

    scene: Literal[1]
    name: Name
    sample_rate_hz: SampleRate = 16_000
    duration_s: Annotated[Distribution, within(0.0, 3600.0, above=True)]
    engine: Engine = "simgen"
    room: RoomSpec
    arrays: dict[Name, ArraySpec] = Field(min_length=1)
    sources: dict[Name, SourceGroup] = Field(min_length=1)
    noise: NoiseSpec = NoiseSpec()
    rules: tuple[Rule, ...] = ()
    labels: LabelSpec = LabelSpec()

    _document: Document | None = PrivateAttr(default=None)
    _base: Path = PrivateAttr(default=Path())

    @classmethod
    def load(cls, path: str | Path, *, base: str | Path | None = None) -> Self:
        """Read and validate a scene file.

        Parameters
        ----------
        path
            The YAML file.
        base
            The folder that relative folders of speech start from; the file's own if left out.

        Raises
        ------
        SceneError
            With every problem found and its place.
        """
        scene_file = cls._validate(read_document(Path(path)))
        scene_file._base = Path(path).parent if base is None else Path(base)
        return scene_file

    @classmethod
    def parse(cls, text: str, name: str = "scene") -> Self:
        """Validate the text of a scene file; see ``load``."""
        return cls._validate(parse_document(text, name))

    @classmethod
    def _validate(cls, document: Document) -> Self:
        from simgen.scene.consistency import Parts, inconsistencies

        try:
            scene_file = cls.model_validate(document.data)
        except ValidationError as error:
            faults = scene_error(error, document, cls).problems
            others = inconsistencies(Parts.salvaged(document.data), document.problem)
            raise SceneError([*faults, *others], file=document.name) from None
        scene_file._document = document
        scene_file._require_consistent()
        return scene_file

    def _require_consistent(self) -> None:
        """Refuse names that mean nothing and rules that cannot be kept."""
        from simgen.scene.consistency import Parts, inconsistencies

        if problems := list(inconsistencies(Parts.of(self), self.problem)):
            raise SceneError(problems, file=self.file)

    @property
    def text(self) -> str:
        """The text of the scene file; JSON when it was made in Python."""
        return self._document.text if self._document else self.to_json() + "\n"

    @property
    def file(self) -> str:
        """The scene file as messages name it."""
        return self._document.name if self._document else self.name

    @property
    def base(self) -> Path:
        """The folder that relative paths in the scene file start from."""
        return self._base

    def draw(self, *, seed: int, index: int) -> Scene:
        """Draw one concrete scene.

        Parameters
        ----------
        seed
            The dataset's seed.
        index
            The scene's index; any scene can be drawn alone and in any order.

        Raises
        ------
        ParameterError
            If the seed or the index is not a whole number, 0 or more.
        SceneError
            If the rules leave no place, or a drawn value cannot be.
        """
        from simgen.scene.draw import draw_scene

        self._require_consistent()
        return draw_scene(self, seed=seed, index=index)

    def rehearse(self, *, seed: int, count: int) -> None:
        """Draw some of the scenes that are to be rendered, to find what cannot be.

        Raises
        ------
        SceneError
            With the problem of every key that a scene could not be drawn for.
        """
        trials = min(count, MOST_TRIALS)
        problems: dict[tuple[str, str], SceneProblem] = {}
        for trial in range(trials):
            try:
                self.draw(seed=seed, index=trial * count // trials)
            except SceneError as error:
                for problem in error.problems:
                    problems.setdefault((problem.code, problem.key_path), problem)
        if problems:
            raise SceneError(problems.values(), file=self.file)

    def corpora(self) -> dict[str, str]:
        """Return the digest of each folder of recordings by its name; see ``Corpus.digest``.

        Raises
        ------
        SignalError
            If a folder cannot be used.
        """
        from simgen.scene.talk import corpus_of, folder_name

        signals = (group.signal for group in self.sources.values())
        names = {folder_name(signal) for signal in signals if isinstance(signal, FolderSpeech)}
        return {name: corpus_of(name, self.base).digest() for name in sorted(names)}

    def problem(self, code: str, message: str, path: KeyPath, **options: Any) -> SceneProblem:
        """Describe a problem at a key, with its place in the file if there is one."""
        if self._document is None:
            return SceneProblem(code, message, key_path=dotted(path), **options)
        return self._document.problem(code, message, path, **options)

    def error(self, code: str, message: str, path: KeyPath) -> SceneError:
        """Return the error of a single problem at a key."""
        return SceneError([self.problem(code, message, path)], file=self.file)
