"""What a microphone records, and who is heard when."""

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import ShortTimeFFT
from scipy.signal.windows import hann

from simgen.arrays import as_real, require_between
from simgen.errors import ShapeError
from simgen.pictures.style import BLUE, COLORS, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["recording_figure"]

_FRAME: Final = 0.032
"""Length of a spectrogram's frame in s: harmonics of speech are told apart."""

_MOST_FRAMES: Final = 1500
"""More cannot be seen on a page."""

_RANGE_DB: Final = 70.0
"""Shown of the spectrogram, from the loudest downwards."""


def recording_figure(
    signal: ArrayLike,
    activity: ArrayLike,
    *,
    sample_rate: float,
    hop_length: int,
    names: Sequence[str],
    title: str = "",
) -> "Figure":
    """Draw a signal over time, its spectrogram, and when each source is heard.

    Parameters
    ----------
    signal
        Of one microphone, shape (sample,).
    activity
        Whether each source is heard, shape (frame, source).
    sample_rate
        In Hz.
    hop_length
        Samples from one frame of ``activity`` to the next.
    names
        Of the sources.
    title
        Of the whole figure.

    Raises
    ------
    ShapeError
        If the arrays or names do not belong together, or a value is not finite.
    ParameterError
        If a number is out of range, or matplotlib is not installed.
    """
    require_between(sample_rate, "sample_rate", 1000.0, 1e6)
    heard = as_real(signal, "signal", axes=("sample",))
    active = as_real(activity, "activity", axes=("frame", "source")) != 0.0
    if active.shape[1] != len(names) or not heard.size:
        raise ShapeError(f"activity has shape {active.shape}", allowed=f"(frame, {len(names)})")
    rows = (1.3, 2.2, 0.35 + 0.22 * max(1, len(names)))
    with new_figure(9.0, 1.2 + sum(rows)) as figure:
        wave, spectrogram, turns = figure.subplots(3, 1, sharex=True, height_ratios=rows)
        time = np.arange(len(heard)) / sample_rate
        wave.plot(time, heard, color=BLUE, linewidth=0.5)
        wave.set(ylabel="amplitude", title=title, xlim=(0.0, len(heard) / sample_rate))
        _draw_spectrogram(spectrogram, heard, sample_rate)
        _draw_activity(turns, active, hop_length / sample_rate, names)
        turns.set_xlabel("time (s)")
    return figure


def _draw_spectrogram(axes: "Axes", signal: NDArray[np.float64], sample_rate: float) -> None:
    """Draw the level of each frame and frequency."""
    length = min(round(_FRAME * sample_rate), len(signal))
    hop = max(length // 4, -(-len(signal) // _MOST_FRAMES), 1)
    # A Hann window is 0 at its first sample, so one of a single sample would be silent.
    frames = ShortTimeFFT(hann(length + 1)[1:], hop, sample_rate)
    power = np.abs(frames.stft(signal)) ** 2
    relative = np.maximum(power / (power.max() or 1.0), np.finfo(np.float64).tiny)
    image = axes.imshow(
        10.0 * np.log10(relative),
        origin="lower",
        aspect="auto",
        extent=_extent(frames, len(signal), sample_rate),
        cmap="magma",
        vmin=-_RANGE_DB,
        vmax=0.0,
        interpolation="nearest",
    )
    axes.grid(False)
    axes.set(ylabel="frequency (kHz)", ylim=(0.0, 5e-4 * sample_rate))
    bar = axes.figure.colorbar(image, ax=axes, pad=0.01)
    bar.set_label("level re maximum (dB)")


def _extent(
    frames: ShortTimeFFT, num_samples: int, sample_rate: float
) -> tuple[float, float, float, float]:
    """Return where the outer frames and frequencies end, in s and kHz."""
    times, step = frames.t(num_samples), frames.hop / sample_rate
    return (
        float(times[0] - 0.5 * step),
        float(times[-1] + 0.5 * step),
        -5e-4 * frames.delta_f,
        1e-3 * (frames.f[-1] + 0.5 * frames.delta_f),
    )


def _draw_activity(
    axes: "Axes", active: NDArray[np.bool_], hop: float, names: Sequence[str]
) -> None:
    """Draw a bar while a source is heard, the first source on top."""
    for row, color in zip(range(len(names)), cycle(COLORS), strict=False):
        spans = [(hop * start, hop * (end - start)) for start, end in _runs(active[:, row])]
        axes.broken_barh(spans, (-row - 0.35, 0.7), facecolors=color)
    axes.set(ylim=(-max(1, len(names)) + 0.5, 0.5), title="heard")
    axes.set_yticks([-row for row in range(len(names))], names)
    axes.grid(axis="y", visible=False)


def _runs(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return where each run of true frames starts, and the frame after its end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(int)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
