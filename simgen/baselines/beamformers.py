"""Loudspeaker beams by name, designed on devices as they were meant.

All are designed on a grid four times as long as the filters, within the band that is graded, and
fade into the single driver in the middle on both sides of it. They keep what that driver gives on
the axis, so that a limit on drive means the same for each.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.baselines.baseline import Baseline
from simgen.playback.beams import constrained_beam, pattern_beam, three_driver_beam
from simgen.playback.fir_filters import fir_taps

__all__ = ["BEAMFORMERS", "BeamBaseline", "BeamTask"]

NUM_TAPS: Final = 2048
"""The most that the protocol beam/1 takes."""

GRID: Final = 4 * NUM_TAPS
"""Samples of the design's transform, so that what is folded in shows and is small."""

LOW: Final = (180.0, 265.0)
HIGH: Final = (4760.0, 5300.0)
"""In Hz: fades into the single driver, outside what is graded."""

OPEN, CLOSED = math.radians(45.0), (math.radians(75.0), math.radians(105.0))
"""The window, and from where to where it is to be quiet."""

SPACING: Final = 0.06
"""Distance in m between drivers for which the closed form holds."""

SAMPLE_RATE: Final = 48_000
SPEED_OF_SOUND: Final = 343.0

_ROUNDING: Final = 1e-9

Responses = NDArray[np.complex128]


@dataclass(frozen=True)
class BeamTask:
    """A device as it was meant.

    Attributes
    ----------
    radiation
        From frequencies in Hz, shape (frequency,), and unit vectors, shape (direction, 3), to
        what each driver radiates there, shape (frequency, direction, driver).
    num_drivers
        Drivers, leftmost first, one of them in the middle.
    """

    radiation: Callable[[NDArray[np.float64], NDArray[np.float64]], Responses]
    num_drivers: int

    def towards(self, frequency: NDArray[np.float64], azimuths: NDArray[np.float64]) -> Responses:
        """Return what is radiated to azimuths in rad on the horizon."""
        level = np.stack([np.cos(azimuths), np.sin(azimuths), 0.0 * azimuths], axis=1)
        return self.radiation(frequency, level)


Design = Callable[[BeamTask, NDArray[np.float64]], Responses]


@dataclass(frozen=True)
class BeamBaseline(Baseline):
    """A reference design.

    Attributes
    ----------
    design
        From a device and frequencies in Hz to filters, shape (frequency, driver).
    """

    design: Design

    def taps(self, task: BeamTask) -> NDArray[np.float64]:
        """Return the filters of a device, shape (driver, tap)."""
        frequency = np.asarray(np.fft.rfftfreq(GRID, 1.0 / SAMPLE_RATE), dtype=np.float64)
        filters = _single(task, frequency)
        band = (frequency >= LOW[0]) & (frequency <= HIGH[1])
        share = _share(frequency[band])[:, None]
        filters[band] = share * self.design(task, frequency[band]) + (1.0 - share) * filters[band]
        return fir_taps(filters[:, :, None], num_taps=NUM_TAPS)[:, 0]


