"""Measured heads for the engine, from what SOFA files hold."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.heads import HeadResponses
from simgen.errors import ParameterError
from simgen.exchange.sofa import MeasuredResponses

__all__ = ["head_of"]

_TO_THE_SIDE: Final = 0.3
"""Least sine of the angle from the median plane at which the ears tell left from right."""

_SETTLING: Final = 64
"""Taps in which the band limit of a delayed response rings out: 40 dB and more."""


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
    responses = _delayed(measured.responses, measured.delays)
    side = measured.directions[:, 1]
    energy = np.sum(np.square(responses), axis=2)
    from_left = np.sum(energy * np.where(np.abs(side) > _TO_THE_SIDE, side, 0.0)[:, None], axis=0)
    if from_left[0] < from_left[1]:
        responses = responses[:, ::-1]
    return HeadResponses(measured.directions, responses, measured.sample_rate)


def _delayed(responses: NDArray[np.float64], delays: NDArray[np.float64]) -> NDArray[np.float64]:
    """Delay responses by any number of taps, (direction, channel, tap)."""
    if not np.any(delays):
        return responses
    taps = responses.shape[2] + int(np.ceil(np.max(np.abs(delays)))) + _SETTLING
    frequency = np.fft.rfftfreq(taps)
    turn = np.exp(-2j * np.pi * frequency * delays[..., None])
    return np.asarray(np.fft.irfft(np.fft.rfft(responses, taps) * turn, taps))
