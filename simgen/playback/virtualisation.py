"""Let the ears hear a pair of loudspeakers that is not there."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError
from simgen.playback.fractional_octaves import SIXTH_OCTAVES, FractionalOctaves
from simgen.playback.plants import FILTER_AXES, POSE_AXES, as_frequencies, as_responses

__all__ = ["equalise_bands", "virtual_loudspeakers"]

_ROUNDS: Final = 20
"""A gain at one centre reaches into the next bands: each round leaves half of an error or less."""


def virtual_loudspeakers(filters: ArrayLike, target: ArrayLike) -> NDArray[np.complex128]:
    """Cancel the crosstalk of the loudspeakers, and apply that of the ones to be heard.

    Parameters
    ----------
    filters
        Filters that cancel the crosstalk, complex, shape (frequency, loudspeaker, ear).
    target
        Responses from the loudspeakers to be heard to the ears, such as those of a pair at +-30
        degrees, complex, shape (frequency, ear, input).

    Returns
    -------
    ndarray
        Filters from the signals of the pair to the loudspeakers, complex, shape (frequency,
        loudspeaker, input).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.

    References
    ----------
    B. S. Atal and M. R. Schroeder, "Apparent sound source translator", US patent 3236949, 1966.
    """
    cancelling = as_responses(filters, "filters", axes=("frequency", "loudspeaker", "ear"))
    wanted = as_responses(target, "target", axes=("frequency", "ear", "input"))
    if (len(cancelling), cancelling.shape[2]) != wanted.shape[:2]:
        raise ShapeError(
            f"filters have shape {cancelling.shape} and target {wanted.shape}",
            allowed="(frequency, loudspeaker, ear) and (frequency, ear, input)",
        )
    return np.asarray(cancelling @ wanted)


def equalise_bands(
    filters: ArrayLike,
    plants: ArrayLike,
    *,
    reference: ArrayLike,
    frequency: ArrayLike,
    bands: FractionalOctaves = SIXTH_OCTAVES,
) -> NDArray[np.complex128]:
    """Give the sound at the ears the reference's level in each band.

    A regularised inverse loses the modes that it does not invert, and with them the bass. One
    gain per band makes up for it, common to all signals and loudspeakers, so that no interaural
    cue changes; it runs straight in dB over the logarithm of frequency from one centre to the
    next, and stays where it is beyond the outermost.

    Parameters
    ----------
    filters
        Filters, complex, shape (frequency, loudspeaker, input).
    plants
        Responses, complex, shape (pose, frequency, ear, loudspeaker); the power at the ears is
        averaged over the poses.
    reference
        What the ears are to hear, complex, shape (frequency, ear, input).
    frequency
        In Hz, rising, shape (frequency,).
    bands
        Sixth octaves from 177 Hz to 9 kHz if not given.

    Returns
    -------
    ndarray
        Equalised filters, complex, shape (frequency, loudspeaker, input).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If a band holds no frequency, or is silent in the reference or at the ears.
    """
    responses = as_responses(plants, "plants", axes=POSE_AXES)
    given = as_responses(filters, "filters", axes=FILTER_AXES)
    wanted = as_responses(reference, "reference", axes=("frequency", "ear", "input"))
    num_frequencies, num_ears, num_loudspeakers = responses.shape[1:]
    num_inputs = given.shape[2]
    if given.shape[:2] != (num_frequencies, num_loudspeakers) or wanted.shape != (
        num_frequencies,
        num_ears,
        num_inputs,
    ):
        raise ShapeError(
            f"plants have shape {responses.shape}, filters {given.shape}, reference {wanted.shape}",
            allowed="the same frequencies, ears, loudspeakers and inputs",
        )
    frequencies = as_frequencies(frequency, num_frequencies=num_frequencies)
    reproduced = np.einsum("pfel,fli->pfei", responses, given)
    heard = np.mean(np.sum(np.abs(reproduced) ** 2, axis=(2, 3)), axis=0)
    asked = bands.mean(np.sum(np.abs(wanted) ** 2, axis=(1, 2)), frequencies)
    return np.asarray(given * _gain(heard, asked, frequencies, bands)[:, None, None])


def _gain(
    heard: NDArray[np.float64],
    asked: NDArray[np.float64],
    frequency: NDArray[np.float64],
    bands: FractionalOctaves,
) -> NDArray[np.float64]:
    """Return the gains (frequency,) that turn powers (frequency,) into band means (band,)."""
    silent = (bands.mean(heard, frequency) == 0.0) | (asked == 0.0)
    if np.any(silent):
        raise ParameterError(
            "the reference or the sound at the ears is silent in band", value=int(np.argmax(silent))
        )
    octave = np.log2(np.maximum(frequency, bands.centres[0]))
    level = np.zeros(len(asked))
    gain = np.ones(len(frequency))
    for _ in range(_ROUNDS):
        level += 0.5 * np.log(asked / bands.mean(gain**2 * heard, frequency))
        gain = np.exp(np.interp(octave, np.log2(bands.centres), level))
    return np.asarray(gain)
