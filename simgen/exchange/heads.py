"""Measured heads for the engine, from what SOFA files hold."""

from typing import Final

import numpy as np

from simgen.acoustics.heads import HeadResponses
from simgen.errors import ParameterError
from simgen.exchange.delays import delayed
from simgen.exchange.sofa import MeasuredResponses

__all__ = ["head_of"]

_TO_THE_SIDE: Final = 0.3
"""Least sine of the angle from the median plane at which the ears tell left from right."""


def head_of(measured: MeasuredResponses) -> HeadResponses:
    """Return the head that was measured.

    Files do not agree on which channel is the left ear: it is the one that hears more of what
    comes from the left. Delays that the file gives apart are applied.

    Parameters
    ----------
    measured
        What ``read_impulse_responses`` returns.

    Raises
    ------
    ParameterError
        If there are not two channels, or the sample rate is not whole.
    """
    if measured.responses.shape[1] != 2:
        raise ParameterError(
            "this is no head: it has another number of channels",
            value=measured.responses.shape[1],
            allowed="2",
        )
    responses = delayed(measured.responses, measured.delays)
    side = measured.directions[:, 1]
    energy = np.sum(np.square(responses), axis=2)
    from_left = np.sum(energy * np.where(np.abs(side) > _TO_THE_SIDE, side, 0.0)[:, None], axis=0)
    if from_left[0] < from_left[1]:
        responses = responses[:, ::-1]
    return HeadResponses(measured.directions, responses, measured.sample_rate)
