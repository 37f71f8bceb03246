"""What rendering a scene gives."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.labels.frames import ArrayLabels
from simgen.scene.scene import Scene

__all__ = ["KEEPABLE", "Recording"]

KEEPABLE = frozenset({"images", "noise", "responses"})
"""What a recording holds besides signals and labels when asked for."""


@dataclass(frozen=True)
class Recording:
    """The signals of every array of a scene, with their labels.

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
    """

    scene: Scene
    signals: Mapping[str, NDArray[np.float32]]
    labels: Mapping[str, ArrayLabels]
    images: Mapping[str, NDArray[np.float32]]
    noise: Mapping[str, NDArray[np.float32]]
    responses: Mapping[str, NDArray[np.float32]]
