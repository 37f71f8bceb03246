"""Cancel exactly as much crosstalk as is asked for, and no more.

The cancellation gain is the power ratio of the near to the far ear. What a design cancels beyond
the need of the listener is paid with effort and fits it to one position of the head.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.errors import ParameterError, ShapeError
from simgen.playback.natural import match_natural, natural_routing
from simgen.playback.plants import FILTER_AXES, POSE_AXES, as_levels_db, as_responses, require_pair

__all__ = ["cancel_to_target", "cancellation_gain_db", "symmetric_target_ratio"]


def cancellation_gain_db(plants: ArrayLike, filters: ArrayLike) -> NDArray[np.float64]:
    """Compare the mean power of each signal at its own ear and at the other.

    Parameters
    ----------
    plants
        Responses, complex, shape (pose, frequency, 2, loudspeaker).
    filters
        Filters, complex, shape (frequency, loudspeaker, 2).

    Returns
    -------
    ndarray
        Ratio of the powers, each averaged over the poses, of the left and right signal in dB,
        shape (frequency, 2); inf where the other ear hears nothing, 0 where neither does.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    """
    responses = as_responses(plants, "plants", axes=POSE_AXES)
    given = as_responses(filters, "filters", axes=FILTER_AXES)
    require_pair(responses.shape[2], "the plants' ears")
    if given.shape != (responses.shape[1], responses.shape[3], 2):
        raise ShapeError(
            f"plants have shape {responses.shape} and filters {given.shape}",
            allowed="(pose, frequency, 2, loudspeaker) and (frequency, loudspeaker, 2)",
        )
    near, far = (np.sum(np.abs(at) ** 2, axis=0) for at in _near_and_far(responses, given))
    with np.errstate(divide="ignore", invalid="ignore"):
        gain_db = 10.0 * np.log10(near / far)
    return np.where((near == 0.0) & (far == 0.0), 0.0, gain_db)


def cancel_to_target(
    plants: ArrayLike, filters: ArrayLike, *, target_db: ArrayLike
) -> NDArray[np.complex128]:
    r"""Go from doing nothing towards a canceller as far as the target asks.

    The canceller is first equalised so that each ear hears its own signal as without filters.
    On the way :math:`N + \lambda (H - N)` from natural routing N the near ear's power less the
    target times the far ear's, over all poses, is a quadratic in :math:`\lambda`, whose first
    zero is taken, for each signal and frequency. Natural separation beyond the target is left.

    Parameters
    ----------
    plants
        Responses, complex, shape (pose, frequency, 2, loudspeaker); several poses fit the target
        to their mean power instead of to one position.
    filters
        A canceller H, complex, shape (frequency, loudspeaker, 2), without a common delay.
    target_db
        Power ratio of the near to the far ear in dB, shape () or (frequency,).

    Returns
    -------
    ndarray
        Filters, complex, shape (frequency, loudspeaker, 2). Where the canceller does not reach
        the target they are the better of it and natural routing.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If the target is not finite, or an ear does not hear its own signal.
    """
    responses = as_responses(plants, "plants", axes=POSE_AXES)
    asked_db = as_levels_db(target_db, "target_db", num_frequencies=responses.shape[1])
    matched = match_natural(filters, responses)
    natural = natural_routing(*matched.shape[:2])
    fraction = _fraction_of_the_way(
        _near_and_far(responses, natural),
        _near_and_far(responses, matched - natural),
        ratio=10.0 ** (asked_db[:, None] / 10.0),
    )
    better = cancellation_gain_db(responses, matched) > cancellation_gain_db(responses, natural)
    fraction = np.where(np.isnan(fraction), better, fraction)
    return np.asarray(natural + fraction[:, None, :] * (matched - natural))


def symmetric_target_ratio(
    relative_crosstalk: ArrayLike, *, target_db: ArrayLike
) -> NDArray[np.complex128]:
    r"""Return the two filters' ratio that gives a symmetric pair a cancellation gain.

    With the far over the near ear's response :math:`x`, the target T as a power ratio and
    :math:`\kappa = 1 / (|x| \sqrt{T})`, the ratio

    .. math:: q = -x (1 - \kappa) / (1 - \kappa x^2)

    leaves :math:`\kappa x` of the near ear's signal at the far ear; :math:`\kappa = 0` is the
    inverse, and from :math:`\kappa = 1` on the head's shadow is enough.

    Parameters
    ----------
    relative_crosstalk
        :math:`x`, complex, shape (frequency,), not 0.
    target_db
        Power ratio of the near to the far ear in dB, shape () or (frequency,).

    Returns
    -------
    ndarray
        Filter of the far loudspeaker over that of the near one, complex, shape (frequency,).

    Raises
    ------
    ShapeError
        If the axes are not right or a value is not finite.
    ParameterError
        If the target is not finite, or there is no crosstalk.

    Examples
    --------
    Half the amplitude leaks, 6 dB: that is left; 20 dB are reached by cancelling:

    >>> symmetric_target_ratio([0.5], target_db=6.0).real + 0.0
    array([0.])
    >>> q = symmetric_target_ratio([0.5], target_db=20.0).real
    >>> ((0.5 + q) / (1.0 + 0.5 * q)).round(9)
    array([0.1])
    """
    crosstalk = as_responses(relative_crosstalk, "relative_crosstalk", axes=("frequency",))
    asked_db = as_levels_db(target_db, "target_db", num_frequencies=len(crosstalk))
    if np.any(crosstalk == 0.0):
        place = int(np.argmax(crosstalk == 0.0))
        raise ParameterError("relative_crosstalk is 0 at frequency", value=place)
    left = np.minimum(1.0, 10.0 ** (-asked_db / 20.0) / np.abs(crosstalk))
    # Nothing is left to do at 1, also where a crosstalk of 1 makes numerator and denominator 0.
    denominator = np.where(left == 1.0, 1.0, 1.0 - left * crosstalk**2)
    return np.asarray(-crosstalk * (1.0 - left) / denominator)


def _near_and_far(
    responses: NDArray[np.complex128], filters: NDArray[np.complex128]
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return each signal at its own and at the other ear, each of shape (pose, frequency, 2)."""
    reproduced = np.einsum("pfel,fli->pfei", responses, filters)
    return reproduced[:, :, [0, 1], [0, 1]], reproduced[:, :, [1, 0], [0, 1]]


def _fraction_of_the_way(
    start: tuple[NDArray[np.complex128], ...],
    step: tuple[NDArray[np.complex128], ...],
    *,
    ratio: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return where near power = ratio * far power first holds: 0 to 1, nan for nowhere."""
    square, slope, constant = (
        count * (_real_product(one[0], other[0]) - ratio * _real_product(one[1], other[1]))
        for count, one, other in ((1.0, step, step), (2.0, start, step), (1.0, start, start))
    )
    root = np.sqrt(np.maximum(slope**2 - 4.0 * square * constant, 0.0))
    real = slope**2 >= 4.0 * square * constant
    # This form has no cancellation: the constant is negative and the first zero has slope > 0.
    divisor = slope + root
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(real & (divisor > 0.0), -2.0 * constant / divisor, np.nan)
    first = np.where(first <= 1.0, first, np.nan)
    return np.where(constant >= 0.0, 0.0, first)


def _real_product(
    one: NDArray[np.complex128], other: NDArray[np.complex128]
) -> NDArray[np.float64]:
    """Return the real part of the product of two responses, summed over the poses."""
    return np.asarray(np.sum((one.conj() * other).real, axis=0))
