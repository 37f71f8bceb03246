"""What ``simgen inspect`` shows."""

from typing import Any

import numpy as np

from simgen.dataset.dataset import Dataset
from simgen.render.recording import Recording
from simgen.scene.scene import SpeechSignal

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
        size = " x ".join(f"{side:.2f}" for side in scene.room.size)
        t60 = "-" if scene.room.t60 is None else f"{scene.room.t60:.2f}"
        snr = "-" if scene.sensor_noise is None else f"{scene.sensor_noise.snr_db:.1f}"
        names = ", ".join(
            f"{source.name} {source.signal.talker}"
            if isinstance(source.signal, SpeechSignal)
            else f"{source.name} {source.signal.color} noise"
            for source in scene.sources
        )
        lines.append(f"{index:5d}  {size:<17}  {t60:>7}  {snr:>8}  {names}")
        scenes.append({"index": index, "t60": scene.room.t60, "sources": len(scene.sources)})
    return {**identity.model_dump(mode="json"), "scene_list": scenes}, "\n".join(lines)


def describe_scene(recording: Recording) -> tuple[dict[str, Any], str]:
    """Return one scene's signals and labels as data and as text."""
    scene = recording.scene
    size = " x ".join(f"{side:.3f}" for side in scene.room.size)
    lines = [
        f"scene {scene.index} of {scene.name}: room {size} m, "
        f"mean absorption {np.mean(scene.room.absorption):.3f}, "
        f"c = {scene.room.speed_of_sound:.1f} m/s"
    ]
    arrays: dict[str, Any] = {}
    for name, signals in recording.signals.items():
        labels = recording.labels[name]
        level = 10.0 * np.log10(max(float(np.mean(signals.astype(np.float64) ** 2)), 1e-30))
        lines += [
            f"array {name}: {signals.shape[0]} microphones x {signals.shape[1]} samples at "
            f"{scene.sample_rate} Hz, level {level:.1f} dB",
            "  source        azimuth (deg)  elevation (deg)  distance (m)  active  region",
        ]
        rows = []
        for number, source in enumerate(scene.sources):
            row = {
                "source": source.name,
                "azimuth_deg": float(np.rad2deg(labels.azimuth[0, number])),
                "elevation_deg": float(np.rad2deg(labels.elevation[0, number])),
                "distance_m": float(labels.distance[0, number]),
                "active": float(np.mean(labels.activity[:, number])),
                "region": None
                if labels.source_region is None
                else int(labels.source_region[0, number]),
            }
            rows.append(row)
            region = "-" if row["region"] is None else row["region"]
            lines.append(
                f"  {source.name:<12}  {row['azimuth_deg']:13.2f}  {row['elevation_deg']:15.2f}  "
                f"{row['distance_m']:12.3f}  {row['active']:6.0%}  {region:>6}"
            )
        arrays[name] = {"shape": list(signals.shape), "level_db": level, "sources": rows}
    return {"scene": scene.model_dump(mode="json"), "arrays": arrays}, "\n".join(lines)
