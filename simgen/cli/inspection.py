"""What ``simgen inspect`` shows."""

from typing import Any

import numpy as np

from simgen.dataset.dataset import Dataset
from simgen.render.recording import Recording
from simgen.scene.channels import MicrophoneErrors
from simgen.scene.in_words import channels_in_words, directivity_in_words, head_in_words
from simgen.scene.scene import Scene, Source, SpeechSignal

__all__ = ["describe_dataset", "describe_scene"]


def describe_dataset(dataset: Dataset) -> tuple[dict[str, Any], str]:
    """Return a dataset's content as data and as text, a line per scene."""
    identity = dataset.identity
    lines = [
        f"{identity.name}: {identity.count} scenes, seed {identity.seed}, "
        f"{', '.join(f'{name} {version}' for name, version in identity.versions.items())}",
        "scene  room (m)           T60 (s)  SNR (dB)  sources",
    ]
    scenes = []
    failures = dataset.failures()
    for index in range(len(dataset)):
        if index in failures:
            lines.append(f"{index:5d}  failed: {failures[index]}")
            continue
        scene = dataset.scene(index)
        lines.append(_line(index, scene))
        scenes.append(_row(index, scene))
    return {**identity.model_dump(mode="json"), "scene_list": scenes}, "\n".join(lines)


def _line(index: int, scene: Scene) -> str:
    """Return the line of a scene: its room, its sources, and who hears which loudspeakers."""
    size = " x ".join(f"{side:.2f}" for side in scene.room.size)
    sources = [f"{source.name} {_signal(source)}" for source in scene.sources]
    listeners = [
        f"{name} ({_count(len(listener.poses), 'pose')}) hears {' and '.join(scene.devices)}"
        for name, listener in scene.listeners.items()
        if scene.devices
    ]
    heard = ", ".join([*sources, *listeners])
    return f"{index:5d}  {size:<17}  {_t60(scene):>7}  {_snr(scene):>8}  {heard}"


def _t60(scene: Scene) -> str:
    """Return the reverberation time in s that a room was made for; a dash if there is none."""
    return "-" if scene.room.t60 is None else f"{scene.room.t60:.2f}"


def _snr(scene: Scene) -> str:
    """Return the signal-to-noise ratio in dB; a dash without sensor noise."""
    return "-" if scene.sensor_noise is None else f"{scene.sensor_noise.snr_db:.1f}"


def _row(index: int, scene: Scene) -> dict[str, Any]:
    """Return the data of a scene in a list of scenes."""
    row: dict[str, Any] = {"index": index, "t60": scene.room.t60, "sources": len(scene.sources)}
    if scene.listeners:
        row["devices"] = {name: len(device.drivers) for name, device in scene.devices.items()}
        row["listeners"] = {name: len(one.poses) for name, one in scene.listeners.items()}
    return row


def _signal(source: Source) -> str:
    """Return what a source emits."""
    signal = source.signal
    return signal.talker if isinstance(signal, SpeechSignal) else f"{signal.color} noise"


def _count(number: int, noun: str) -> str:
    """Return a number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def describe_scene(recording: Recording) -> tuple[dict[str, Any], str]:
    """Return one scene's signals, labels and ear responses as data and as text."""
    scene = recording.scene
    size = " x ".join(f"{side:.3f}" for side in scene.room.size)
    lines = [
        f"scene {scene.index} of {scene.name}: room {size} m, "
        f"T60 {_t60(scene)} s, SNR {_snr(scene)} dB, "
        f"mean absorption {np.mean(scene.room.absorption):.3f}, "
        f"c = {scene.room.speed_of_sound:.1f} m/s"
    ]
    arrays: dict[str, Any] = {}
    for name in recording.signals:
        arrays[name], text = _describe_array(recording, name)
        lines += text
    data: dict[str, Any] = {"scene": scene.model_dump(mode="json"), "arrays": arrays}
    if recording.ear_responses:
        lines += _describe_devices(scene)
        data["ear_responses"], text = _describe_ears(recording)
        lines += text
    return data, "\n".join(lines)


