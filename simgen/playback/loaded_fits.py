r"""Fit filters exactly where it must be, well elsewhere, with as much loading as a limit needs.

All filters that satisfy the constraints :math:`C w = v` are the one of least drive plus any in the
null space of C. Within them, the fit that minimises :math:`|A w - t|^2 + \beta w^H w` follows from
one singular value decomposition for all loadings :math:`\beta`, without normal equations, which
would square the condition number.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ParameterError
from simgen.units import power_from_db

__all__ = ["LoadedFits"]

_RANK: Final = 1e-10
"""Singular values below this share of the largest are rounding."""

_STEPS: Final = 60
"""Steps of Newton's method at most; ten settle a loading."""

_DRIVE_TOLERANCE: Final = 1e-12
"""Share by which the drive may exceed its limit: some roundings."""


class LoadedFits:
    r"""Constrained least-squares fits at each frequency, for any target and loading.

    Parameters
    ----------
    matrix
        Responses A to be fitted, complex, shape (frequency, point, loudspeaker); with no points,
        every loading gives the filters of least drive.
    constraints
        Responses C to be exact, the axis first, complex, shape (frequency, constraint,
        loudspeaker).
    values
        Values v there, complex, shape (frequency, constraint).

    Raises
    ------
    ParameterError
        If the value on the axis is 0, or no loudspeaker reaches it.
    """

    def __init__(
        self,
        matrix: NDArray[np.complex128],
        constraints: NDArray[np.complex128],
        values: NDArray[np.complex128],
    ) -> None:
        self._matrix = matrix
        self._axis_power = _power_at_axis(values[:, 0])
        self._axis = constraints[:, 0]
        self._axis_reach = np.sum(np.abs(self._axis) ** 2, axis=1)
        if not np.all(self._axis_reach > 0.0):
            raise ParameterError(
                "no loudspeaker reaches the axis at frequency",
                value=int(np.argmin(self._axis_reach)),
            )
        inverse, free = _inverse_and_null_space(constraints)
        self._start = np.einsum("flc,fc->fl", inverse, values)
        self._left, singular, self._right = np.linalg.svd(matrix @ free, full_matrices=False)
        scale = np.linalg.norm(matrix, axis=(1, 2))[:, None]
        self._singular = np.where(singular > _RANK * scale, singular, 0.0)

    def __getitem__(self, frequencies: slice) -> "LoadedFits":
        """Return the fits at some of the frequencies."""
        part = object.__new__(LoadedFits)
        part.__dict__.update({name: held[frequencies] for name, held in self.__dict__.items()})
        return part

    def pattern(self, filters: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Return A w, shape (frequency, point)."""
        return np.asarray(np.einsum("fpl,fl->fp", self._matrix, filters))

    def modes(self) -> NDArray[np.complex128]:
        """Return the patterns of which A w is made, phase 0 on the axis, (mode, f, point)."""
        left, _, right = np.linalg.svd(self._matrix, full_matrices=False)
        on_axis = np.einsum("fl,frl->fr", self._axis, right.conj())
        return np.asarray(np.moveaxis(left * on_axis.conj()[:, None, :], 2, 0))

    def most_drive(self, white_noise_gain_floor_db: float | None) -> NDArray[np.float64]:
        """Return the greatest w^H w that holds a floor on the white-noise gain on the axis.

        Raises
        ------
        ParameterError
            If the floor is not finite, or above the highest white-noise gain of any filters.
        """
        if white_noise_gain_floor_db is None:
            return np.full(len(self._axis_power), np.inf)
        highest_db = 10.0 * np.log10(np.min(self._axis_reach))
        if not -np.inf < white_noise_gain_floor_db <= highest_db + 1e-9:
            raise ParameterError(
                "white_noise_gain_floor_db is out of reach",
                value=white_noise_gain_floor_db,
                allowed=f"finite, up to {highest_db:.2f}",
            )
        return np.asarray(self._axis_power / power_from_db(white_noise_gain_floor_db))

    def solve(
        self,
        target: NDArray[np.complex128],
        *,
        loading: float = 0.0,
        most_drive: NDArray[np.float64],
    ) -> NDArray[np.complex128]:
        """Return the fit of the least loading, not below the given one, within the drive.

        Parameters
        ----------
        target
            What A w is to be, t, complex, shape (frequency, point).
        loading
            Least loading, the same at each frequency.
        most_drive
            Greatest w^H w, shape (frequency,); where even infinite loading exceeds it, that is
            what is returned.

        Returns
        -------
        ndarray
            Filters w, complex, shape (frequency, loudspeaker).
        """
        residual = target - self.pattern(self._start)
        modes = np.einsum("fpr,fp->fr", self._left.conj(), residual)
        spare = most_drive - np.sum(np.abs(self._start) ** 2, axis=1)
        enough = self._loading_within(modes, np.maximum(spare, 0.0), loading)
        gains = self._singular / self._powers(enough) * modes
        return np.asarray(self._start + np.einsum("frl,fr->fl", self._right.conj(), gains))

    def _loading_within(
        self, modes: NDArray[np.complex128], spare: NDArray[np.float64], loading: float
    ) -> NDArray[np.float64]:
        """Return the least loading for which the modes' drive is within what is spare."""
        enough = np.full(len(spare), loading)
        for _ in range(_STEPS):
            power = self._powers(enough)
            drives = (self._singular * np.abs(modes) / power) ** 2
            drive = np.sum(drives, axis=1)
            over = drive > spare * (1.0 + _DRIVE_TOLERANCE)
            if not np.any(over):
                break
            # Newton's method on 1 / |y|, nearly linear in the loading, never steps too far.
            with np.errstate(divide="ignore", invalid="ignore"):
                step = drive / np.sum(drives / power, axis=1) * (np.sqrt(drive / spare) - 1.0)
            enough = np.where(over, enough + step, enough)
        return enough

    def _powers(self, loading: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return s^2 + beta, shape (frequency, mode); 1 for modes that are not there."""
        return np.where(self._singular > 0.0, self._singular**2 + loading[:, None], 1.0)


def _power_at_axis(values: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Return the power wanted on the axis, which must not be silent."""
    power = np.abs(values) ** 2
    if not np.all(power > 0.0):
        raise ParameterError(
            "the axis must not be silent at frequency", value=int(np.argmin(power))
        )
    return power


def _inverse_and_null_space(
    constraints: NDArray[np.complex128],
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Return the pseudo-inverse, (f, loudspeaker, constraint), and the null space's projector."""
    left, singular, right = np.linalg.svd(constraints, full_matrices=False)
    held = singular > _RANK * singular[:, :1]
    reciprocals = np.where(held, 1.0 / np.where(held, singular, 1.0), 0.0)
    adjoint = right.conj().swapaxes(1, 2)
    inverse = (adjoint * reciprocals[:, None, :]) @ left.conj().swapaxes(1, 2)
    return inverse, np.eye(constraints.shape[2]) - (adjoint * held[:, None, :]) @ right