def _share(frequency: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of the design there is at each frequency, from 0 to 1."""
    up = np.interp(np.log(frequency), np.log(LOW), (0.0, 1.0))
    down = np.interp(np.log(frequency), np.log(HIGH), (1.0, 0.0))
    return np.asarray(np.minimum(up, down))


def _single(task: BeamTask, frequency: NDArray[np.float64]) -> Responses:
    """Play the driver in the middle alone."""
    filters = np.zeros((len(frequency), task.num_drivers), dtype=np.complex128)
    filters[:, task.num_drivers // 2] = 1.0
    return filters


def _relative(
    task: BeamTask, frequency: NDArray[np.float64], azimuths: NDArray[np.float64]
) -> Responses:
    """Return what is radiated to azimuths over what the single driver gives on the axis."""
    on_axis = task.towards(frequency, np.zeros(1))[:, :, task.num_drivers // 2]
    return np.asarray(task.towards(frequency, azimuths) / on_axis[:, :, None])


def _nulls(most_drive_db: float | None) -> Design:
    """Return the design of silence at both sides, given up where it takes too much drive."""

    def design(task: BeamTask, frequency: NDArray[np.float64]) -> Responses:
        rows = _relative(task, frequency, np.array([0.0, 0.5 * np.pi, -0.5 * np.pi]))
        floor_db = None if most_drive_db is None else -most_drive_db
        return constrained_beam(rows, [1.0, 0.0, 0.0], white_noise_gain_floor_db=floor_db)

    return design


def _least_squares(most_drive_db: float) -> Design:
    """Return the design of one in the window and nothing to the sides, whatever elsewhere."""

    def design(task: BeamTask, frequency: NDArray[np.float64]) -> Responses:
        around = np.deg2rad(np.arange(-180.0, 180.0, 5.0))
        far = np.abs(around)
        is_open = far <= OPEN + _ROUNDING
        is_closed = (far >= CLOSED[0] - _ROUNDING) & (far <= CLOSED[1] + _ROUNDING)
        asked = around[is_open | is_closed]
        return pattern_beam(
            _relative(task, frequency, asked),
            np.where(np.abs(asked) <= OPEN + _ROUNDING, 1.0, 0.0),
            axis=int(np.argmin(np.abs(asked))),
            loading=1e-6,
            white_noise_gain_floor_db=-most_drive_db,
        )

    return design


def _most_directive(task: BeamTask, frequency: NDArray[np.float64]) -> Responses:
    """Radiate as little as possible in the mean over the sphere, with 3 dB of drive at most."""
    steps = np.arange(300.0)
    height = 1.0 - (2.0 * steps + 1.0) / 300.0
    turn = math.pi * (3.0 - math.sqrt(5.0)) * steps
    ring = np.sqrt(1.0 - height**2)
    sphere = np.stack([ring * np.cos(turn), ring * np.sin(turn), height], axis=1)
    everywhere = task.radiation(frequency, sphere)
    power = np.einsum("fdl,fdm->flm", everywhere.conj(), everywhere) / 300.0
    return constrained_beam(
        _relative(task, frequency, np.zeros(1)),
        [1.0],
        covariance=power,
        white_noise_gain_floor_db=-3.0,
    )


def _closed_form(task: BeamTask, frequency: NDArray[np.float64]) -> Responses:
    """Take the closed form of three omnidirectional drivers, whatever the device is."""
    del task
    wavenumbers = 2.0 * np.pi * frequency / SPEED_OF_SOUND
    return three_driver_beam(wavenumbers, spacing=SPACING).astype(np.complex128)


def _in_phase(task: BeamTask, frequency: NDArray[np.float64]) -> Responses:
    """Play all drivers alike."""
    return np.full((len(frequency), task.num_drivers), 1.0 / task.num_drivers, dtype=complex)


_ALL: Final = (
    BeamBaseline("single-driver", {"taps_count": NUM_TAPS}, "The middle driver alone.", _single),
    BeamBaseline("in-phase", {"taps_count": NUM_TAPS}, "All drivers alike.", _in_phase),
    BeamBaseline(
        "closed-form",
        {"taps_count": NUM_TAPS, "spacing_m": SPACING},
        "Three omnidirectional drivers, silent at both sides, whatever drive it takes.",
        _closed_form,
    ),
    BeamBaseline(
        "most-directive",
        {"taps_count": NUM_TAPS, "cap_db": 3.0},
        "The most directive beam, with a cap on drive (Cox 1987).",
        _most_directive,
    ),
    BeamBaseline(
        "nulls",
        {"taps_count": NUM_TAPS},
        "Exact nulls at both sides, whatever drive they take (Frost 1972).",
        _nulls(None),
    ),
    BeamBaseline(
        "nulls-capped",
        {"taps_count": NUM_TAPS, "cap_db": 9.0},
        "Nulls at both sides, given up where they take more drive than the cap.",
        _nulls(9.0),
    ),
    BeamBaseline(
        "least-squares",
        {"taps_count": NUM_TAPS, "cap_db": 6.0},
        "Least squares of an open window and quiet sides, with a cap on drive.",
        _least_squares(6.0),
    ),
)

BEAMFORMERS: Final[Mapping[str, BeamBaseline]] = MappingProxyType(
    {baseline.name: baseline for baseline in _ALL}
)
"""Every loudspeaker beam by its name."""
