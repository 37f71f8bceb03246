"""Shards: HDF5 files of a few recordings each.

A scene is a group named by its index::

    00000003/scene                      the scene as JSON
    00000003/signals/ARRAY              (microphone, sample)
    00000003/labels/ARRAY/doa           (frame, source, 3), and its siblings
    00000003/{images,noise,responses}/ARRAY     where they were kept
    00000003/ear_responses/LISTENER/DEVICE      (pose, ear, loudspeaker, sample)
    00000003/failed                     instead of all that: why there is no recording

Every array is stored in chunks with Fletcher-32 checksums, so damage is noticed on reading.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from simgen.dataset.atomic import new_hdf5
from simgen.dataset.guarded import names, open_shard, read_array, read_text, subgroup
from simgen.errors import DatasetError
from simgen.labels.frames import ArrayLabels
from simgen.render.recording import Recording
from simgen.scene.scene import Scene

__all__ = [
    "EAR_RESPONSES",
    "LABELS",
    "SIGNALS",
    "Failure",
    "Stored",
    "read_failures",
    "read_recording",
    "read_scene",
    "write_shard",
]

_CHUNK_SAMPLES = 65536
_CHUNK_FRAMES = 1024


@dataclass(frozen=True)
class Stored:
    """How one kind of array is stored.

    Attributes
    ----------
    axes
        Names of its axes, slowest first.
    dtype
        Its number format.
    unit
        Its unit; 1 for pure numbers.
    """

    axes: tuple[str, ...]
    dtype: str
    unit: str


SIGNALS = {
    "signals": Stored(("microphone", "sample"), "float32", "1"),
    "images": Stored(("source", "microphone", "sample"), "float32", "1"),
    "noise": Stored(("microphone", "sample"), "float32", "1"),
    "responses": Stored(("source", "microphone", "sample"), "float32", "1/m"),
}
EAR_RESPONSES = Stored(("pose", "ear", "loudspeaker", "sample"), "float32", "1/m")
LABELS = {
    "doa": Stored(("frame", "source", "xyz"), "float64", "1"),
    "distance": Stored(("frame", "source"), "float64", "m"),
    "activity": Stored(("frame", "source"), "bool", "1"),
    "regions": Stored(("frame", "region", "activity distance azimuth"), "float64", "1"),
    "source_region": Stored(("frame", "source"), "int64", "1"),
}
_OPTIONAL_LABELS = frozenset({"regions", "source_region"})


@dataclass(frozen=True)
class Failure:
    """Why a scene has no recording.

    Attributes
    ----------
    reason
        The error's message.
    """

    reason: str


def write_shard(path: Path, outcomes: Iterable[tuple[int, Recording | Failure]]) -> None:
    """Store recordings one after the other, holding one in memory at a time.

    Parameters
    ----------
    path
        The shard's file; it appears only when it is whole.
    outcomes
        Each scene's index with its recording, or with the reason why there is none.
    """
    with new_hdf5(path) as file:
        for index, outcome in outcomes:
            group = _new_group(file, _group_name(index))
            if isinstance(outcome, Failure):
                _write_text(group, "failed", outcome.reason)
            else:
                _write_recording(group, outcome)


def read_recording(path: Path, index: int) -> Recording:
    """Read a scene's recording.

    Raises
    ------
    DatasetError
        If the scene failed, is missing, or is damaged.
    """
    with open_shard(path) as file:
        group = _scene_group(file, index)
        scene = _read_scene(group)
        stored: dict[str, Any] = {
            kind: _read_signals(group, kind, field) for kind, field in SIGNALS.items()
        }
        heard = _read_ear_responses(group)
        return Recording(scene=scene, labels=_read_labels(group), ear_responses=heard, **stored)


def read_scene(path: Path, index: int) -> Scene:
    """Read what was rendered, without the sound.

    Raises
    ------
    DatasetError
        If the scene failed, is missing, or is damaged.
    """
    with open_shard(path) as file:
        return _read_scene(_scene_group(file, index))


def read_failures(path: Path) -> dict[int, str]:
    """Return why scenes of a shard have no recording, by scene index."""
    with open_shard(path) as file:
        groups = {name: subgroup(file, name) for name in names(file)}
        return {
            int(name): read_text(group, "failed")
            for name, group in groups.items()
            if "failed" in names(group)
        }


def _group_name(index: int) -> str:
    """Return the name of a scene's group."""
    return f"{index:08d}"


def _new_group(parent: h5py.Group, name: str) -> h5py.Group:
    """Create a group that keeps the order in which its members were created."""
    _require_storable(name, parent)
    return parent.create_group(name, track_order=True)


def _write_recording(group: h5py.Group, recording: Recording) -> None:
    """Store a recording in its scene's group."""
    _write_text(group, "scene", recording.scene.to_json())
    for kind, field in SIGNALS.items():
        arrays: Mapping[str, NDArray[Any]] = getattr(recording, kind)
        if arrays:
            stored = _new_group(group, kind)
            stored.attrs["sample_rate_hz"] = recording.scene.sample_rate
            for name, array in arrays.items():
                _write_array(stored, name, array, field)
    _write_ear_responses(group, recording)
    labels = _new_group(group, "labels")
    labels.attrs["hop_samples"] = recording.scene.label_hop
    for name, array_labels in recording.labels.items():
        _write_labels(_new_group(labels, name), array_labels)


