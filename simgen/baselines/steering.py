"""What a plane wave does to an array, and a recording in the form that is steered.

Localisers share one short-time spectrum: Hann frames of 32 ms, half overlapping, 250 to 6000 Hz.
"""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_points, as_real, require_between
from simgen.errors import ParameterError, ShapeError

__all__ = [
    "FRAME_DURATION",
    "HIGHEST_FREQUENCY",
    "HOP_DURATION",
    "LOWEST_FREQUENCY",
    "as_recording",
    "frame_length",
    "phasors",
    "plane_wave_leads",
    "require_speeds",
    "short_time_spectra",
    "steering_vectors",
]

FRAME_DURATION: Final = 0.032
"""Length of a Hann frame in s: 512 samples at 16 kHz. On development scenes (see
`simgen.baselines.srp_phat`) 1024 samples locate equally well, 2048 half a degree of OSPA worse."""

HOP_DURATION: Final = FRAME_DURATION / 2.0
"""Time from one frame to the next in s."""

LOWEST_FREQUENCY: Final = 250.0
"""Lower edge of the band in Hz; 100 Hz makes no difference on development scenes."""

HIGHEST_FREQUENCY: Final = 6000.0
"""Upper edge of the band in Hz; on development scenes 3750 Hz and 7900 Hz are each 0.4 degrees of
OSPA worse."""


def as_recording(
    signals: ArrayLike, microphones: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check a recording against the array that made it.

    Parameters
    ----------
    signals
        Recorded sound pressure, shape (microphone, sample).
    microphones
        Positions in the array's frame in m, shape (microphone, 3).

    Returns
    -------
    The signals and the positions.

    Raises
    ------
    ShapeError
        If an array has the wrong axes or a value that is not finite, or they do not fit.
    ParameterError
        If the microphones do not lie apart in the horizontal plane.
    """
    channels = as_real(signals, "signals", axes=("microphone", "sample"))
    positions = as_points(microphones, "microphones")
    if len(channels) != len(positions):
        raise ShapeError(
            f"signals has {len(channels)} channels for {len(positions)} microphones",
            fix="Give one channel per microphone, channels along the first axis",
        )
    if not np.any(positions[1:, :2] != positions[:1, :2]):
        raise ParameterError("the microphones do not lie apart in the horizontal plane")
    return channels, positions


def require_speeds(sample_rate: float, speed_of_sound: float) -> None:
    """Refuse a sample rate or a speed of sound that nobody has.

    Raises
    ------
    ParameterError
        If the sample rate is not 8000 to 192000 Hz, or the speed of sound 100 to 1000 m/s.
    """
    require_between(sample_rate, "sample rate in Hz", 8000, 192000)
    require_between(speed_of_sound, "speed of sound in m/s", 100, 1000)


def frame_length(sample_rate: float) -> int:
    """Return the even number of samples in a frame."""
    return 2 * round(HOP_DURATION * sample_rate)


def short_time_spectra(
    signals: NDArray[np.float64], sample_rate: float
) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Transform the Hann frames of signals, and keep the band.

    Returns
    -------
    Spectra, shape (microphone, frame, frequency), and the frequencies in Hz.

    Raises
    ------
    ParameterError
        If the recording is shorter than one frame.
    """
    frames = _hann_frames(signals, sample_rate)
    frequencies = np.asarray(np.fft.rfftfreq(frames.shape[2], 1.0 / sample_rate), dtype=np.float64)
    band = (frequencies >= LOWEST_FREQUENCY) & (frequencies <= HIGHEST_FREQUENCY)
    return np.asarray(np.fft.rfft(frames)[..., band], dtype=np.complex128), frequencies[band]


def phasors(spectra: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Keep the phase factors of spectra (the phase transform); 0 where there is silence."""
    magnitudes = np.abs(spectra)
    return np.divide(spectra, magnitudes, out=np.zeros_like(spectra), where=magnitudes > 0.0)


def plane_wave_leads(
    microphones: NDArray[np.float64], azimuths: NDArray[np.float64], speed_of_sound: float
) -> NDArray[np.float64]:
    """Return the time in s by which a plane wave meets each microphone before the origin.

    Parameters
    ----------
    microphones
        Positions in m, shape (microphone, 3).
    azimuths
        Where the waves come from, in the horizontal plane, in radians, shape (azimuth,).
    speed_of_sound
        In m/s.

    Returns
    -------
    ndarray
        Shape (azimuth, microphone).
    """
    towards = np.stack([np.cos(azimuths), np.sin(azimuths)], axis=1)
    return np.asarray(np.einsum("ax,mx->am", towards, microphones[:, :2]) / speed_of_sound)


def steering_vectors(
    leads: NDArray[np.float64], frequencies: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """Return the phase factors that leads give, shape (frequency, azimuth, microphone)."""
    return np.asarray(np.exp(2j * np.pi * frequencies[:, None, None] * leads))


def _hann_frames(signals: NDArray[np.float64], sample_rate: float) -> NDArray[np.float64]:
    """Cut signals into weighted frames, (microphone, frame, sample)."""
    length, hop = frame_length(sample_rate), frame_length(sample_rate) // 2
    if signals.shape[1] < length:
        raise ParameterError(
            "the recording is too short, in samples",
            value=signals.shape[1],
            allowed=f"at least {length}",
        )
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)
    return np.asarray(sliding_window_view(signals, length, axis=1)[:, ::hop] * window)
