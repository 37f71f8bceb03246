"""Invert what the loudspeakers can do at a bearable gain, and no more."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.playback.plants import as_responses, require_gain_cap

__all__ = ["gain_capped_inverse"]


def gain_capped_inverse(plant: ArrayLike, *, gain_cap: float) -> NDArray[np.complex128]:
    r"""Invert the paths from loudspeakers to ears, with a cap on the gain of every mode.

    A mode with singular value :math:`s` of the plant gets the gain
    :math:`\min(1 / s, \gamma)`. It is the regularised inverse with
    :math:`\beta = \max(0, s / \gamma - s^2)` for each mode on its own: a mode below
    :math:`1 / \gamma` is reproduced at :math:`s \gamma`, all others exactly.

    Parameters
    ----------
    plant
        Responses C from loudspeakers to ears, complex, shape (frequency, ear, loudspeaker).
    gain_cap
        The largest gain :math:`\gamma` of the filters in the inverse of the plant's unit, more
        than 0; ``math.inf`` for none.

    Returns
    -------
    ndarray
        Filters H from ear signals to loudspeakers, complex, shape (frequency, loudspeaker, ear).
        A mode that the loudspeakers do not excite at all gets nothing.

    Raises
    ------
    ShapeError
        If the plant's axes or a value is not right.
    ParameterError
        If ``gain_cap`` is not above 0.

    Examples
    --------
    The second mode would need a gain of 4:

    >>> gain_capped_inverse([[[1.0, 0.0], [0.0, 0.25]]], gain_cap=2.0)[0].real
    array([[1., 0.],
           [0., 2.]])
    """
    responses = as_responses(plant, "plant")
    require_gain_cap(gain_cap)
    ears, modes, loudspeakers = np.linalg.svd(responses, full_matrices=False)
    rounding = np.finfo(np.float64).eps * max(responses.shape[1:])
    # Below rounding the direction of a mode is arbitrary: its filter would be noise at the cap.
    silent = modes <= rounding * modes[:, :1]
    gains = np.where(silent, 0.0, np.minimum(1.0 / np.where(silent, 1.0, modes), gain_cap))
    return np.asarray(np.einsum("fml,fm,fem->fle", loudspeakers.conj(), gains, ears.conj()))
