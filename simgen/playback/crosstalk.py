"""Cancel the crosstalk from loudspeakers to the ears that they are not meant for."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError
from simgen.playback.plants import FILTER_AXES, as_per_frequency, as_responses

__all__ = ["channel_separation_db", "regularised_inverse"]


def regularised_inverse(plant: ArrayLike, *, beta: ArrayLike) -> NDArray[np.complex128]:
    r"""Invert the paths from loudspeakers to ears, at each frequency, with a limit on effort.

    .. math:: H = C^H (C C^H + \beta I)^{-1}

    minimises the reproduction error plus :math:`\beta` times the loudspeakers' power. A mode
    with singular value :math:`s` of the plant gets the gain :math:`s / (s^2 + \beta)`, which is
    at most :math:`1 / (2 \sqrt{\beta})`.

    Parameters
    ----------
    plant
        Responses C from loudspeakers to ears, complex, shape (frequency, ear, loudspeaker).
    beta
        Regularisation in the square of the plant's unit, shape () or (frequency,).

    Returns
    -------
    ndarray
        Filters H from ear signals to loudspeakers, complex, shape (frequency, loudspeaker, ear).

    Raises
    ------
    ShapeError
        If the plant's axes, ``beta``'s axes or a value is not right.
    ParameterError
        If ``beta`` is negative, or zero where the plant is singular.

    References
    ----------
    O. Kirkeby, P. A. Nelson, H. Hamada, F. Orduna-Bustamante, "Fast deconvolution of multichannel
    systems using regularization", IEEE Trans. Speech Audio Process. 6(2), 1998.
    """
    responses = as_responses(plant, "plant")
    weights = _as_regularisation(beta, len(responses))
    gram = np.einsum("fel,fgl->feg", responses, responses.conj())
    regularised = gram + weights[:, None, None] * np.eye(responses.shape[1])
    # Rounding hides most singular matrices from the solver: it returns noise without a word.
    singular = np.linalg.matrix_rank(regularised, hermitian=True) < responses.shape[1]
    if np.any(singular):
        raise ParameterError(
            "the plant is singular and cannot be inverted without regularisation, at frequency",
            value=int(np.argmax(singular)),
            fix="Give a beta above 0.",
        )
    return np.asarray(np.linalg.solve(regularised, responses).conj().swapaxes(1, 2))


def channel_separation_db(plant: ArrayLike, filters: ArrayLike) -> NDArray[np.float64]:
    r"""Compare, at each ear, how loud its own and the other ear's signal arrive.

    With :math:`R = C H`, the left separation is :math:`20 \log_{10} |R_{LL}| / |R_{RL}|`: the left
    signal at the left ear over the left signal at the right ear; the right one alike.

    Parameters
    ----------
    plant
        Responses C from loudspeakers to ears, complex, shape (frequency, 2, loudspeaker).
    filters
        Filters H from ear signals to loudspeakers, complex, shape (frequency, loudspeaker, 2).

    Returns
    -------
    ndarray
        Separation of the left and right signal in dB, shape (frequency, 2); inf where the other
        ear hears nothing, 0 where neither does.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    """
    responses = as_responses(plant, "plant")
    inverse = as_responses(filters, "filters", axes=FILTER_AXES)
    frequencies, ears, loudspeakers = responses.shape
    if ears != 2 or inverse.shape != (frequencies, loudspeakers, 2):
        raise ShapeError(
            f"plant has shape {responses.shape} and filters {inverse.shape}",
            allowed="(frequency, 2, loudspeaker) and (frequency, loudspeaker, 2)",
        )
    reproduced = np.abs(np.einsum("fel,flp->fep", responses, inverse))
    intended = reproduced[:, [0, 1], [0, 1]]
    crosstalk = reproduced[:, [1, 0], [0, 1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        separation_db = 20.0 * np.log10(intended / crosstalk)
    return np.where((intended == 0.0) & (crosstalk == 0.0), 0.0, separation_db)


def _as_regularisation(beta: ArrayLike, num_frequencies: int) -> NDArray[np.float64]:
    """Return beta at each frequency, shape (frequency,)."""
    weights = as_per_frequency(beta, "beta", num_frequencies=num_frequencies)
    if not np.all(np.isfinite(weights) & (weights >= 0.0)):
        raise ParameterError("beta must be finite and not negative", value=beta)
    return weights
