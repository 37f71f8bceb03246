"""What rendering a scene gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ParameterError
from simgen.labels.frames import ArrayLabels
from simgen.scene.scene import Scene

__all__ = ["KEEPABLE", "Recording", "finite"]

KEEPABLE = frozenset({"images", "noise", "responses"})
"""What a recording holds besides signals and labels when asked for."""


@dataclass(frozen=True)
class Recording:
    """The signals of every array of a scene with their labels, and what listeners hear of devices.

    Attributes
    ----------
    scene
        The scene that was rendered.
    signals
        The mixture of each array, (microphone, sample) float32: sum of images plus noise.
    labels
        The labels of each array.
    images
        Each source as each array records it, (source, microphone, sample) float32; empty
        unless asked for.
    noise
        The noise of each array, (microphone, sample) float32; empty unless asked for.
    responses
        The room impulse responses, (source, microphone, sample) float32; empty unless
        asked for.
    ear_responses
        From the drivers of each device to the ears of each listener, by listener and device:
        (pose, ear, loudspeaker, sample) float32. Sample 0 is the instant of emission; ear 0 is
        the left one.
    """

    scene: Scene
    signals: Mapping[str, NDArray[np.float32]]
    labels: Mapping[str, ArrayLabels]
    images: Mapping[str, NDArray[np.float32]]
    noise: Mapping[str, NDArray[np.float32]]
    responses: Mapping[str, NDArray[np.float32]]
    ear_responses: Mapping[str, Mapping[str, NDArray[np.float32]]] = field(default_factory=dict)


def finite(heard: NDArray[np.float32], what: str) -> NDArray[np.float32]:
    """Return what was heard, unless it does not fit into float32.

    Raises
    ------
    ParameterError
        If a number is not finite, naming what it was.
    """
    if not np.all(np.isfinite(heard)):
        raise ParameterError(
            f"{what} are not finite", fix="Lower the levels, or say what made them so loud."
        )
    return heard
