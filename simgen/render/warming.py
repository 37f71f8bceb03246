"""Compile everything that rendering computes with, before the first scene."""

import numpy as np

from simgen.acoustics import synthesis
from simgen.render.mix import convolve
from simgen.signals.infrasound import remove_infrasound
from simgen.signals.level import speech_activity

__all__ = ["warm_up"]


def warm_up() -> None:
    """Compile what this machine has not compiled before; loading the rest takes a moment."""
    synthesis.warm_up()
    remove_infrasound(np.ones(1), 16_000.0)
    speech_activity(np.ones(1), 16_000.0)
    convolve(np.ones(1), np.ones((1, 1), dtype=np.float32), 1)
