"""The work that every engine is given: one room, one array, four sources."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.microphones import circular_array

__all__ = [
    "ARRAY_CENTER",
    "BAND_CENTERS",
    "EARS_T60",
    "SIZE",
    "T60S",
    "Work",
    "banded_work",
    "broadband_work",
    "description",
    "least_order",
]

SIZE = (6.0, 5.0, 3.0)
"""Length, width and height of the box in m."""

SAMPLE_RATE = 16_000

SPEED_OF_SOUND = 343.2

T60S = (0.2, 0.4, 0.6, 0.8)
"""Reverberation times in s by Sabine's formula."""

EARS_T60 = 0.4
"""Reverberation time in s of the walls around a measured head, whose images have an order."""

ARRAY_CENTER = (3.0, 2.5, 1.2)
NUM_MICROPHONES = 8
ARRAY_RADIUS = 0.1

SOURCES = ((1.2, 1.0, 1.5), (4.7, 1.3, 1.6), (4.4, 4.1, 1.4), (1.5, 3.9, 1.7))
"""Positions in m."""

BAND_CENTERS = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0)
"""Octave bands in Hz whose centre lies below half the sample rate."""

BAND_FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2)
"""Absorption of the walls in each band relative to that at 1 kHz."""

AIR_DB_PER_KM = (0.3, 1.1, 2.8, 5.0, 9.0, 22.9)
"""Air at 20 degrees Celsius and 70 % humidity, ISO 9613-2:1996, table 2."""


@dataclass(frozen=True)
class Work:
    """Responses to compute.

    Attributes
    ----------
    absorption
        Energy absorption of every wall, shape (band,); one band means all frequencies.
    air_absorption
        Energy attenuation of the air in 1/m, shape (band,).
    sources, microphones
        Positions in m, shape (point, 3).
    num_samples
        Length of each response; images that arrive later are nobody's business.
    """

    absorption: tuple[float, ...]
    air_absorption: tuple[float, ...]
    sources: NDArray[np.float64]
    microphones: NDArray[np.float64]
    num_samples: int
    size: tuple[float, float, float] = SIZE
    sample_rate: int = SAMPLE_RATE
    speed_of_sound: float = SPEED_OF_SOUND

    @property
    def radius(self) -> float:
        """Distance in m that sound travels within the response's length."""
        return self.speed_of_sound * self.num_samples / self.sample_rate

    @cached_property
    def least_order(self) -> int:
        """Most walls that an image within the response's length has met, over all pairs."""
        return least_order(self.size, self.sources, self.microphones, self.radius)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of the responses: (source, microphone, sample)."""
        return len(self.sources), len(self.microphones), self.num_samples


def least_order(
    size: tuple[float, float, float],
    sources: NDArray[np.float64],
    microphones: NDArray[np.float64],
    radius: float,
) -> int:
    """Return the least order of reflection that misses no image within a distance.

    Parameters
    ----------
    size
        Length, width and height of the box in m.
    sources, microphones
        Positions in m, shape (point, 3).
    radius
        Distance from an image to a microphone in m.
    """
    return max(
        _most_walls(size, source, microphone, radius)
        for source in sources
        for microphone in microphones
    )


def _most_walls(
    size: tuple[float, float, float],
    source: NDArray[np.float64],
    microphone: NDArray[np.float64],
    radius: float,
) -> int:
    """Return the most walls that an image of a source within a distance has met."""
    rooms = np.arange(-math.ceil(radius / min(size)) - 1, math.ceil(radius / min(size)) + 2)
    x, y, z = (
        np.abs(rooms * side + np.where(rooms % 2 == 1, side - a, a) - b)
        for side, a, b in zip(size, source, microphone, strict=True)
    )
    walls = np.abs(rooms)
    nearer = np.argsort(z)
    most = np.maximum.accumulate(walls[nearer])
    left = radius**2 - (x[:, None] ** 2 + y**2)
    inside = left >= np.min(z) ** 2
    last = np.searchsorted(z[nearer] ** 2, left[inside], side="right") - 1
    return int(np.max((walls[:, None] + walls)[inside] + most[last], initial=0))


def broadband_work(t60: float) -> Work:
    """Return the work whose walls absorb all frequencies alike, in air that does not."""
    sources = np.array(SOURCES)
    microphones = circular_array(NUM_MICROPHONES, ARRAY_RADIUS) + ARRAY_CENTER
    farthest = np.max(np.linalg.norm(sources[:, None] - microphones[None], axis=-1))
    return Work(
        absorption=(sabine_absorption(t60),),
        air_absorption=(0.0,),
        sources=sources,
        microphones=microphones,
        num_samples=int(np.ceil((farthest / SPEED_OF_SOUND + t60) * SAMPLE_RATE)),
    )


def banded_work(t60: float) -> Work:
    """Return the work whose walls and air absorb by octave bands."""
    work = broadband_work(t60)
    (absorption,) = work.absorption
    return Work(
        absorption=tuple(absorption * factor for factor in BAND_FACTORS),
        air_absorption=tuple(loss * math.log(10.0) / 1e4 for loss in AIR_DB_PER_KM),
        sources=work.sources,
        microphones=work.microphones,
        num_samples=work.num_samples,
    )


def sabine_absorption(t60: float) -> float:
    """Return the energy absorption of all walls, written out so that the work never changes."""
    length, width, height = SIZE
    surface = 2.0 * (length * width + length * height + width * height)
    return 24.0 * math.log(10.0) * length * width * height / (SPEED_OF_SOUND * surface * t60)


def description() -> dict[str, Any]:
    """Return the work in words and numbers, for the results file."""
    return {
        "box_m": SIZE,
        "sample_rate_hz": SAMPLE_RATE,
        "speed_of_sound": SPEED_OF_SOUND,
        "array": f"{NUM_MICROPHONES} microphones on a circle of {ARRAY_RADIUS} m",
        "array_position_m": ARRAY_CENTER,
        "source_positions_m": SOURCES,
        "absorption": "Sabine's for the reverberation time, the same on all walls",
        "length": "the direct sound of the farthest pair and the reverberation time after it",
        "band_centers_hz": BAND_CENTERS,
        "band_factors_of_absorption": BAND_FACTORS,
        "air_db_per_km": AIR_DB_PER_KM,
    }
