"""What lies between the drivers of a device and two ears, and what arrives through it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simgen.errors import ShapeError
from simgen.scoring.crosstalk_bands import PLANT_BINS

__all__ = ["CrosstalkPlant", "EarPowers", "doing_nothing", "ear_powers"]


@dataclass(frozen=True)
class CrosstalkPlant:
    """Responses from the drivers of a device to two ears, under one condition.

    Ear 0 is the left one; drivers are in the order of their places, leftmost first. Frequencies
    are those of :func:`~simgen.scoring.crosstalk_bands.plant_frequencies`.

    Parameters
    ----------
    name
        The condition: which head, in which room.
    poses
        Responses at the poses that are graded, complex, shape (pose, frequency, ear, driver).
    nominal
        Responses at the pose that a device is made for, reported only, complex, shape
        (frequency, ear, driver).
    anechoic
        Whether there is nothing but the head: there filters must not smear in time.

    Raises
    ------
    ShapeError
        If a shape is not right, the two do not belong together, or a value is not finite.
    """

    name: str
    poses: NDArray[np.complex128]
    nominal: NDArray[np.complex128]
    anechoic: bool

    def __post_init__(self) -> None:
        for responses, axes in ((self.nominal, ""), (self.poses, "pose, ")):
            bins = PLANT_BINS.stop - PLANT_BINS.start
            allowed = f"({axes}{bins}, 2, driver), with 2 drivers or more"
            shape = np.shape(responses)
            right = len(shape) == (4 if axes else 3) and shape[-3:-1] == (bins, 2)
            if not right or shape[-1] < 2 or 0 in shape or shape[-1] != np.shape(self.nominal)[-1]:
                raise ShapeError(f"plant {self.name!r} has shape {shape}", allowed=allowed)
            if not np.all(np.isfinite(responses)):
                raise ShapeError(f"plant {self.name!r} holds a non-finite value")

    @property
    def num_drivers(self) -> int:
        """Number of drivers."""
        return int(self.nominal.shape[-1])

    @property
    def num_poses(self) -> int:
        """Number of poses that are graded."""
        return len(self.poses)


@dataclass(frozen=True)
class EarPowers:
    """Powers at the ears, each of shape (pose, frequency, 2).

    Attributes
    ----------
    intended
        Of each input at its own ear.
    crosstalk
        Of each input at the other ear.
    centre
        At each ear, of both inputs fed with one signal.
    """

    intended: NDArray[np.float64]
    crosstalk: NDArray[np.float64]
    centre: NDArray[np.float64]


def ear_powers(plant: NDArray[np.complex128], filters: NDArray[np.complex128]) -> EarPowers:
    """Pass both inputs through filters and plant to the ears.

    Parameters
    ----------
    plant
        Responses, shape (pose, frequency, ear, driver).
    filters
        Spectra of the filters, shape (frequency, driver, input).
    """
    received = np.einsum("pfed,fdi->pfei", plant, filters)
    power = received.real**2 + received.imag**2
    both = received[..., 0] + received[..., 1]
    return EarPowers(
        intended=power[..., [0, 1], [0, 1]],
        crosstalk=power[..., [1, 0], [0, 1]],
        centre=both.real**2 + both.imag**2,
    )


def doing_nothing(num_drivers: int, num_taps: int = 64) -> NDArray[np.float64]:
    """Return the filters that pass left to the leftmost and right to the rightmost driver.

    Returns
    -------
    Taps, shape (driver, input, tap).

    Examples
    --------
    >>> doing_nothing(3)[..., 0].tolist()
    [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]
    """
    taps = np.zeros((num_drivers, 2, num_taps))
    taps[[0, -1], [0, 1], 0] = 1.0
    return taps
