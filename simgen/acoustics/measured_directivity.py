"""Directivity of a source that was measured, such as one read from a SOFA file."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.acoustics.spherical_harmonics import evaluate_harmonics, fit_harmonics
from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError

__all__ = ["measured_directivity"]


def measured_directivity(
    directions: ArrayLike,
    frequencies: ArrayLike,
    responses: ArrayLike,
    centres: ArrayLike,
    *,
    order: int,
    smoothing: float = 1e-6,
) -> NDArray[np.float64]:
    """Fit coefficients to a source's measured radiation.

    A band's gain in a direction is the root mean square of the magnitudes measured within the
    octave, relative to the fit's own value in front; phases are not kept.

    Parameters
    ----------
    directions
        From the source to each receiver, unit vectors in the source's frame, shape
        (direction, 3).
    frequencies
        In Hz, ascending, shape (frequency,).
    responses
        Complex transfer functions, shape (direction, frequency).
    centres
        Octave centre frequencies in Hz, shape (band,).
    order, smoothing
        See ``fit_harmonics``.

    Returns
    -------
    Coefficients, shape (band, harmonic), with a gain of 1 in front.

    Raises
    ------
    ShapeError
        If an array is not finite, or shapes differ.
    ParameterError
        If an octave holds no measured frequency, or nothing is radiated to the front.
    """
    tones = as_real(frequencies, "frequencies", axes=("frequency",))
    power = as_real(
        np.abs(np.asarray(responses)) ** 2, "responses", axes=("direction", "frequency")
    )
    if power.shape[1] != len(tones):
        raise ShapeError(f"responses has shape {power.shape}", allowed=f"(direction, {len(tones)})")
    gains = []
    for centre in as_real(centres, "centres", axes=("band",)):
        within = (tones >= centre / math.sqrt(2.0)) & (tones < centre * math.sqrt(2.0))
        if not np.any(within):
            raise ParameterError("an octave holds no measured frequency", value=float(centre))
        gains.append(np.sqrt(np.mean(power[:, within], axis=1)))
    fitted = fit_harmonics(directions, gains, order, smoothing=smoothing)
    front = evaluate_harmonics(fitted, [(1.0, 0.0, 0.0)])
    if np.any(front <= 0.0):
        raise ParameterError("nothing is radiated to the front", allowed="a source that faces +x")
    return np.asarray(fitted / front)
