"""What a SOFA file says of its data: which convention, what kind, which rate, which delays."""

import math

import numpy as np
from numpy.typing import NDArray

from simgen.exchange.sofa_file import LARGEST_VARIABLE, SofaFile

__all__ = ["require_convention", "require_delays", "require_text", "sample_rate"]


def require_convention(file: SofaFile, *allowed: str) -> str:
    """Return the file's convention if it is one of those that are read."""
    convention = file.text("SOFAConventions")
    if convention not in allowed:
        sections = "It holds second-order sections; impulse responses are needed."
        raise file.refuse(
            "SOFAConventions",
            "the convention is not one that is read here",
            value=convention,
            allowed=", ".join(allowed),
            fix=sections if convention.endswith("SOS") else None,
        )
    return convention


def require_text(file: SofaFile, name: str, *allowed: str) -> str:
    """Return an attribute if it is one of those that suit."""
    text = file.text(name)
    if text not in allowed:
        raise file.refuse(name, "does not suit", value=text, allowed=", ".join(allowed))
    return text


def sample_rate(file: SofaFile, count: int) -> float:
    """Return the rate in Hz that all measurements share."""
    rates = file.array("Data.SamplingRate", num_axes=(0, 1)).ravel()
    if file.units("Data.SamplingRate") != "hertz":
        units = file.units("Data.SamplingRate")
        raise file.refuse("Data.SamplingRate", "has other units", value=units, allowed="hertz")
    if len(rates) not in (1, count) or np.any(rates != rates[0]) or rates[0] <= 0.0:
        allowed = "one positive rate"
        raise file.refuse("Data.SamplingRate", "does not suit", value=rates, allowed=allowed)
    return float(rates[0])


def require_delays(file: SofaFile, delays: NDArray[np.float64], shape: tuple[int, ...]) -> None:
    """Refuse delays in samples that are negative, or too long for responses (..., sample)."""
    # What is longer could not be stored in such a file either.
    longest = LARGEST_VARIABLE // (8 * math.prod(shape[:-1])) - shape[-1]
    if np.min(delays) < 0.0 or np.max(delays) > longest:
        worst = delays.flat[np.argmax(np.abs(delays))]
        raise file.refuse(
            "Data.Delay", "is out of range", value=float(worst), allowed=f"0 to {longest} samples"
        )
