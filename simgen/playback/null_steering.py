"""Steer a null of the loudspeakers' sum to the ear that is not to hear a signal."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError
from simgen.playback.loading import largest_gain, least_loaded, mean_diagonal, require_loading
from simgen.playback.plants import POSE_AXES, as_responses, require_gain_cap, require_pair

__all__ = ["softened_nulls", "steered_nulls"]

_FULL_LOADING: Final = 1e6
"""Relative loading beyond which the filters no longer change to six digits: a matched filter."""


def steered_nulls(
    plant: ArrayLike, poses: ArrayLike, *, loading: float = 1e-3
) -> NDArray[np.complex128]:
    r"""Send each signal to its own ear alone, and as little as possible to the other around it.

    For the signal of one ear the filters :math:`h` give 1 at that ear and 0 at the other, exactly
    and for the head where it should be. Loudspeakers beyond two leave a choice, which minimises
    :math:`h^H (Q + \epsilon I) h`, where Q is the power at the other ear over the poses.

    Parameters
    ----------
    plant
        Responses for the head where it should be, complex, shape (frequency, 2, loudspeaker).
    poses
        Responses for the head around it, complex, shape (pose, frequency, 2, loudspeaker).
    loading
        :math:`\epsilon` relative to the mean diagonal of Q over both ears, more than 0. The more
        of it, the less the loudspeakers work against one another; without end it is the
        pseudo-inverse.

    Returns
    -------
    ndarray
        Filters, complex, shape (frequency, loudspeaker, 2), in the inverse of the plant's unit.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If the loading is not above 0, the poses are silent, or the two ears hear the same from
        all loudspeakers.

    References
    ----------
    O. L. Frost, "An algorithm for linearly constrained adaptive array processing", Proc. IEEE
    60(8), 1972, for the constraints; H. Cox, R. M. Zeskind, M. M. Owen, "Robust adaptive
    beamforming", IEEE Trans. Acoust. Speech Signal Process. 35(10), 1987, for the loading.
    """
    responses, crosstalk, level = _checked(plant, poses)
    require_loading(loading, "loading")
    columns = []
    for ear in (0, 1):
        power = crosstalk[1 - ear] + (loading * level)[:, None, None] * np.eye(responses.shape[2])
        # Cholesky whitening: the constrained minimum is the pseudo-inverse of the white plant.
        root = np.linalg.cholesky(power)
        white = np.linalg.solve(root, responses.conj().swapaxes(1, 2)).conj().swapaxes(1, 2)
        if np.any(np.linalg.matrix_rank(white) < 2):
            raise ParameterError("both ears of the plant hear the same from all loudspeakers")
        choice = np.linalg.pinv(white)[:, :, ear : ear + 1]
        columns.append(np.linalg.solve(root.conj().swapaxes(1, 2), choice))
    return np.concatenate(columns, axis=2)


def softened_nulls(
    plant: ArrayLike, poses: ArrayLike, *, gain_cap: float, least_loading: float = 1e-3
) -> NDArray[np.complex128]:
    r"""Send each signal undistorted to its own ear, and little of it to the other around it.

    For the signal of one ear the filters :math:`h` give 1 at that ear, and minimise
    :math:`h^H (Q + \epsilon I) h`, where Q is the power at the other ear over the poses. There is
    no exact null, so that two loudspeakers have a choice too. At each frequency
    :math:`\epsilon` is the least that keeps the gain within the cap.

    Parameters
    ----------
    plant
        Responses for the head where it should be, complex, shape (frequency, 2, loudspeaker).
    poses
        Responses for the head around it, complex, shape (pose, frequency, 2, loudspeaker).
    gain_cap
        Cap on the largest singular value of the filters in the inverse of the plant's unit, more
        than 0; ``math.inf`` for none. Where not even the gentlest filters that leave the signal
        undistorted are within it, they are turned down to it.
    least_loading
        Least :math:`\epsilon` relative to the mean diagonal of Q over both ears, more than 0.

    Returns
    -------
    ndarray
        Filters, complex, shape (frequency, loudspeaker, 2), in the inverse of the plant's unit.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If the cap or the loading is not above 0, the poses are silent, or an ear hears nothing.

    References
    ----------
    H. Cox, R. M. Zeskind, M. M. Owen, "Robust adaptive beamforming", IEEE Trans. Acoust. Speech
    Signal Process. 35(10), 1987.
    """
    responses, crosstalk, level = _checked(plant, poses)
    require_gain_cap(gain_cap)
    require_loading(least_loading, "least_loading")
    if not np.all(np.any(responses != 0.0, axis=2)):
        raise ParameterError("an ear of the plant hears nothing at a frequency")
    steering = responses.conj()[..., None]

    def design(loading: NDArray[np.float64]) -> NDArray[np.complex128]:
        load = loading[:, None, None] * np.eye(responses.shape[2])
        raw = [np.linalg.solve(crosstalk[1 - ear] + load, steering[:, ear]) for ear in (0, 1)]
        columns = np.concatenate(raw, axis=2)
        return np.asarray(columns / np.einsum("fel,fle->fe", responses, columns)[:, None])

    lowest = least_loading * level
    highest = np.maximum(lowest, _FULL_LOADING * level)
    filters = least_loaded(design, gain_cap, lowest=lowest, highest=highest)
    excess = np.maximum(1.0, largest_gain(filters) / gain_cap)
    return np.asarray(filters / excess[:, None, None])


def _checked(
    plant: ArrayLike, poses: ArrayLike
) -> tuple[NDArray[np.complex128], NDArray[np.complex128], NDArray[np.float64]]:
    """Return the plant, the mean power (ear, frequency, loudspeaker, same) and its level."""
    responses = as_responses(plant, "plant")
    around = as_responses(poses, "poses", axes=POSE_AXES)
    require_pair(responses.shape[1], "the plant's ears")
    if around.shape[1:] != responses.shape:
        raise ShapeError(
            f"plant has shape {responses.shape} and poses {around.shape}",
            allowed="the same frequencies, ears and loudspeakers",
        )
    power = np.einsum("pfel,pfem->eflm", around.conj(), around) / len(around)
    return responses, power, mean_diagonal(power.mean(axis=0), "poses")
