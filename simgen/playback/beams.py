r"""Design beams: filters that make loudspeakers radiate in some directions and not in others.

Every design but the closed form minimises a squared error and keeps the response on the axis
exactly, so that a loading of the loudspeakers' power raises the white-noise gain steadily, from
that of the best fit to the highest there is. A floor on the white-noise gain is held by the least
such loading at each frequency. Filters act as :math:`B = G w`, without conjugation, and have no
delay of their own: the response on the axis has the phase that was asked for.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError, ShapeError
from simgen.playback.beam_measures import as_direction_weights, as_index
from simgen.playback.loaded_fits import LoadedFits
from simgen.playback.plants import as_responses

__all__ = ["constrained_beam", "magnitude_beam", "pattern_beam", "three_driver_beam"]

_CONTRADICTION: Final = 1e-6
"""Largest error of a constraint, relative to the largest value, that counts as rounding."""

_ROUNDING: Final = 1e-9
"""Share by which the drive may exceed its limit through rounding."""

_SETTLED: Final = 1e-7
"""Change of the filters in a round, relative to their norm, below which the fit is done."""

_MAGNITUDE_ROUNDS: Final = 100
"""Rounds of the magnitude fit at each frequency; each lowers the error or leaves it."""


def three_driver_beam(wavenumbers: ArrayLike, *, spacing: float) -> NDArray[np.float64]:
    r"""Weight three omnidirectional drivers on the lateral axis so that both sides are silent.

    The drivers stand at -d, 0, d. The pattern in free field at azimuth :math:`\phi` is

    .. math:: B(\phi) = \frac{\cos(k d \sin \phi) - \cos k d}{1 - \cos k d}

    1 in front and behind, 0 at +-90 degrees; its white-noise gain is
    :math:`2 (1 - \cos k d)^2 / (1 + 2 \cos^2 k d)`.

    Parameters
    ----------
    wavenumbers
        Wavenumbers k in rad/m, shape (frequency,).
    spacing
        Distance d between neighbours in m.

    Returns
    -------
    ndarray
        Weights of the drivers at -d, 0, d, shape (frequency, 3).

    Raises
    ------
    ShapeError
        If ``wavenumbers`` is empty, not of one axis or not finite.
    ParameterError
        If ``spacing`` is not above 0, or front and side are the same equation: where k d is 0 or
        another multiple of 2 pi.

    Examples
    --------
    >>> three_driver_beam([np.pi / 2], spacing=1.0).round(6).tolist()
    [[0.5, -0.0, 0.5]]
    """
    require_between(spacing, "spacing", np.nextafter(0.0, 1.0), np.finfo(float).max)
    side = np.cos(as_real(wavenumbers, "wavenumbers", axes=("frequency",)) * spacing)
    if not side.size:
        raise ShapeError("wavenumbers is empty", allowed="(frequency,)")
    if np.any(side == 1.0):
        raise ParameterError(
            "front and side cannot be told apart where k d is a multiple of 2 pi",
            value=float(np.asarray(wavenumbers)[side == 1.0][0]),
            fix="Leave out zero frequency, and stop below a wavelength of d",
        )
    halves = np.full_like(side, 0.5)
    return np.stack([halves, -side, halves], axis=1) / (1.0 - side[:, None])


def constrained_beam(
    constraints: ArrayLike,
    values: ArrayLike,
    *,
    covariance: ArrayLike | None = None,
    white_noise_gain_floor_db: float | None = None,
) -> NDArray[np.complex128]:
    r"""Radiate given values in given directions with the least power (LCMV).

    Minimises :math:`w^H R w` subject to :math:`C w = v`. Where that falls below the floor, R is
    loaded; where even the filters of least drive that satisfy all constraints fall below it, the
    first constraint, that of the axis, is kept and the squared error of the others is minimised
    with a loading.

    Parameters
    ----------
    constraints
        Responses C from loudspeakers to the constrained directions, the axis first, complex,
        shape (frequency, constraint, loudspeaker).
    values
        What to radiate there, v, complex, shape (constraint,); the axis' is not 0.
    covariance
        Matrix R, Hermitian and positive semidefinite, shape (frequency, loudspeaker,
        loudspeaker), such as the mean of :math:`g^* g^T` over directions to be kept quiet; the
        identity if not given.
    white_noise_gain_floor_db
        Least white-noise gain on the axis in dB; none if not given.

    Returns
    -------
    ndarray
        Filters w, complex, shape (frequency, loudspeaker).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If constraints contradict each other and there is no floor, the axis is to be silent,
        the covariance is not one, or no filters reach the floor.

    References
    ----------
    O. L. Frost, "An algorithm for linearly constrained adaptive array processing", Proc. IEEE
    60(8), 1972.
    H. Cox, R. M. Zeskind, M. M. Owen, "Robust adaptive beamforming", IEEE Trans. Acoust. Speech
    Signal Process. 35(10), 1987.
    """
    rows = as_responses(constraints, "constraints", axes=("frequency", "constraint", "loudspeaker"))
    wanted = as_responses(values, "values", axes=("constraint",))
    if len(wanted) != rows.shape[1]:
        raise ShapeError(f"values has shape {wanted.shape}", allowed=f"({rows.shape[1]},)")
    targets = np.broadcast_to(wanted, rows.shape[:2])
    root = _root_of_covariance(covariance, len(rows), rows.shape[2])
    exact = LoadedFits(root, rows, targets)
    most_drive = exact.most_drive(white_noise_gain_floor_db)
    filters = exact.solve(np.zeros_like(root[:, 0]), most_drive=most_drive)
    error = np.abs(np.einsum("fcl,fl->fc", rows, filters) - targets)
    kept = np.all(error <= _CONTRADICTION * np.max(np.abs(wanted)), axis=1)
    if white_noise_gain_floor_db is None:
        if not np.all(kept):
            raise ParameterError(
                "constraints contradict each other at frequency", value=int(np.argmin(kept))
            )
        return filters
    kept &= np.sum(np.abs(filters) ** 2, axis=1) <= most_drive * (1.0 + _ROUNDING)
    axis_alone = LoadedFits(rows[:, 1:], rows[:, :1], targets[:, :1])
    relaxed = axis_alone.solve(targets[:, 1:], most_drive=most_drive)
    return np.where(kept[:, None], filters, relaxed)


def pattern_beam(
    responses: ArrayLike,
    target: ArrayLike,
    *,
    axis: int,
    direction_weights: ArrayLike | None = None,
    loading: float = 0.0,
    white_noise_gain_floor_db: float | None = None,
) -> NDArray[np.complex128]:
    r"""Fit a pattern in the sense of regularised least squares, exactly on the axis.

    Minimises :math:`\overline{|G w - t|^2} + \beta w^H w`, the mean being taken over directions,
    subject to :math:`(G w)_0 = t_0` on the axis.

    Parameters
    ----------
    responses
        Responses G from loudspeakers to directions, complex, shape (frequency, direction,
        loudspeaker).
    target
        Pattern t, complex, shape (direction,) or (frequency, direction); not 0 on the axis.
    axis
        Index of the direction of the axis.
    direction_weights
        Weight of each direction in the mean, in any unit, shape (direction,); equal if not given.
    loading
        Least loading :math:`\beta` in the square of the responses' unit.
    white_noise_gain_floor_db
        Least white-noise gain on the axis in dB, held by more loading; none if not given.

    Returns
    -------
    ndarray
        Filters w, complex, shape (frequency, loudspeaker).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If the target is silent on the axis, the loading or a weight is not allowed, or no filters
        reach the floor.
    """
    fits, wanted = _prepare(responses, target, axis, direction_weights)
    most_drive = fits.most_drive(white_noise_gain_floor_db)
    return fits.solve(wanted, loading=_as_loading(loading), most_drive=most_drive)


def magnitude_beam(
    responses: ArrayLike,
    magnitudes: ArrayLike,
    *,
    axis: int,
    direction_weights: ArrayLike | None = None,
    loading: float = 0.0,
    white_noise_gain_floor_db: float | None = None,
) -> NDArray[np.complex128]:
    r"""Fit the magnitude of a pattern, whatever its phase, exactly on the axis.

    Minimises :math:`\overline{(|G w| - t)^2} + \beta w^H w` by turns: the target takes the phase
    of the pattern, then the filters are fitted to it. Each turn lowers the error or leaves it, so
    the result is a local minimum. The first frequency starts from phase 0 in every direction and
    from the phases of each mode that the loudspeakers radiate, and keeps the best; each other one
    starts from the phases of the pattern at the frequency before it, so that filters change
    smoothly along an ascending grid. On the axis the phase is 0 throughout.

    Parameters
    ----------
    responses
        Responses G from loudspeakers to directions, complex, shape (frequency, direction,
        loudspeaker), frequencies ascending.
    magnitudes
        Magnitudes t, not negative, shape (direction,) or (frequency, direction), such as those of
        an expansion in spherical harmonics; not 0 on the axis.
    axis
        Index of the direction of the axis.
    direction_weights
        Weight of each direction in the mean, in any unit, shape (direction,); equal if not given.
    loading
        Least loading :math:`\beta` in the square of the responses' unit.
    white_noise_gain_floor_db
        Least white-noise gain on the axis in dB, held by more loading; none if not given.

    Returns
    -------
    ndarray
        Filters w, complex, shape (frequency, loudspeaker).

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If a magnitude is negative or 0 on the axis, the loading or a weight is not allowed, or no
        filters reach the floor.

    References
    ----------
    P. W. Kassakian, "Convex approximation and optimization with applications in magnitude filter
    design and radiation pattern synthesis", PhD thesis, University of California, Berkeley, 2006
    (fitting magnitudes by turns).
    C. Schoerkhuber, M. Zaunschirm, R. Hoeldrich, "Binaural rendering of Ambisonic signals via
    magnitude least squares", DAGA, 2018 (phases continued from the frequency before).
    Y. Luo, "Spherical harmonic covariance and magnitude function encodings for beamformer
    design", EURASIP J. Audio Speech Music Process., 2021:41 (targets that are magnitudes).
    """
    fits, wanted = _prepare(responses, _as_magnitudes(magnitudes), axis, direction_weights)
    most_drive = fits.most_drive(white_noise_gain_floor_db)
    least = _as_loading(loading)
    filters, phases = _best_start(fits[:1], wanted[:1], least, most_drive[:1])
    found = [filters]
    for frequency in range(1, len(wanted)):
        here = slice(frequency, frequency + 1)
        filters, phases = _fit_by_turns(
            fits[here], np.abs(wanted[here]) * phases, least, most_drive[here]
        )
        found.append(filters)
    return np.concatenate(found)


def _best_start(
    fits: LoadedFits,
    magnitudes: NDArray[np.complex128],
    loading: float,
    most_drive: NDArray[np.float64],
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Fit from phase 0 and from the phases of each mode; return the best, and its phases."""
    best = (np.inf, np.empty(0, np.complex128), np.empty(0, np.complex128))
    for start in (np.ones_like(magnitudes), *_phases(fits.modes())):
        filters, phases = _fit_by_turns(fits, np.abs(magnitudes) * start, loading, most_drive)
        misfit = np.linalg.norm(np.abs(fits.pattern(filters)) - np.abs(magnitudes)) ** 2
        cost = float(misfit + loading * np.linalg.norm(filters) ** 2)
        # A better start must be better by more than rounding: the choice is then reproducible.
        if cost < best[0] * (1.0 - _ROUNDING):
            best = (cost, filters, phases)
    return best[1:]


