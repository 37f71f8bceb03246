"""A rendered box scene has the same bytes on processors that can do less."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PROGRAM = """
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
def test_bits_do_not_depend_on_the_processor() -> None:
    here = run(PROGRAM)
    features = run(NUMPY_FEATURES)
    lesser = {
        "numba on a generic processor": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""},
        "numpy without what it dispatches": {"NPY_DISABLE_CPU_FEATURES": features},
        "an old core for linear algebra": {"OPENBLAS_CORETYPE": "Nehalem"},
        "a C library without AVX2": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F"},
        "other threads": {"OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"},
    }
    for what, environment in lesser.items():
        assert run(PROGRAM, **environment) == here, what
    everything = {key: value for one in lesser.values() for key, value in one.items()}
    assert run(PROGRAM, **everything) == here
