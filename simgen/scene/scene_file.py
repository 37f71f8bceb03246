"""The scene file: what a person writes, with a distribution wherever a number may vary."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, PrivateAttr, Tag, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from simgen.acoustics.responses import Engine
from simgen.errors import SceneError, SceneProblem
from simgen.scene.array_file import ArraySpec
from simgen.scene.device_file import DeviceSpec
from simgen.scene.diagnostics import scene_error
from simgen.scene.directivity_file import SofaDirectivity
from simgen.scene.distributions import Distribution, within
from simgen.scene.document import Document, KeyPath, dotted, parse_document, read_document
from simgen.scene.field_types import Name, Whole
from simgen.scene.listener_file import ListenerSpec, SofaHead
from simgen.scene.record import GrownRecord, Record, kind_by_key
from simgen.scene.room_file import RoomSpec
from simgen.scene.scene import Scene
from simgen.scene.sofa_files import digest_of_file
from simgen.scene.source_file import FolderSpeech, SourceGroup

__all__ = [
    "AtLeast",
    "AtMostOnePerRegion",
    "AzimuthsApart",
    "Rule",
    "SampleRate",
    "SceneFile",
]

MOST_TRIALS = 100
"""Scenes drawn on trial before rendering: a fault of 3 % of scenes shows with 95 % certainty."""

LONGEST_REHEARSAL = 5.0
"""Seconds after which no further scene is drawn on trial, as those with thousands of poses: who
checks a file sits and waits."""


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

    At least one of the two names is a group of sources; the other is a group, an array, a device
    or a listener. The same group twice keeps its sources apart from one another.
    """

    at_least_m: Annotated[Distribution, within(0.0, 500.0)]
    between: tuple[Name, Name]


class AzimuthsApart(Record):
    """``{at_least_deg: 12, seen_from: table}``: keep all sources' azimuths at an array apart."""

    at_least_deg: Annotated[Distribution, within(0.0, 180.0)]
    seen_from: Name


Rule = Annotated[
    Annotated[AtMostOnePerRegion, Tag("<at_most_one_per_region>")]
    | Annotated[AtLeast, Tag("<at_least_m>")]
    | Annotated[AzimuthsApart, Tag("<at_least_deg>")],
    kind_by_key("at_most_one_per_region", "at_least_m", "at_least_deg"),
]


_PAIRS = (("arrays", "sources"), ("devices", "listeners"))
"""What is of use only together: who hears, and what is heard."""


class SceneFile(GrownRecord):
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

    gained: ClassVar[tuple[str, ...]] = ("devices", "listeners")
    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": list(pair)} for pair in _PAIRS],
            "dependentRequired": {
                one: [other] for pair in _PAIRS for one, other in (pair, pair[::-1])
            },
        }
    )

    scene: Literal[1]
    name: Name
    sample_rate_hz: SampleRate = 16_000
    duration_s: Annotated[Distribution, within(0.0, 3600.0, above=True)]
    engine: Engine = "simgen"
    room: RoomSpec
    arrays: dict[Name, ArraySpec] = Field(default_factory=dict)
    sources: dict[Name, SourceGroup] = Field(default_factory=dict)
    devices: dict[Name, DeviceSpec] = Field(default_factory=dict)
    listeners: dict[Name, ListenerSpec] = Field(default_factory=dict)
    noise: NoiseSpec = NoiseSpec()
    rules: tuple[Rule, ...] = ()
    labels: LabelSpec = LabelSpec()

    _document: Document | None = PrivateAttr(default=None)
    _base: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _is_heard(self) -> Self:
        for one, other in (*_PAIRS, *(pair[::-1] for pair in _PAIRS)):
            if getattr(self, one) and not getattr(self, other):
                raise PydanticCustomError(
                    "missing_key",
                    "{one} are of no use without {other}; add {other}, or leave {one} out",
                    {"one": one, "other": other, "path": (one,)},
                )
        if not (self.arrays or self.devices):
            raise PydanticCustomError(
                "missing_key",
                "there is nothing to hear: needs arrays and sources, or devices and listeners",
            )
        return self

    @classmethod
    def load(cls, path: str | Path, *, base: str | Path | None = None) -> Self:
        """Read and validate a scene file.

        Parameters
        ----------
        path
            The YAML file.
        base
            The folder that relative folders of speech and SOFA files start from; the scene
            file's own if left out.

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

        It is at least one scene, and no more than can be drawn in some seconds.

        Raises
        ------
        SceneError
            With the problem of every key that a scene could not be drawn for.
        """
        trials = min(count, MOST_TRIALS)
        problems: dict[tuple[str, str], SceneProblem] = {}
        end = monotonic() + LONGEST_REHEARSAL
        for trial in range(trials):
            if trial and monotonic() > end:
                break
            try:
                self.draw(seed=seed, index=trial * count // trials)
            except SceneError as error:
                for problem in error.problems:
                    problems.setdefault((problem.code, problem.key_path), problem)
        if problems:
            raise SceneError(problems.values(), file=self.file)

    def corpora(self) -> dict[str, str]:
        """Return the digest of each folder of recordings and of each SOFA file, by its name.

        Raises
        ------
        SignalError
            If a folder or a file cannot be used.
        """
        from simgen.scene.talk import corpus_of, folder_name

        signals = (group.signal for group in self.sources.values())
        names = {folder_name(signal) for signal in signals if isinstance(signal, FolderSpeech)}
        folders = {name: corpus_of(name, self.base).digest() for name in sorted(names)}
        named = sorted({spec.sofa for _, spec in self.sofa_files()})
        return folders | {name: digest_of_file(name, self.base) for name in named}

    def sofa_files(self) -> Iterator[tuple[KeyPath, SofaDirectivity | SofaHead]]:
        """Yield what is read from each SOFA file, with the path of the key that names the file."""
        for path, spec in self._from_files():
            if isinstance(spec, SofaDirectivity | SofaHead):
                yield (*path, "sofa"), spec

    def _from_files(self) -> Iterator[tuple[KeyPath, object]]:
        """Yield all that may name a SOFA file, with its path."""
        for name, group in self.sources.items():
            yield ("sources", name, "directivity"), group.directivity
        for name, device in self.devices.items():
            listed = () if isinstance(device.drivers, str) else device.drivers
            for number, driver in enumerate(listed):
                yield ("devices", name, "drivers", number, "directivity"), driver.directivity
        for name, listener in self.listeners.items():
            yield ("listeners", name, "head"), listener.head

    def problem(self, code: str, message: str, path: KeyPath, **options: Any) -> SceneProblem:
        """Describe a problem at a key, with its place in the file if there is one."""
        if self._document is None:
            return SceneProblem(code, message, key_path=dotted(path), **options)
        return self._document.problem(code, message, path, **options)

    def error(self, code: str, message: str, path: KeyPath) -> SceneError:
        """Return the error of a single problem at a key."""
        return SceneError([self.problem(code, message, path)], file=self.file)
