"""Read measured heads, microphones and loudspeakers from SOFA files (AES69).

Directions are given in the frame of what was measured: x front, y left, z up. A SOFA file gives
the positions of sources and receivers in the frame of the room, with degrees counted as here
(azimuth counter-clockwise from the front, elevation up), and says where the measured object is
and where it looks.

References
----------
AES69-2022, AES standard for file exchange: Spatial acoustic data file format; the tables of its
conventions are at https://www.sofaconventions.org.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simgen.exchange.sofa_data import (
    require_convention,
    require_delays,
    require_text,
    sample_rate,
)
from simgen.exchange.sofa_file import SofaFile, open_sofa
from simgen.exchange.sofa_geometry import (
    directions_and_distances,
    receiver_positions,
    repeated,
    require_few,
    seen_from,
    source_positions,
)

__all__ = [
    "MeasuredDirectivity",
    "MeasuredResponses",
    "read_directivity",
    "read_impulse_responses",
]


@dataclass(frozen=True)
class MeasuredResponses:
    """Impulse responses of a head or a microphone array by the direction of the source.

    Attributes
    ----------
    directions
        Unit vectors from the object to the source, in the object's frame, (direction, 3).
    distances
        From the object to the source in m, (direction,).
    responses
        Impulse responses, (direction, channel, tap).
    delays
        Further delay of each response in samples, not applied to it, (direction, channel).
    sample_rate
        In Hz.
    convention
        The SOFA convention, such as ``SimpleFreeFieldHRIR``.
    """

    directions: NDArray[np.float64]
    distances: NDArray[np.float64]
    responses: NDArray[np.float64]
    delays: NDArray[np.float64]
    sample_rate: float
    convention: str


@dataclass(frozen=True)
class MeasuredDirectivity:
    """A sound source's radiation by frequency and direction, as it was measured.

    Attributes
    ----------
    frequencies
        In Hz, ascending, (frequency,).
    directions
        Unit vectors from the source to each receiver, in the source's frame, (direction, 3).
    distances
        From the source to each receiver in m, (direction,).
    response
        Complex transfer functions, (direction, frequency).
    """

    frequencies: NDArray[np.float64]
    directions: NDArray[np.float64]
    distances: NDArray[np.float64]
    response: NDArray[np.complex128]


def read_impulse_responses(path: str | Path) -> MeasuredResponses:
    """Read what a head or a microphone array receives from each direction.

    Parameters
    ----------
    path
        A SOFA file of the convention SimpleFreeFieldHRIR or GeneralFIR.

    Raises
    ------
    SignalError
        If the file is not such a file, or is damaged, too large, incomplete or inconsistent, or
        has a source where the object is.
    """
    with open_sofa(Path(path)) as file:
        convention = require_convention(file, "SimpleFreeFieldHRIR", "GeneralFIR")
        require_text(file, "DataType", "FIR")
        responses = file.array("Data.IR", num_axes=(3,))
        count = require_few(file, "Data.IR", len(responses))
        delays = repeated(file, "Data.Delay", file.array("Data.Delay", num_axes=(2,)), count)
        if delays.shape != responses.shape[:2]:
            allowed = f"one delay for each of {responses.shape[1]} channels"
            raise file.refuse("Data.Delay", f"has shape {delays.shape}", allowed=allowed)
        require_delays(file, delays, responses.shape)
        sources = source_positions(file, count)
        seen = seen_from(file, "Listener", sources, count)
        directions, distances = directions_and_distances(file, "SourcePosition", seen)
        rate = sample_rate(file, count)
    return MeasuredResponses(directions, distances, responses, delays, rate, convention)


def read_directivity(path: str | Path, *, measurement: int | None = None) -> MeasuredDirectivity:
    """Read how a loudspeaker, an instrument or a talker radiates.

    Parameters
    ----------
    path
        A SOFA file of the convention FreeFieldDirectivityTF.
    measurement
        Which of the file's measurements (notes, drivers), from 0; needed if there are several.

    Raises
    ------
    SignalError
        If the file is not such a file, or is damaged, too large, incomplete or inconsistent, or
        has a receiver where the source is, or there is no such measurement.
    """
    with open_sofa(Path(path)) as file:
        require_convention(file, "FreeFieldDirectivityTF")
        require_text(file, "DataType", "TF")
        real = file.array("Data.Real", num_axes=(3,))
        imaginary = file.array("Data.Imag", num_axes=(3,))
        if imaginary.shape != real.shape:
            allowed = f"{real.shape}, that of Data.Real"
            raise file.refuse("Data.Imag", f"has shape {imaginary.shape}", allowed=allowed)
        chosen = _choose(file, measurement, require_few(file, "Data.Real", len(real)))
        frequencies = _frequencies(file, real.shape[2])
        receivers = receiver_positions(file, chosen, *real.shape[:2])
        seen = seen_from(file, "Source", receivers, len(real), chosen)
        directions, distances = directions_and_distances(file, "ReceiverPosition", seen)
    response = real[chosen] + 1j * imaginary[chosen]
    return MeasuredDirectivity(frequencies, directions, distances, response)


def _frequencies(file: SofaFile, count: int) -> NDArray[np.float64]:
    """Return the frequencies in Hz of transfer functions."""
    frequencies = file.array("N", num_axes=(1,))
    if file.units("N") != "hertz":
        raise file.refuse("N", "has other units", value=file.units("N"), allowed="hertz")
    if len(frequencies) != count:
        raise file.refuse("N", f"has {len(frequencies)} frequencies", allowed=f"{count}")
    if frequencies[0] < 0.0 or np.any(np.diff(frequencies) <= 0.0):
        raise file.refuse("N", "does not ascend", allowed="ascending frequencies from 0 Hz on")
    return frequencies


def _choose(file: SofaFile, measurement: int | None, count: int) -> int:
    """Return the index of a measurement."""
    if measurement is None and count == 1:
        return 0
    if measurement is None or not 0 <= measurement < count:
        allowed = f"0 to {count - 1}"
        raise file.refuse("Data.Real", "choose a measurement", value=measurement, allowed=allowed)
    return measurement
