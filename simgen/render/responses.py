"""Responses in the room of a scene, as long as they last."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.responses import box_responses, response_length
from simgen.acoustics.transducers import Transducer, positions
from simgen.scene.geometry import box_room, decay_time
from simgen.scene.scene import Scene
from simgen.scene.transducers import ringing_time

__all__ = ["responses_in"]


def responses_in(
    scene: Scene, sources: Sequence[Transducer], receivers: Sequence[Transducer]
) -> NDArray[np.float32]:
    """Compute responses, long enough for the direct sound and the decay.

    Returns
    -------
    Shape (source, receiver, sample).

    Raises
    ------
    GeometryError
        If something is outside the room or on top of something else.
    ParameterError
        If the scene's engine cannot do it.
    """
    room, rate = box_room(scene.room), scene.sample_rate
    decay = decay_time(scene.room) + ringing_time((*sources, *receivers), room.speed_of_sound)
    length = response_length(
        room, decay, positions(sources), positions(receivers), sample_rate=rate
    )
    return box_responses(
        room, sources, receivers, sample_rate=rate, num_samples=length, engine=scene.engine
    )