def _describe_array(recording: Recording, name: str) -> tuple[dict[str, Any], list[str]]:
    """Return what an array recorded of each source as data and as lines."""
    scene, signals = recording.scene, recording.signals[name]
    level = 10.0 * np.log10(max(float(np.mean(signals.astype(np.float64) ** 2)), 1e-30))
    lines = [
        f"array {name}: {signals.shape[0]} microphones x {signals.shape[1]} samples at "
        f"{scene.sample_rate} Hz, level {level:.1f} dB, "
        f"{channels_in_words(scene.arrays[name].channels)}",
        *_errors_in_words(scene.arrays[name].errors),
        "  source        azimuth (deg)  elevation (deg)  distance (m)  active  region  directivity",
    ]
    rows = []
    for number, source in enumerate(scene.sources):
        row = _source_row(recording, name, number)
        rows.append(row)
        region = "-" if row["region"] is None else row["region"]
        lines.append(
            f"  {source.name:<12}  {row['azimuth_deg']:13.2f}  {row['elevation_deg']:15.2f}  "
            f"{row['distance_m']:12.3f}  {row['active']:6.0%}  {region:>6}  "
            f"{directivity_in_words(source.directivity)}"
        )
    return {"shape": list(signals.shape), "level_db": level, "sources": rows}, lines


def _errors_in_words(errors: MicrophoneErrors | None) -> list[str]:
    """Return a line on how microphones differ from what is said of them, if they do."""
    if errors is None:
        return []
    gains_db, phases_deg = 20.0 * np.log10(errors.gains), np.rad2deg(errors.phases)
    farthest = max(np.linalg.norm(offset) for offset in errors.displacements)
    return [
        f"  errors: gain {min(gains_db):.1f} to {max(gains_db):.1f} dB, "
        f"phase {min(phases_deg):.1f} to {max(phases_deg):.1f} degrees, "
        f"place up to {1e3 * farthest:.1f} mm"
    ]


def _source_row(recording: Recording, array: str, number: int) -> dict[str, Any]:
    """Return where an array hears a source, and for how much of the time."""
    labels = recording.labels[array]
    regions = labels.source_region
    return {
        "source": recording.scene.sources[number].name,
        "azimuth_deg": float(np.rad2deg(labels.azimuth[0, number])),
        "elevation_deg": float(np.rad2deg(labels.elevation[0, number])),
        "distance_m": float(labels.distance[0, number]),
        "active": float(np.mean(labels.activity[:, number])),
        "region": None if regions is None else int(regions[0, number]),
    }


def _describe_devices(scene: Scene) -> list[str]:
    """Return lines on where devices are and what their drivers are."""
    lines = []
    for name, device in scene.devices.items():
        lines.append(
            f"device {name}: {_count(len(device.drivers), 'driver')} at "
            f"({', '.join(f'{x:.2f}' for x in device.position)}) m"
        )
        lines += [
            f"  driver {number}: ({', '.join(f'{x:.3f}' for x in driver.position)}) m in its "
            f"frame, {directivity_in_words(driver.directivity)}"
            for number, driver in enumerate(device.drivers)
        ]
    return lines


def _describe_ears(recording: Recording) -> tuple[dict[str, Any], list[str]]:
    """Return what every listener hears of every device as data and as lines."""
    scene, shapes, lines = recording.scene, {}, []
    for name, by_device in recording.ear_responses.items():
        listener = scene.listeners[name]
        lines.append(
            f"listener {name}: {head_in_words(listener.head)}, "
            f"{_count(len(listener.poses), 'pose')}, the first at "
            f"({', '.join(f'{x:.2f}' for x in listener.poses[0].position)}) m"
        )
        for device, array in by_device.items():
            poses, ears, drivers, samples = array.shape
            lines.append(
                f"  ear responses of {device}: {poses} poses x {ears} ears x {drivers} "
                f"loudspeakers x {samples} samples at {scene.sample_rate} Hz"
            )
        shapes[name] = {device: list(array.shape) for device, array in by_device.items()}
    return shapes, lines
