"""Bodies that carry receivers and scatter the sound around them.

A receiver on a body is a receiver in the free field at its own place, times a filter that depends
on where the sound comes from. For a rigid sphere it is the same all around the receiver's axis, so
that a table by angle and nearness holds it; ``heads`` has what was measured.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from simgen.acoustics.band_limit import band_limit
from simgen.acoustics.rigid_sphere import NEAREST_DISTANCE, sphere_response
from simgen.arrays import as_points, require_between

__all__ = ["ADVANCE", "Body", "RigidSphere", "SphereFilters", "sphere_filters"]

ADVANCE: Final = 256
"""Taps of a filter before time zero, in which its band limit rings; as many follow its end."""

_PASSBAND: Final = 0.46
"""Where filters begin to fall, in sample rates: above the passband of the engine."""

_RINGING: Final = 12.0
"""Radii over c for which a rigid sphere is heard out: twice the way of a wave around it."""

_ANGLE_STEPS: Final = 128
"""Steps of cos(angle / 2) for which a sphere's filter is computed."""

_NEARNESS_STEP: Final = 1.0 / 64.0
"""Greatest step of radius over distance for which a sphere's filter is computed."""


@dataclass(frozen=True, eq=False)
class SphereFilters:
    """A sphere's filters for a table of places.

    Attributes
    ----------
    responses
        Relative to the free field at the receiver's place, with ``ADVANCE`` taps before time
        zero, shape (nearness, angle, tap): by steps of radius over distance, from 0, and of
        cos(angle / 2), from 0 to 1.
    most_near
        Radius over distance at the last step of nearness.
    """

    responses: NDArray[np.float64]
    most_near: float


class Body(Protocol):
    """What scatters the sound around a receiver.

    Attributes
    ----------
    center
        In m in the room's frame.
    radius
        Of the sphere in m that holds it.
    clearance
        Least distance in m from its centre to a source.
    """

    @property
    def center(self) -> tuple[float, float, float]: ...  # noqa: D102

    @property
    def radius(self) -> float: ...  # noqa: D102

    @property
    def clearance(self) -> float: ...  # noqa: D102


@dataclass(frozen=True)
class RigidSphere:
    """A rigid sphere that carries receivers on its surface.

    Parameters
    ----------
    center
        In m in the room's frame.
    radius
        In m, 0.001 to 1.

    Raises
    ------
    ShapeError
        If the centre is not three finite numbers.
    ParameterError
        If the radius is out of range.
    """

    center: tuple[float, float, float]
    radius: float

    def __post_init__(self) -> None:
        as_points([self.center], "the sphere's center")
        object.__setattr__(self, "center", tuple(float(x) for x in self.center))
        require_between(self.radius, "the sphere's radius", 0.001, 1.0)

    @property
    def clearance(self) -> float:
        """Least distance in m from the centre to a source: nearer, the series does not end."""
        return NEAREST_DISTANCE * self.radius


@lru_cache(maxsize=8)
def sphere_filters(
    radius: float, sample_rate: int, speed_of_sound: float, nearest: float
) -> SphereFilters:
    """Compute a sphere's filters by cos(angle / 2) and by nearness; they are kept.

    On these scales they are smooth: behind the sphere, where waves around it meet, the angle
    itself counts, and the field's curvature is in proportion to nearness.

    Parameters
    ----------
    radius
        In m.
    sample_rate
        In Hz.
    speed_of_sound
        In m/s.
    nearest
        Least distance of a source from the centre in m.
    """
    steps = max(math.ceil(radius / nearest / _NEARNESS_STEP), 3)
    half_cosine = np.arange(_ANGLE_STEPS + 1) / _ANGLE_STEPS
    cosine = 2.0 * half_cosine * half_cosine - 1.0
    taps = round(_RINGING * radius / speed_of_sound * sample_rate / 2) + ADVANCE
    frequency = np.arange(taps + 1, dtype=np.float64) * (sample_rate / (2.0 * taps))
    pressures = []
    for k in range(steps + 1):
        sphere = {
            "radius": radius,
            "distance": nearest * steps / k if k else math.inf,
            "speed_of_sound": speed_of_sound,
        }
        pressure = sphere_response(frequency, cosine, **sphere)
        pressures.append(pressure / _free_field(frequency, cosine, **sphere))
    spectra = np.stack(pressures).swapaxes(1, 2) * _window(2 * taps)
    return SphereFilters(np.fft.irfft(spectra, 2 * taps), radius / nearest)


def _free_field(
    frequency: NDArray[np.float64],
    cosine: NDArray[np.float64],
    *,
    radius: float,
    distance: float,
    speed_of_sound: float,
) -> NDArray[np.complex128]:
    """Return the pressure at a point without the sphere, over that at its centre."""
    near = radius / distance
    # The straight way is longer than that to the centre by (way^2 - distance^2) / (sum).
    way = np.sqrt(1.0 + near * near - 2.0 * near * cosine)
    longer = radius * (near - 2.0 * cosine) / (1.0 + way)
    turn = np.exp(-2j * np.pi * np.outer(frequency, longer / speed_of_sound))
    return np.asarray(turn / way)


def _window(num_taps: int) -> NDArray[np.complex128]:
    """Return the band limit of filters, delayed by ``ADVANCE``, (num_taps // 2 + 1,)."""
    frequency = np.arange(num_taps // 2 + 1) / num_taps
    delay = np.exp(-2j * np.pi * frequency * ADVANCE)
    return np.asarray(band_limit(frequency, start=_PASSBAND) * delay)
