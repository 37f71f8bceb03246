"""What every designer of filters for ears makes of its task, whatever its method."""

import dataclasses

import numpy as np
import pytest

from simgen.baselines.cancellers import CANCELLERS
from simgen.baselines.filter_task import FilterTask

RATE, SPEED = 48_000.0, 343.0
DRIVERS = np.array([(1.0, 0.30, 0.0), (1.0, -0.05, 0.0), (1.0, -0.20, 0.0)])
EARS = np.array([(0.0, 0.09, 0.0), (0.0, -0.09, 0.0)])
SHIFTS = np.array([(0.0, 0.0, 0.0), (0.0, 0.05, 0.0), (0.03, -0.02, 0.0)])


def lopsided():
    """Three drivers that do not stand alike to both sides, to free ears at three poses."""
    frequency = np.fft.rfftfreq(512, 1.0 / RATE)
    ears = SHIFTS[:, None] + EARS
    distance = np.linalg.norm(ears[:, :, None] - DRIVERS, axis=-1)
    waves = np.exp(-2j * np.pi * distance[..., None] / SPEED * frequency) / distance[..., None]
    return FilterTask(np.fft.irfft(waves, 512), DRIVERS, RATE, SPEED)


def mirrored(task):
    """The task as a mirror between left and right shows it: drivers are leftmost first again."""
    return dataclasses.replace(
        task,
        responses=task.responses[:, ::-1, ::-1],
        drivers=task.drivers[::-1] * [1.0, -1.0, 1.0],
    )


@pytest.mark.parametrize("name", CANCELLERS)
def test_the_filters_of_a_mirrored_task_are_mirrored(name):
    design = CANCELLERS[name].design
    taps, reflected = design(lopsided()), design(mirrored(lopsided()))
    np.testing.assert_allclose(reflected[::-1, ::-1], taps, atol=1e-6 * np.abs(taps).max())
    assert not np.allclose(taps[::-1, ::-1], taps) or name == "nothing"


@pytest.mark.parametrize("name", ["perfect-inverse", "constant-beta", "gain-capped", "brown-duda"])
def test_designs_for_one_pose_look_at_the_nominal_one_which_comes_first(name):
    task = lopsided()
    alone = dataclasses.replace(task, responses=task.responses[:1])
    design = CANCELLERS[name].design
    np.testing.assert_array_equal(design(task), design(alone))


@pytest.mark.parametrize("name", CANCELLERS)
def test_a_designer_leaves_its_task_as_it_was(name):
    task = lopsided()
    before = task.responses.copy(), task.drivers.copy()
    CANCELLERS[name].design(task)
    np.testing.assert_array_equal(task.responses, before[0])
    np.testing.assert_array_equal(task.drivers, before[1])
