"""Play a stereo pair on a loudspeaker array: sides by crosstalk cancellation, centre by a beam."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import oaconvolve

from simgen.arrays import as_real
from simgen.errors import ShapeError
from simgen.playback.alignment import aligning_delays, correlation_delays, delay_signals
from simgen.playback.panning import as_stereo
from simgen.playback.upmix import split_centre

__all__ = ["path_responses", "play_soundstage", "soundstage_delays", "soundstage_filters"]


def soundstage_filters(
    crosstalk_filters: ArrayLike, beam_filters: ArrayLike
) -> NDArray[np.float64]:
    """Put the filters of left, right and centre into one bank.

    Parameters
    ----------
    crosstalk_filters
        Taps from left and right to the loudspeakers, shape (loudspeaker, 2, tap).
    beam_filters
        Taps from the centre to the loudspeakers, shape (loudspeaker, tap); the number of taps may
        be another.

    Returns
    -------
    ndarray
        Taps from left, right and centre, shape (loudspeaker, 3, tap), the shorter filters
        followed by zeros.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    """
    sides = as_real(crosstalk_filters, "crosstalk_filters", axes=("loudspeaker", "2", "tap"))
    beam = as_real(beam_filters, "beam_filters", axes=("loudspeaker", "tap"))
    if sides.shape[1] != 2 or not sides.size:
        raise ShapeError(
            f"crosstalk_filters has shape {sides.shape}", allowed="(loudspeaker, 2, tap)"
        )
    if len(beam) != len(sides) or not beam.size:
        raise ShapeError(f"beam_filters has shape {beam.shape}", allowed=f"({len(sides)}, tap)")
    bank = np.zeros((len(sides), 3, max(sides.shape[2], beam.shape[1])))
    bank[:, :2, : sides.shape[2]] = sides
    bank[:, 2, : beam.shape[1]] = beam
    return bank


def path_responses(filters: ArrayLike, plant: ArrayLike) -> NDArray[np.float64]:
    """Return what each input sends to a listening point through all loudspeakers.

    Parameters
    ----------
    filters
        Taps from the inputs to the loudspeakers, shape (loudspeaker, input, tap).
    plant
        Impulse responses from the loudspeakers to the point, shape (loudspeaker, tap).

    Returns
    -------
    ndarray
        Impulse responses, shape (input, tap).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    """
    bank = as_real(filters, "filters", axes=("loudspeaker", "input", "tap"))
    responses = as_real(plant, "plant", axes=("loudspeaker", "tap"))
    if not bank.size:
        raise ShapeError(f"filters has shape {bank.shape}", allowed="(loudspeaker, input, tap)")
    if len(responses) != len(bank) or not responses.size:
        raise ShapeError(f"plant has shape {responses.shape}", allowed=f"({len(bank)}, tap)")
    return np.asarray(np.sum(oaconvolve(bank, responses[:, None, :], axes=-1), axis=0))


def soundstage_delays(
    crosstalk_filters: ArrayLike, beam_filters: ArrayLike, *, plant: ArrayLike
) -> NDArray[np.float64]:
    """Find the delays with which left, right and centre arrive in phase at a listening point.

    Parameters
    ----------
    crosstalk_filters
        Taps from left and right to the loudspeakers, shape (loudspeaker, 2, tap).
    beam_filters
        Taps from the centre to the loudspeakers, shape (loudspeaker, tap).
    plant
        Impulse responses from the loudspeakers to the point, shape (loudspeaker, tap).

    Returns
    -------
    ndarray
        Delays of left, right and centre in samples, none negative, shape (3,).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If nothing of left, right or centre arrives at the point.
    """
    bank = soundstage_filters(crosstalk_filters, beam_filters)
    return aligning_delays(correlation_delays(path_responses(bank, plant), reference=2))


def play_soundstage(
    stereo: ArrayLike,
    crosstalk_filters: ArrayLike,
    *,
    beam_filters: ArrayLike,
    upmix: Callable[[NDArray[np.float64]], ArrayLike],
    delays: ArrayLike = (0.0, 0.0, 0.0),
    half_length: int = 32,
) -> NDArray[np.float64]:
    """Split a stereo pair, delay its three parts and send them to the loudspeakers.

    Parameters
    ----------
    stereo
        Left and right, shape (2, sample).
    crosstalk_filters
        Taps from left and right to the loudspeakers, shape (loudspeaker, 2, tap).
    beam_filters
        Taps from the centre to the loudspeakers, shape (loudspeaker, tap).
    upmix
        Takes the centre, shape (sample,), out of left and right, shape (2, sample).
    delays
        Delays of left, right and centre in samples, not negative, shape (3,).
    half_length
        Taps on either side of a delay between samples, by which all is delayed as well; 0 for
        whole delays alone.

    Returns
    -------
    ndarray
        What the loudspeakers play, with the filters' and delays' tails, shape (loudspeaker,
        sample).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If a delay is negative, or lies between samples with a half length of 0.
    """
    pair = as_stereo(stereo, "stereo")
    bank = soundstage_filters(crosstalk_filters, beam_filters)
    parts = split_centre(pair, upmix(pair))
    late = as_real(delays, "delays", axes=("3",))
    if len(late) != 3:
        raise ShapeError(f"delays has shape {late.shape}", allowed="(3,)")
    delayed = delay_signals(parts, late, half_length=half_length)
    return np.asarray(np.sum(oaconvolve(bank, delayed[None], axes=-1), axis=1))
