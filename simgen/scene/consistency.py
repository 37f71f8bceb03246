"""Problems of a scene file that only show when its parts are seen together."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from pydantic import TypeAdapter, ValidationError

from simgen.acoustics.bands import octave_bands
from simgen.acoustics.responses import Engine
from simgen.errors import SceneProblem
from simgen.scene.array_file import ArraySpec, DirectionalMicrophones
from simgen.scene.device_file import DeviceSpec
from simgen.scene.directivity_file import HarmonicDirectivity
from simgen.scene.distributions import support
from simgen.scene.document import KeyPath
from simgen.scene.listener_file import FreeHead, ListenerSpec
from simgen.scene.scene_file import (
    AtLeast,
    AtMostOnePerRegion,
    AzimuthsApart,
    Rule,
    SampleRate,
    SceneFile,
)
from simgen.scene.source_file import PlaceAround, SourceGroup

__all__ = ["Parts", "inconsistencies"]

_FULL_TURN_DEG = 360.0


class Report(Protocol):
    """Describes a problem at a key."""

    def __call__(
        self, code: str, message: str, path: KeyPath, *, suggestion: str | None = None
    ) -> SceneProblem:
        """Return the problem with its place."""


@dataclass(frozen=True)
class Parts:
    """The parts of a scene file that refer to one another; None stands for a faulty one."""

    arrays: Mapping[str, ArraySpec | None]
    sources: Mapping[str, SourceGroup | None]
    devices: Mapping[str, DeviceSpec | None]
    listeners: Mapping[str, ListenerSpec | None]
    rules: Sequence[Rule | None]
    engine: Engine | None
    sample_rate: int | None

    @classmethod
    def of(cls, scene_file: SceneFile) -> Self:
        """Return the parts of a valid scene file."""
        return cls(
            scene_file.arrays,
            scene_file.sources,
            scene_file.devices,
            scene_file.listeners,
            scene_file.rules,
            scene_file.engine,
            scene_file.sample_rate_hz,
        )

    @classmethod
    def salvaged(cls, data: Mapping[str, Any]) -> Self:
        """Return what is sound in data that is no valid scene file as a whole.

        Where one of a pair is not a mapping, such as arrays without sources, no name could be
        told from a wrong one: then there are no parts.
        """
        kinds = ("arrays", "sources", "devices", "listeners")
        arrays, sources, devices, listeners = (data.get(kind, {}) for kind in kinds)
        mappings = [isinstance(x, dict) for x in (arrays, sources, devices, listeners)]
        paired = ("arrays" in data) == ("sources" in data)
        paired &= ("devices" in data) == ("listeners" in data)
        if not (all(mappings) and paired):
            return cls({}, {}, {}, {}, (), None, None)
        rules = data.get("rules")
        stated = {key: field.default for key, field in SceneFile.model_fields.items()}
        stated.update(data)
        return cls(
            {name: _sound(ArraySpec, spec) for name, spec in arrays.items()},
            {name: _sound(SourceGroup, group) for name, group in sources.items()},
            {name: _sound(DeviceSpec, device) for name, device in devices.items()},
            {name: _sound(ListenerSpec, listener) for name, listener in listeners.items()},
            [_sound(Rule, rule) for rule in rules] if isinstance(rules, list) else (),
            _sound(Engine, stated["engine"]),
            _sound(SampleRate, stated["sample_rate_hz"]),
        )

    def landmarks(self) -> list[str]:
        """Return the names of all that has its place before sources are placed."""
        return [*self.arrays, *self.devices, *self.listeners]

    def directional(self) -> Iterator[tuple[KeyPath, object]]:
        """Yield the place and the value of all that hears or emits unlike in all directions."""
        yield from self._directional_arrays()
        for name, device in self.devices.items():
            drivers = () if device is None else device.drivers
            path: KeyPath = ("devices", name, "drivers")
            if isinstance(drivers, str):
                yield path, drivers
                continue
            for number, driver in enumerate(drivers):
                if driver.directivity != "omni":
                    yield (*path, number, "directivity"), driver.directivity
        for name, listener in self.listeners.items():
            if listener is not None and not isinstance(listener.head, FreeHead):
                yield ("listeners", name, "head"), listener.head

    def _directional_arrays(self) -> Iterator[tuple[KeyPath, object]]:
        """Yield what `directional` yields of sources and arrays."""
        for name, group in self.sources.items():
            if group is not None and group.directivity != "omni":
                yield ("sources", name, "directivity"), group.directivity
        for name, array in self.arrays.items():
            microphones = None if array is None else array.microphones
            path: KeyPath = ("arrays", name, "microphones")
            if not isinstance(microphones, DirectionalMicrophones):
                if microphones is not None:
                    yield path, microphones
            elif microphones.directivity != "omni":
                yield (*path, "directivity"), microphones.directivity


def _sound(kind: Any, value: Any) -> Any:
    """Return a part as validated, or None if it is faulty."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None


def inconsistencies(parts: Parts, report: Report) -> Iterator[SceneProblem]:
    """Yield names that mean nothing and rules that cannot be kept."""
    yield from _names(parts, report)
    for name, listener in parts.listeners.items():
        if listener is not None:
            yield from _listener(listener, ("listeners", name), parts, report)
    for name, group in parts.sources.items():
        if group is not None and isinstance(group.place, PlaceAround):
            path = ("sources", name, "place", "around", "array")
            yield from _unknown(group.place.around.array, path, parts.arrays, report)
        if group is not None and isinstance(group.facing, str):
            yield from _facing(group.facing, name, parts, report)
    for place, value in parts.directional():
        yield from _directivity(value, place, parts, report)
    for number, rule in enumerate(parts.rules):
        match rule:
            case AtMostOnePerRegion():
                yield from _region_rule(rule, ("rules", number), parts, report)
            case AtLeast():
                yield from _distance_rule(rule, ("rules", number), parts, report)
            case AzimuthsApart():
                yield from _azimuth_rule(rule, ("rules", number), parts, report)


