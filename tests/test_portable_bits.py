"""A rendered box scene has the same bytes on processors that can do less."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SCENES = """
import hashlib, simgen
scene_file = simgen.load("scenes/living_room.yaml")
digest = hashlib.sha256()
for index in (3, 4):  # anechoic; reverberant with bands, air and noise
    recording = simgen.render(scene_file.draw(seed=0, index=index), keep={"responses", "images"})
    digest.update(recording.scene.to_json().encode())
    for kind in (recording.responses, recording.images, recording.signals):
        digest.update(kind["table"].tobytes())
print(digest.hexdigest())
"""

DIRECTIONS = """
import hashlib
import numpy as np
from simgen.acoustics.bands import octave_bands
from simgen.acoustics.directivity import speech_directivity
from simgen.acoustics.heads import HeadResponses, measured_head, spherical_head
from simgen.acoustics.microphones import ambisonic_microphone
from simgen.acoustics.responses import box_responses
from simgen.acoustics.room import BoxRoom
from simgen.acoustics.rotation import quaternion_from_yaw
from simgen.acoustics.transducers import Transducer

walls = np.outer((0.3, 0.5, 0.4, 0.6, 0.35, 0.55), np.linspace(0.8, 1.2, 6))
room = BoxRoom((5.0, 4.0, 3.0), walls, 343.0, (0.001,) * 6, image_jitter=0.05, jitter_seed=3)
turn = quaternion_from_yaw(0.4)
talker = Transducer((1.2, 3.1, 1.6), speech_directivity(octave_bands(16000)), turn)
generator = np.random.Generator(np.random.Philox(1))
grid = generator.standard_normal((40, 3))
grid /= np.sqrt(np.sum(grid * grid, axis=1, keepdims=True))
decay = 0.9 ** np.arange(64)
head = HeadResponses(grid, generator.standard_normal((40, 2, 64)) * decay, 44100)
receivers = (
    *spherical_head((3.1, 1.7, 1.3), turn),
    *measured_head(head, (3.3, 1.6, 1.2), turn),
    *ambisonic_microphone((2.6, 1.4, 1.1), 2, turn),
)
responses = box_responses(room, [talker], receivers, sample_rate=16000, num_samples=3200)
print(hashlib.sha256(responses.tobytes()).hexdigest())
"""

NUMPY_FEATURES = """
import numpy._core._multiarray_umath as core
print(" ".join(name for name in core.__cpu_dispatch__ if core.__cpu_features__.get(name)))
"""


def run(program: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize("program", [SCENES, DIRECTIONS], ids=["scenes", "directions"])
def test_bits_do_not_depend_on_the_processor(program: str) -> None:
    here = run(program)
    features = run(NUMPY_FEATURES)
    lesser = {
        "numba on a generic processor": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
        "numpy without what it dispatches": {"NPY_DISABLE_CPU_FEATURES": features},
        "an old core for linear algebra": {"OPENBLAS_CORETYPE": "Nehalem"},
        "a C library without AVX2": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"},
        "other threads": {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"},
    }
    for what, environment in lesser.items():
        assert run(program, **environment) == here, what
    everything = {key: value for one in lesser.values() for key, value in one.items()}
    assert run(program, **everything) == here
