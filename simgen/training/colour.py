"""The colour of training speech: telephones, microphones and voices beyond the shipped ones."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simgen.scene.record import Record
from simgen.scene.seeds import Generators

__all__ = ["Colour", "coloured", "draw_colour"]

LOW_PASS_SHARE: Final = 0.35
"""Share of the sources that are band-limited, as recordings of telephones are."""

LEAST_CUTOFF, GREATEST_CUTOFF = 3000.0, 4200.0
"""Limits of a low-pass in Hz."""

GREATEST_GAIN_DB: Final = 4.0
"""Greatest gain and loss of the equaliser."""

KNOTS: Final = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
"""Frequencies in Hz between which the equaliser's gain in dB is linear over octaves."""

_SLOPE: Final = 16
"""Exponent of the low-pass: its power falls by 48 dB an octave, as that of eight poles does."""


class Colour(Record):
    """A filter of one source.

    Attributes
    ----------
    gains_db
        Of the equaliser at its knots.
    cutoff
        Of the low-pass in Hz, where it takes half of the power; None for none.
    """

    gains_db: tuple[float, ...]
    cutoff: float | None


def draw_colour(generators: Generators) -> Colour:
    """Draw the colour of a scene's only source."""
    generator = generators.at("training.colour")
    gains = generator.uniform(-GREATEST_GAIN_DB, GREATEST_GAIN_DB, len(KNOTS))
    is_limited = generator.random() < LOW_PASS_SHARE
    cutoff = generator.uniform(LEAST_CUTOFF, GREATEST_CUTOFF)
    return Colour(gains_db=tuple(gains.tolist()), cutoff=float(cutoff) if is_limited else None)


def coloured(
    signal: NDArray[np.float64], colour: Colour, sample_rate: float
) -> NDArray[np.float64]:
    """Filter a signal without delay, and leave its power as it was.

    Parameters
    ----------
    signal
        Shape (sample,).
    colour
        The filter.
    sample_rate
        In Hz.
    """
    spectrum = np.fft.rfft(signal)
    frequencies = np.fft.rfftfreq(len(signal), 1.0 / sample_rate)
    octaves = np.log2(np.maximum(frequencies, KNOTS[0]))
    gains = 10.0 ** (np.interp(octaves, np.log2(KNOTS), colour.gains_db) / 20.0)
    if colour.cutoff is not None:
        gains = gains / np.sqrt(1.0 + (frequencies / colour.cutoff) ** _SLOPE)
    filtered = np.fft.irfft(spectrum * gains, len(signal))
    power = np.sum(np.square(filtered))
    return filtered * np.sqrt(np.sum(np.square(signal)) / power) if power > 0.0 else filtered