def _write_ear_responses(group: h5py.Group, recording: Recording) -> None:
    """Store what each listener hears of each device, if there are any."""
    if not recording.ear_responses:
        return
    stored = _new_group(group, "ear_responses")
    stored.attrs["sample_rate_hz"] = recording.scene.sample_rate
    for listener, by_device in recording.ear_responses.items():
        devices = _new_group(stored, listener)
        for name, array in by_device.items():
            _write_array(devices, name, array, EAR_RESPONSES)


def _write_labels(group: h5py.Group, labels: ArrayLabels) -> None:
    """Store the labels of one array."""
    for kind, field in LABELS.items():
        array = getattr(labels, kind)
        if array is not None:
            _write_array(group, kind, array, field)


def _write_array(group: h5py.Group, name: str, array: NDArray[Any], field: Stored) -> None:
    """Store an array in checksummed chunks, with the names of its axes and its unit."""
    if array.ndim != len(field.axes) or array.dtype != field.dtype:
        raise DatasetError(
            f"has shape {array.shape} and type {array.dtype}",
            allowed=f"({', '.join(field.axes)}) {field.dtype}",
            where=f"{group.name}/{name}",
        )
    dataset = _new_dataset(group, name, array, _chunk_shape(array.shape, field))
    dataset.attrs["axes"] = ", ".join(field.axes)
    dataset.attrs["unit"] = field.unit


def _chunk_shape(shape: tuple[int, ...], field: Stored) -> tuple[int, ...]:
    """Return chunks that hold one channel's samples, or some frames of labels."""
    if field.axes[-1] == "sample":
        return (*(1 for _ in shape[:-1]), min(shape[-1], _CHUNK_SAMPLES))
    return (min(shape[0], _CHUNK_FRAMES), *shape[1:])


def _write_text(group: h5py.Group, name: str, text: str) -> None:
    """Store a text as an array of one string, which unlike a scalar can be checksummed."""
    data = text.encode()
    kind = h5py.string_dtype("utf-8", max(1, len(data)))
    _new_dataset(group, name, np.array([data], dtype=kind), (1,))


def _new_dataset(
    group: h5py.Group, name: str, array: NDArray[Any], chunks: tuple[int, ...]
) -> h5py.Dataset:
    """Create a checksummed HDF5 dataset; what is empty can be neither cut nor damaged."""
    _require_storable(name, group)
    storage: dict[str, Any] = {"chunks": chunks, "fletcher32": True} if array.size else {}
    return group.create_dataset(name, data=array, track_times=False, track_order=True, **storage)


def _require_storable(name: str, group: h5py.Group) -> None:
    """Refuse a name that HDF5 would take for a path."""
    if "/" in name or name in ("", "."):
        raise DatasetError("cannot be stored under this name", value=name, where=group.name)


def _scene_group(file: h5py.File, index: int) -> h5py.Group:
    """Return a scene's group, unless the scene failed."""
    group = subgroup(file, _group_name(index))
    if "failed" in names(group):
        reason = read_text(group, "failed")
        raise DatasetError(f"was not rendered: {reason}", where=f"{file.filename}: scene {index}")
    return group


def _read_scene(group: h5py.Group) -> Scene:
    """Read the scene from its group."""
    try:
        return Scene.from_json(read_text(group, "scene"))
    except ValidationError as error:
        where = f"{group.file.filename}: {group.name}/scene"
        raise DatasetError(f"is not a scene of this version: {error}", where=where) from error


def _read_signals(group: h5py.Group, kind: str, field: Stored) -> dict[str, NDArray[Any]]:
    """Read one kind of signals; nothing if they were not kept."""
    if kind not in names(group):
        return {}
    stored = subgroup(group, kind)
    return {name: read_array(stored, name, field.dtype, len(field.axes)) for name in names(stored)}


def _read_ear_responses(group: h5py.Group) -> dict[str, dict[str, NDArray[Any]]]:
    """Read what each listener hears of each device; nothing if there are none."""
    if "ear_responses" not in names(group):
        return {}
    stored = subgroup(group, "ear_responses")
    return {listener: _read_devices(subgroup(stored, listener)) for listener in names(stored)}


def _read_devices(group: h5py.Group) -> dict[str, NDArray[Any]]:
    """Read what a listener hears of each device."""
    dtype, num_axes = EAR_RESPONSES.dtype, len(EAR_RESPONSES.axes)
    return {device: read_array(group, device, dtype, num_axes) for device in names(group)}


def _read_labels(group: h5py.Group) -> dict[str, ArrayLabels]:
    """Read the labels of every array."""
    labels = subgroup(group, "labels")
    return {name: _read_array_labels(subgroup(labels, name)) for name in names(labels)}


def _read_array_labels(group: h5py.Group) -> ArrayLabels:
    """Read the labels of one array; those about regions may not be there."""
    stored: dict[str, Any] = dict.fromkeys(LABELS)
    for kind in set(LABELS) - _OPTIONAL_LABELS.difference(names(group)):
        stored[kind] = read_array(group, kind, LABELS[kind].dtype, len(LABELS[kind].axes))
    return ArrayLabels(**stored)