def _fit_by_turns(
    fits: LoadedFits,
    target: NDArray[np.complex128],
    loading: float,
    most_drive: NDArray[np.float64],
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Fit filters to the target, then the target's phases to their pattern, and so on."""
    filters = fits.solve(target, loading=loading, most_drive=most_drive)
    for _ in range(_MAGNITUDE_ROUNDS):
        before = filters
        phased = np.abs(target) * _phases(fits.pattern(filters))
        filters = fits.solve(phased, loading=loading, most_drive=most_drive)
        if np.linalg.norm(filters - before) <= _SETTLED * np.linalg.norm(filters):
            break
    return filters, _phases(fits.pattern(filters))


def _prepare(
    responses: ArrayLike,
    target: ArrayLike,
    axis: int,
    direction_weights: ArrayLike | None,
) -> tuple[LoadedFits, NDArray[np.complex128]]:
    """Return the fits that are exact on the axis, and the target scaled as they need it."""
    radiated = as_responses(responses, "responses", axes=("frequency", "direction", "loudspeaker"))
    axes = ("direction",) if np.ndim(target) == 1 else ("frequency", "direction")
    wanted = as_responses(target, "target", axes=axes)
    if wanted.shape[-1] != radiated.shape[1] or len(wanted) != radiated.shape[-wanted.ndim - 1]:
        raise ShapeError(
            f"target has shape {wanted.shape}",
            allowed=f"{radiated.shape[1:2]} or {radiated.shape[:2]}",
        )
    place = as_index(axis, "axis", radiated.shape[1])
    root_shares = np.sqrt(as_direction_weights(direction_weights, radiated.shape[1]))
    spread = np.broadcast_to(wanted, radiated.shape[:2])
    fits = LoadedFits(root_shares[:, None] * radiated, radiated[:, [place]], spread[:, [place]])
    return fits, root_shares * spread


def _as_magnitudes(magnitudes: ArrayLike) -> NDArray[np.float64]:
    """Return magnitudes that are real and not negative."""
    axes = ("direction",) if np.ndim(magnitudes) == 1 else ("frequency", "direction")
    wanted = as_real(magnitudes, "magnitudes", axes=axes)
    if np.any(wanted < 0.0):
        raise ParameterError("magnitudes must not be negative", value=float(np.min(wanted)))
    return wanted


def _as_loading(loading: float) -> float:
    """Return a loading that is finite and not negative."""
    require_between(loading, "loading", 0.0, np.finfo(float).max)
    return loading


def _phases(pattern: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return the pattern's phases as numbers of magnitude 1; phase 0 where it is silent."""
    magnitude = np.abs(pattern)
    return np.where(magnitude > 0.0, pattern / np.where(magnitude > 0.0, magnitude, 1.0), 1.0)


def _root_of_covariance(
    covariance: ArrayLike | None, num_frequencies: int, num_loudspeakers: int
) -> NDArray[np.complex128]:
    """Return A with R = A^H A, shape (frequency, loudspeaker, loudspeaker)."""
    shape = (num_frequencies, num_loudspeakers, num_loudspeakers)
    if covariance is None:
        return np.broadcast_to(np.eye(num_loudspeakers, dtype=np.complex128), shape)
    matrix = as_responses(
        covariance, "covariance", axes=("frequency", "loudspeaker", "loudspeaker")
    )
    if matrix.shape != shape:
        raise ShapeError(f"covariance has shape {matrix.shape}", allowed=f"{shape}")
    powers, modes = np.linalg.eigh(matrix)
    rounding = 1e-9 * np.max(np.abs(powers))
    skew = np.max(np.abs(matrix - matrix.conj().swapaxes(1, 2)))
    if skew > rounding or np.min(powers) < -rounding:
        raise ParameterError("covariance must be Hermitian and positive semidefinite")
    roots = np.sqrt(np.maximum(powers, 0.0))
    return np.asarray(roots[:, :, None] * modes.conj().swapaxes(1, 2))
