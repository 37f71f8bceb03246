"""Whole scenes: from a scene's numbers to a recording with labels on disk."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.speed.peers import PRA_FILTER_LENGTH, pyroomacoustics
from benchmarks.speed.work import least_order
from simgen.acoustics.bands import octave_bands
from simgen.dataset.shard import write_shard
from simgen.render.render import render
from simgen.scene.geometry import decay_time, microphone_positions
from simgen.scene.scene import Scene, SpeechSignal
from simgen.scene.scene_file import SceneFile
from simgen.signals.speech import shipped_speech

__all__ = [
    "SCENE_FILE",
    "T60",
    "draw",
    "pyroomacoustics_scene",
    "pyroomacoustics_scene_of_inverse_sabine",
    "render_with_jobs",
    "simgen_scene",
]

SCENE_FILE = Path(__file__).parent / "scene.yaml"

T60 = 0.4
"""Reverberation time in s of the walls of ``scene.yaml``, within 4 % in every octave band."""

PRA_WALLS = ("west", "east", "south", "north", "floor", "ceiling")
"""The walls x=0, x=length, y=0, y=width, floor and ceiling, as pyroomacoustics calls them."""


def draw(index: int) -> Scene:
    """Draw a scene of ``scene.yaml``."""
    return SceneFile.load(SCENE_FILE).draw(seed=0, index=index)


def simgen_scene(scene: Scene, folder: Path) -> None:
    """Render a scene with simgen into a shard of a dataset."""
    write_shard(folder / "scene.h5", [(0, render(scene))])


def pyroomacoustics_scene(scene: Scene, folder: Path) -> None:
    """Render a scene with the plainest script on pyroomacoustics that gets it right.

    Walls and air absorb as the scene's do, no image within the reverberation time is missing,
    and the high-pass filter that keeps infrasound from building up is left on. Its labels are
    directions and distances alone.
    """
    microphones = microphone_positions(scene.arrays["table"])
    radius = _length(scene) * scene.room.speed_of_sound
    order = least_order(scene.room.size, scene.source_positions(), microphones, radius)
    _script(scene, folder, order)


def pyroomacoustics_scene_of_inverse_sabine(scene: Scene, folder: Path) -> None:
    """Render likewise with the order that ``inverse_sabine`` gives, which misses images."""
    pra = pyroomacoustics()
    _, order = pra.inverse_sabine(
        decay_time(scene.room), scene.room.size, c=scene.room.speed_of_sound
    )
    _script(scene, folder, order)


def _script(scene: Scene, folder: Path, max_order: int) -> None:
    """Write a scene's recording as WAV and its labels as JSON."""
    array = scene.arrays["table"]
    room = _shoebox(scene, max_order)
    for source in scene.sources:
        room.add_source(source.position)
    room.add_microphone_array(microphone_positions(array).T)
    room.compute_rir()
    mixture = _mixture(scene, room.rir)
    soundfile.write(folder / "scene.wav", mixture.T, scene.sample_rate, subtype="FLOAT")
    offsets = scene.source_positions() - np.array(array.position)
    labels = [
        {"azimuth": math.atan2(y, x), "distance": math.hypot(x, y, z)}
        for x, y, z in offsets.tolist()
    ]
    (folder / "scene.json").write_text(json.dumps(labels), encoding="utf-8")


def _shoebox(scene: Scene, max_order: int) -> Any:
    """Build pyroomacoustics' room with the scene's walls and air."""
    pra = pyroomacoustics(high_pass=True)
    centers = octave_bands(scene.sample_rate).tolist()
    walls = {
        wall: pra.Material({"coeffs": list(absorption), "center_freqs": centers})
        for wall, absorption in zip(PRA_WALLS, scene.room.absorption, strict=True)
    }
    room = pra.ShoeBox(
        scene.room.size,
        fs=scene.sample_rate,
        materials=walls,
        max_order=max_order,
        air_absorption=True,
    )
    room.set_air_absorption(list(scene.room.air_absorption), centers)
    room.set_sound_speed(scene.room.speed_of_sound)
    return room


def _length(scene: Scene) -> float:
    """Return how long responses are in s: the farthest direct sound and the decay after it."""
    offsets = scene.source_positions()[:, None] - microphone_positions(scene.arrays["table"])
    farthest = np.max(np.linalg.norm(offsets, axis=-1))
    return float(farthest) / scene.room.speed_of_sound + decay_time(scene.room)


def _mixture(scene: Scene, rirs: list[list[np.ndarray]]) -> np.ndarray:
    """Convolve the talkers with their responses and add noise, (microphone, sample)."""
    from scipy.signal import fftconvolve

    delay, length = PRA_FILTER_LENGTH // 2, math.ceil(_length(scene) * scene.sample_rate)
    mixture = np.zeros((len(rirs), scene.num_samples))
    for index, source in enumerate(scene.sources):
        speech = _speech(source.signal, scene.num_samples)
        for channel, of_microphone in zip(mixture, rirs, strict=True):
            rir = of_microphone[index][delay : delay + length]
            channel += fftconvolve(speech, rir)[: scene.num_samples]
    noise = np.random.default_rng(0).standard_normal(mixture.shape)
    snr = 10.0 ** (scene.sensor_noise.snr_db / 10.0) if scene.sensor_noise else math.inf
    return mixture + noise * np.sqrt(np.mean(mixture**2) / snr)


def _speech(signal: SpeechSignal, num_samples: int) -> np.ndarray:
    """Read a talker's files and give the whole a mean square of 1."""
    speech = np.zeros(num_samples)
    for clip in signal.clips:
        samples, _ = soundfile.read(shipped_speech().root / clip.file)
        heard = speech[clip.onset :]
        heard[: len(samples)] += samples[: len(heard)]
    return speech / np.sqrt(np.mean(speech**2))


def render_with_jobs(jobs: int, count: int, folder: Path) -> None:
    """Render ``count`` scenes by the command line, start-up included."""
    command = [sys.executable, "-m", "simgen", "render", str(SCENE_FILE)]
    options = ["--out", str(folder / "dataset"), "--count", str(count), "--jobs", str(jobs)]
    subprocess.run([*command, *options, "--json"], check=True, capture_output=True)
