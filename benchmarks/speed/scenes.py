"""Whole scenes: from a scene's numbers to a recording with labels on disk."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.speed.peers import PRA_FILTER_LENGTH, pyroomacoustics
from simgen.dataset.shard import write_shard
from simgen.render.render import render
from simgen.scene.geometry import microphone_positions
from simgen.scene.scene import Scene, SpeechSignal
from simgen.scene.scene_file import SceneFile
from simgen.signals.speech import shipped_speech

__all__ = ["SCENE_FILE", "draw", "pyroomacoustics_scene", "render_with_jobs", "simgen_scene"]

SCENE_FILE = Path(__file__).parent / "scene.yaml"

T60 = 0.4
"""Reverberation time in s that ``scene.yaml`` asks for."""


def draw(index: int) -> Scene:
    """Draw a scene of ``scene.yaml``."""
    return SceneFile.load(SCENE_FILE).draw(seed=0, index=index)


def simgen_scene(scene: Scene, folder: Path) -> None:
    """Render a scene with simgen into a shard of a dataset."""
    write_shard(folder / "scene.h5", [(0, render(scene))])


def pyroomacoustics_scene(scene: Scene, folder: Path) -> None:
    """Render a scene with the plainest script on pyroomacoustics that gets it right.

    It follows pyroomacoustics' documentation: absorption and order from ``inverse_sabine``, and
    the high-pass filter that keeps infrasound from building up. Its labels are directions and
    distances alone.
    """
    pra = pyroomacoustics(high_pass=True)
    array = scene.arrays["table"]
    speed = scene.room.speed_of_sound
    absorption, max_order = pra.inverse_sabine(T60, scene.room.size, c=speed)
    room = pra.ShoeBox(
        scene.room.size,
        fs=scene.sample_rate,
        materials=pra.Material(absorption),
        max_order=max_order,
    )
    room.set_sound_speed(speed)
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


def _mixture(scene: Scene, rirs: list[list[np.ndarray]]) -> np.ndarray:
    """Convolve the talkers with their responses and add noise, (microphone, sample)."""
    from scipy.signal import fftconvolve

    mixture = np.zeros((len(rirs), scene.num_samples))
    for index, source in enumerate(scene.sources):
        speech = _speech(source.signal, scene.num_samples)
        for channel, of_microphone in zip(mixture, rirs, strict=True):
            rir = of_microphone[index][PRA_FILTER_LENGTH // 2 :]
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
