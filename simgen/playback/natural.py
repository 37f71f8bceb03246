"""Do nothing: what the ears hear when each signal goes to the loudspeaker on its side.

The left signal goes to the first loudspeaker, the right one to the last. Cancelling the
crosstalk is gained over this; a design that leaves each ear the level and phase that its own
loudspeaker gives can be faded into it, and does not equalise the head.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError
from simgen.playback.plants import FILTER_AXES, POSE_AXES, as_responses, require_pair

__all__ = ["match_natural", "natural_routing", "natural_target", "relative_plant"]


def natural_routing(num_frequencies: int, num_loudspeakers: int) -> NDArray[np.complex128]:
    """Send the left signal to the first loudspeaker and the right one to the last.

    Parameters
    ----------
    num_frequencies, num_loudspeakers
        Sizes of the axes; at least two loudspeakers.

    Returns
    -------
    ndarray
        Filters without unit, shape (frequency, loudspeaker, 2).

    Raises
    ------
    ParameterError
        If there are fewer than two loudspeakers.

    Examples
    --------
    >>> natural_routing(1, 3)[0].real
    array([[1., 0.],
           [0., 0.],
           [0., 1.]])
    """
    if num_loudspeakers < 2:
        raise ParameterError(
            "num_loudspeakers is out of range", value=num_loudspeakers, allowed="2 or more"
        )
    filters = np.zeros((num_frequencies, num_loudspeakers, 2), dtype=np.complex128)
    filters[:, 0, 0] = filters[:, -1, 1] = 1.0
    return filters


def relative_plant(plant: ArrayLike) -> NDArray[np.complex128]:
    """Divide what reaches each ear by what reaches it from the loudspeaker on its side.

    Filters designed on the result leave each ear the level and phase that its own loudspeaker
    gives, and a gain cap for them is relative to doing nothing.

    Parameters
    ----------
    plant
        Responses, complex, shape (frequency, 2, loudspeaker).

    Returns
    -------
    ndarray
        Responses without unit, shape (frequency, 2, loudspeaker); 1 from left to left and from
        right to right.

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If an ear hears nothing from the loudspeaker on its side.
    """
    responses = as_responses(plant, "plant")
    require_pair(responses.shape[1], "the plant's ears")
    own = _own(responses)
    if np.any(own == 0.0):
        place = tuple(int(k) for k in np.argwhere(own == 0.0)[0])
        raise ParameterError(
            f"at (frequency, ear) {place} the ear hears nothing from the loudspeaker on its side"
        )
    return responses / own[..., None]


def natural_target(plants: ArrayLike) -> NDArray[np.complex128]:
    """Ask that each ear hears its own loudspeaker as without filters, and nothing else.

    Parameters
    ----------
    plants
        Responses, complex, shape (pose, frequency, 2, loudspeaker).

    Returns
    -------
    ndarray
        Wanted responses from signals to ears, shape (pose, frequency, 2, 2), in the plants' unit;
        zero from left to right and from right to left.

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    """
    responses = as_responses(plants, "plants", axes=POSE_AXES)
    require_pair(responses.shape[2], "the plants' ears")
    return np.asarray(_own(responses)[..., None] * np.eye(2))


def match_natural(filters: ArrayLike, plants: ArrayLike) -> NDArray[np.complex128]:
    """Equalise filters so that each ear hears its own signal as without filters.

    One complex gain per signal and frequency, common to all loudspeakers, so that no separation
    changes: the one of least squared error over the poses.

    Parameters
    ----------
    filters
        Filters, complex, shape (frequency, loudspeaker, 2).
    plants
        Responses, complex, shape (pose, frequency, 2, loudspeaker).

    Returns
    -------
    ndarray
        Equalised filters, shape (frequency, loudspeaker, 2).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If an ear does not hear its own signal.
    """
    responses = as_responses(plants, "plants", axes=POSE_AXES)
    given = as_responses(filters, "filters", axes=FILTER_AXES)
    require_pair(responses.shape[2], "the plants' ears")
    if given.shape != (responses.shape[1], responses.shape[3], 2):
        raise ShapeError(
            f"plants have shape {responses.shape} and filters {given.shape}",
            allowed="(pose, frequency, 2, loudspeaker) and (frequency, loudspeaker, 2)",
        )
    reproduced = np.einsum("pfel,fle->pfe", responses, given)
    power = np.sum(np.abs(reproduced) ** 2, axis=0)
    if np.any(power == 0.0):
        place = tuple(int(k) for k in np.argwhere(power == 0.0)[0])
        raise ParameterError(f"at (frequency, ear) {place} the ear does not hear its own signal")
    gain = np.sum(reproduced.conj() * _own(responses), axis=0) / power
    return np.asarray(given * gain[:, None, :])


def _own(responses: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return what reaches each ear from the loudspeaker on its side, shape (..., 2)."""
    return np.stack((responses[..., 0, 0], responses[..., 1, -1]), axis=-1)