def _names(parts: Parts, report: Report) -> Iterator[SceneProblem]:
    """Yield names that stand for two things."""
    seen: dict[str, str] = {}
    kinds = {"arrays": "an array", "devices": "a device", "listeners": "a listener", "sources": ""}
    for kind, noun in kinds.items():
        for name in getattr(parts, kind):
            if name in seen:
                message = f'"{name}" names {seen[name]} too; give one of them another name'
                yield report("duplicate-name", message, (kind, name))
            seen.setdefault(name, noun)


def _listener(
    listener: ListenerSpec, path: KeyPath, parts: Parts, report: Report
) -> Iterator[SceneProblem]:
    """Yield what makes it unclear where a listener is, or looks."""
    if listener.around is not None:
        device = listener.around.device
        yield from _unknown(device, (*path, "around", "device"), parts.devices, report)
    if listener.facing is not None:
        known = [*parts.devices, *parts.arrays]
        yield from _unknown(listener.facing, (*path, "facing"), known, report)


def _unknown(
    name: str, path: KeyPath, known: Collection[str], report: Report
) -> Iterator[SceneProblem]:
    """Yield a problem if a name is not among those known."""
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1)
        message = f'nothing here is named "{name}" (allowed: {", ".join(known)})'
        yield report("unknown-name", message, path, suggestion=close[0] if close else None)


def _facing(target: str, name: str, parts: Parts, report: Report) -> Iterator[SceneProblem]:
    """Yield what makes the thing that a group's sources face unclear."""
    path = ("sources", name, "facing")
    yield from _unknown(target, path, [*parts.landmarks(), *parts.sources], report)
    group = None if target in parts.landmarks() else parts.sources.get(target)
    if target == name:
        message = "sources cannot face their own group; name an array or another group"
        yield report("bad-value", message, path)
    elif group is not None and support(group.count) != (1.0, 1.0):
        message = (
            f'only a group of a single source can be faced; "{target}" can have {_most(group)}'
        )
        yield report("bad-value", message, path)


def _directivity(
    value: object, path: KeyPath, parts: Parts, report: Report
) -> Iterator[SceneProblem]:
    """Yield why a directivity does not go with the engine or the sample rate."""
    if parts.engine == "pyroomacoustics":
        message = (
            "the engine pyroomacoustics takes omnidirectional sources and microphones alone here; "
            "choose engine: simgen"
        )
        yield report("infeasible", message, path)
    if isinstance(value, HarmonicDirectivity) and parts.sample_rate is not None:
        bands, rows = len(octave_bands(parts.sample_rate)), len(value.harmonics)
        if rows not in (1, bands):
            message = (
                f"must hold 1 row, or one for each of the {bands} octave bands of "
                f"{parts.sample_rate} Hz, got {rows}"
            )
            yield report("out-of-range", message, (*path, "harmonics"))


def _distance_rule(
    rule: AtLeast, path: KeyPath, parts: Parts, report: Report
) -> Iterator[SceneProblem]:
    """Yield what makes a rule of distances meaningless."""
    anything = [*parts.sources, *parts.landmarks()]
    for end, name in enumerate(rule.between):
        yield from _unknown(name, (*path, "between", end), anything, report)
    if all(name in parts.landmarks() and name not in parts.sources for name in rule.between):
        groups = f" (one of {', '.join(parts.sources)})" if parts.sources else ""
        arrays = all(name in parts.arrays for name in rule.between)
        given = "two arrays" if arrays else f"{' and '.join(rule.between)}"
        message = f"needs a group of sources{groups}, got {given}"
        yield report("bad-value", message, (*path, "between"))


def _region_rule(
    rule: AtMostOnePerRegion, path: KeyPath, parts: Parts, report: Report
) -> Iterator[SceneProblem]:
    """Yield what makes a rule of one source per region impossible."""
    name = rule.at_most_one_per_region
    path = (*path, "at_most_one_per_region")
    yield from _unknown(name, path, parts.arrays, report)
    array = parts.arrays.get(name)
    if array is None:
        return
    if array.regions is None:
        message = f'array "{name}" has no regions; give it some, such as regions: {{sectors: 8}}'
        yield report("infeasible", message, path)
        return
    most = _most_sources(parts)
    available = array.regions.sectors * (len(array.regions.ring_edges_m) + 1)
    if most > available:
        message = (
            f'up to {most} sources cannot each have one of the {available} regions of "{name}"'
        )
        yield report("infeasible", message, path)


def _azimuth_rule(
    rule: AzimuthsApart, path: KeyPath, parts: Parts, report: Report
) -> Iterator[SceneProblem]:
    """Yield what makes a rule of azimuths impossible."""
    yield from _unknown(rule.seen_from, (*path, "seen_from"), parts.arrays, report)
    most, widest = _most_sources(parts), support(rule.at_least_deg)[1]
    # Where they are just as far apart as a turn allows, no source that is drawn has a place.
    if most > 1 and most * widest >= _FULL_TURN_DEG:
        message = (
            f"up to {most} sources cannot be {widest:g} degrees apart: there must be less than "
            f"{_FULL_TURN_DEG / most:g} for each"
        )
        yield report("infeasible", message, (*path, "at_least_deg"))


def _most_sources(parts: Parts) -> int:
    """Return the greatest number of sources that there can be; a faulty group counts as one."""
    return sum(1 if group is None else _most(group) for group in parts.sources.values())


def _most(group: SourceGroup) -> int:
    """Return the greatest number of sources that a group can have."""
    return round(support(group.count)[1])
