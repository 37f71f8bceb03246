"""Invert the paths to the ears of a head that moves."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ShapeError
from simgen.playback.loading import least_loaded, mean_diagonal, require_loading
from simgen.playback.plants import POSE_AXES, as_responses, require_gain_cap

__all__ = ["pose_averaged_inverse"]


def pose_averaged_inverse(
    plants: ArrayLike, target: ArrayLike, *, gain_cap: float, least_loading: float = 1e-3
) -> NDArray[np.complex128]:
    r"""Find the filters whose reproduction comes nearest to the target over all poses.

    .. math:: H = (\overline{C^H C} + \beta I)^{-1} \overline{C^H T}

    minimises the error :math:`\|C H - T\|^2`, averaged over the poses, plus :math:`\beta` times
    the loudspeakers' power. At each frequency :math:`\beta` is the least, from
    ``least_loading`` times the mean power of a loudspeaker upwards, with which no signal is
    amplified by more than the cap.

    Parameters
    ----------
    plants
        Responses C, complex, shape (pose, frequency, ear, loudspeaker).
    target
        Wanted responses T from signals to ears, complex, shape (pose, frequency, ear, input).
        Its phase is to follow the poses as the plants' does, like that of ``natural_target``: a
        phase that stays averages to silence where the poses are wavelengths apart.
    gain_cap
        Cap on the largest singular value of the filters, in the target's unit over the plants',
        more than 0; ``math.inf`` for none.
    least_loading
        Relative to the mean diagonal of :math:`\overline{C^H C}`, more than 0. Several
        loudspeakers near one another make that matrix singular to rounding at low frequencies.

    Returns
    -------
    ndarray
        Filters H, complex, shape (frequency, loudspeaker, input).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If the cap or the loading is not above 0, or the plants are silent at a frequency.

    References
    ----------
    D. B. Ward, "Joint least squares optimization for robust acoustic crosstalk cancellation",
    IEEE Trans. Speech Audio Process. 8(2), 2000.
    """
    responses = as_responses(plants, "plants", axes=POSE_AXES)
    wanted = as_responses(target, "target", axes=("pose", "frequency", "ear", "input"))
    if wanted.shape[:3] != responses.shape[:3]:
        raise ShapeError(
            f"plants have shape {responses.shape} and target {wanted.shape}",
            allowed="the same poses, frequencies and ears",
        )
    require_gain_cap(gain_cap)
    require_loading(least_loading, "least_loading")
    power = np.einsum("pfel,pfem->flm", responses.conj(), responses) / len(responses)
    cross = np.einsum("pfel,pfei->fli", responses.conj(), wanted) / len(responses)
    lowest = least_loading * mean_diagonal(power, "plants")
    # With a loading beta no gain exceeds |cross| / beta.
    highest = np.maximum(lowest, np.linalg.norm(cross, axis=(1, 2)) / gain_cap)

    def design(loading: NDArray[np.float64]) -> NDArray[np.complex128]:
        return np.linalg.solve(power + loading[:, None, None] * np.eye(power.shape[1]), cross)

    return least_loaded(design, gain_cap, lowest=lowest, highest=highest)
