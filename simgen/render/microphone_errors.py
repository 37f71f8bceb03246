"""What microphones do to sound that they are not said to do: gains and phases of their own."""

import math
from collections.abc import Iterator, Sequence
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from simgen.render.mix import convolve, superpose
from simgen.scene.channels import MicrophoneErrors

__all__ = ["amplified", "image_with_phases", "in_quadrature", "superposed_with_phases"]


def amplified(
    responses: NDArray[np.float32], errors: MicrophoneErrors | None
) -> NDArray[np.float32]:
    """Multiply responses (source, microphone, sample) by the gain of each microphone."""
    if errors is None:
        return responses
    return responses * np.array(errors.gains, dtype=np.float32)[:, None]


def in_quadrature(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Delay every frequency of a signal (sample,) by a quarter of its period: Hilbert transform.

    Silence goes before and after, so that nothing of the end comes back at the beginning. What
    lies at 0 Hz has no phase and vanishes: there, and at half the rate, a spectrum is real.
    """
    length = next_fast_len(2 * signal.size, real=True)
    spectrum = rfft(signal, length)
    turned = np.empty_like(spectrum)
    turned.real, turned.imag = spectrum.imag, -spectrum.real
    transformed: NDArray[np.float64] = irfft(turned, length)[: signal.size]
    return transformed


def image_with_phases(
    dry: NDArray[np.float64],
    responses: NDArray[np.float32],
    errors: MicrophoneErrors | None,
    num_samples: int,
) -> NDArray[np.float32]:
    """Convolve a dry signal with the responses from its source, each led by a phase.

    Parameters
    ----------
    dry
        Shape (sample,).
    responses
        Shape (microphone, sample).
    errors
        With the phases; None for none.
    num_samples
        Length of the result.

    Returns
    -------
    The source's image, shape (microphone, sample), float32; without phases the same bytes as
    those of `convolve`.
    """
    if not _has_phases(errors):
        return convolve(dry, responses, num_samples)
    rows = _each_microphone([dry], responses[None], errors)
    return np.concatenate([convolve(led[0], own[0], num_samples) for led, own in rows])


def superposed_with_phases(
    dry: Sequence[NDArray[np.float64]],
    responses: NDArray[np.float32],
    errors: MicrophoneErrors | None,
    num_samples: int,
) -> NDArray[np.float64]:
    """Sum the images that `image_with_phases` gives, without having one in memory.

    Parameters
    ----------
    dry
        The signal of each source, (sample,).
    responses
        Shape (source, microphone, sample).
    errors
        With the phases; None for none.
    num_samples
        Length of the result.

    Returns
    -------
    Shape (microphone, sample), float64.
    """
    if not _has_phases(errors):
        return superpose(dry, responses, num_samples)
    rows = _each_microphone(dry, responses, errors)
    return np.concatenate([superpose(led, own, num_samples) for led, own in rows])


def _has_phases(errors: MicrophoneErrors | None) -> TypeGuard[MicrophoneErrors]:
    """Tell whether any microphone has a phase of its own."""
    return errors is not None and any(errors.phases)


def _each_microphone(
    dry: Sequence[NDArray[np.float64]], responses: NDArray[np.float32], errors: MicrophoneErrors
) -> Iterator[tuple[list[NDArray[np.float64]], NDArray[np.float32]]]:
    """Yield what the sources emit, led by a microphone's phase, and its responses (source, 1, :).

    A phase that leads has no causal response. But what is linear may come in any order, so that it
    is the dry signal that is turned.
    """
    late = [in_quadrature(signal) for signal in dry]
    for microphone, phase in enumerate(errors.phases):
        along, across = math.cos(phase), math.sin(phase)
        led = [along * one - across * other for one, other in zip(dry, late, strict=True)]
        yield led, responses[:, microphone : microphone + 1]
