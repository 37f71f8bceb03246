"""Spreading: sums of delayed impulses as a non-uniform Fourier transform.

A room impulse response is a sum of delayed impulses, H(f) = sum_i a_i exp(-j 2 pi f tau_i). To
sum a million of them exactly band-limited but quickly, each adds a short smooth pulse to a grid
at twice the sample rate; dividing the grid's spectrum by the pulse's own then leaves H(f). The
error is that of the pulse's table of sub-sample delays, below -85 dB.

References
----------
A. H. Barnett, J. Magland, L. af Klinteberg, "A parallel nonuniform fast Fourier transform library
based on an exponential of semicircle kernel", SIAM J. Sci. Comput. 41(5), 2019, eq. (1.8).
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["OVERSAMPLING", "PHASES", "WIDTH", "pulse_spectrum", "pulse_table"]

OVERSAMPLING: Final = 2
"""Grid points per sample."""

WIDTH: Final = 6
"""Grid points that a pulse covers: up to 0.44 of the sample rate its error is -108 dB."""

PHASES: Final = 16384
"""Sub-sample delays in the table: an error of half a step is -86 dB at 0.44 sample_rate."""

_SHAPE: Final = 2.40 * WIDTH
"""The pulse's beta. Barnett 2019, 4.2, has 2.30 per point of width for all frequencies up to half
the sample rate; up to 0.44 of it, 2.40 is 3 dB better."""

_QUADRATURE_POINTS: Final = 16
"""Gauss-Legendre points for the pulse's spectrum: 3e-9 of what 200 points give."""


@cache
def pulse_table() -> NDArray[np.float32]:
    """Return the pulse at every sub-sample delay.

    Returns
    -------
    Shape (phase, tap): row p holds a pulse delayed by WIDTH / 2 - 1 + (p + 1/2) / PHASES grid
    points from tap 0.
    """
    delay = (np.arange(PHASES) + 0.5) / PHASES
    taps = np.arange(WIDTH) - (WIDTH // 2 - 1)
    return _pulse((taps - delay[:, None]) / (WIDTH / 2.0)).astype(np.float32)


def pulse_spectrum(
    frequency: NDArray[np.float64], decay: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Return the Fourier transforms of the pulse, centred on zero and decaying as exp(-decay x).

    The pulse is even, so its halves sum to cosh(decay x) cos(2 pi f x) in the real part and
    sinh(decay x) sin(2 pi f x) in the imaginary one.

    Parameters
    ----------
    frequency
        In cycles per grid point, shape (frequency,).
    decay
        Of the grids that the pulse stands on, per grid point, shape (decay,).

    Returns
    -------
    Shape (decay, frequency).
    """
    place, area = _quadrature()
    turn, growth = 2.0 * np.pi * np.outer(place, frequency), np.outer(decay, place)
    spectrum = np.zeros((len(decay), len(frequency)), dtype=np.complex128)
    spectrum.real = np.einsum("dx,xf->df", area * np.cosh(growth), np.cos(turn))
    if np.any(decay):
        spectrum.imag = np.einsum("dx,xf->df", area * np.sinh(growth), np.sin(turn))
    return spectrum


@cache
def _quadrature() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points in the pulse's right half and the area that each stands for in both."""
    nodes, weights = np.polynomial.legendre.leggauss(_QUADRATURE_POINTS)
    right = nodes > 0.0
    areas = weights[right] * WIDTH * _pulse(nodes[right])
    return nodes[right] * (WIDTH / 2.0), areas


def _pulse(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the exponential of a semicircle over [-1, 1], zero outside."""
    height = np.sqrt(np.maximum(1.0 - position**2, 0.0))
    return np.where(np.abs(position) < 1.0, np.exp(_SHAPE * (height - 1.0)), 0.0)
