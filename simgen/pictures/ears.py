"""Responses from loudspeakers to the ears of a listener."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real, require_between
from simgen.errors import ShapeError
from simgen.pictures.style import BLUE, VERMILLION, label_frequencies, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["ear_responses_figure"]

_EARS: Final = (("left ear", BLUE, "-"), ("right ear", VERMILLION, "--"))

_LOWEST: Final = 50.0
"""Frequency in Hz from which magnitudes are shown: below, rooms are short of image sources."""

_RANGE_DB: Final = 50.0
"""Shown of the magnitudes, from the loudest downwards."""

_AUDIBLE: Final = 0.01
"""Of the peak, -40 dB: the time that is shown ends with the last sample above."""


def ear_responses_figure(
    responses: ArrayLike, sample_rate: float, *, title: str = "", longest: float = 0.05
) -> "Figure":
    """Draw the responses of each loudspeaker over time and over frequency.

    Parameters
    ----------
    responses
        Impulse responses at one pose, time 0 when the sound is emitted, left ear first, shape
        (ear, loudspeaker, sample).
    sample_rate
        In Hz.
    title
        Of the whole figure: the listener, the pose, the device.
    longest
        Most time shown, in s from the first arrival.

    Raises
    ------
    ShapeError
        If the axes are not right, there are not two ears, or a value is not finite.
    ParameterError
        If the sample rate is out of range, or matplotlib is not installed.
    """
    require_between(sample_rate, "sample_rate", 1000.0, 1e6)
    heard = as_real(responses, "responses", axes=("2", "loudspeaker", "sample"))
    if len(heard) != 2 or not heard.size:
        raise ShapeError(f"responses has shape {heard.shape}", allowed="(2, loudspeaker, sample)")
    count = heard.shape[1]
    with new_figure(9.0, 1.0 + 1.7 * count) as figure:
        grid = figure.subplots(count, 2, sharex="col", sharey="col", squeeze=False)
        for k, (over_time, over_frequency) in enumerate(grid):
            _draw_time(over_time, heard[:, k], sample_rate)
            _draw_magnitude(over_frequency, heard[:, k], sample_rate)
            over_time.set_title(f"loudspeaker {k}")
        _limit(grid, heard, sample_rate, longest)
        figure.suptitle(title, fontsize="medium")
        lines, names = grid[0, 0].get_legend_handles_labels()
        figure.legend(lines, names, loc="outside lower center", ncols=2)
    return figure


def _draw_time(axes: "Axes", pair: NDArray[np.float64], sample_rate: float) -> None:
    """Draw the impulse responses to both ears."""
    time_ms = 1e3 * np.arange(pair.shape[1]) / sample_rate
    for response, (name, color, dashes) in zip(pair, _EARS, strict=True):
        axes.plot(time_ms, response, color=color, linestyle=dashes, linewidth=0.9, label=name)
    axes.set(ylabel="amplitude (1/m)")


def _draw_magnitude(axes: "Axes", pair: NDArray[np.float64], sample_rate: float) -> None:
    """Draw the magnitudes of both responses."""
    frequency = np.fft.rfftfreq(pair.shape[1], 1.0 / sample_rate)
    magnitude = np.maximum(np.abs(np.fft.rfft(pair)), np.finfo(np.float64).tiny)
    for level, (name, color, dashes) in zip(20.0 * np.log10(magnitude), _EARS, strict=True):
        axes.plot(frequency, level, color=color, linestyle=dashes, linewidth=0.9, label=name)
    label_frequencies(axes, _LOWEST, 0.5 * sample_rate)
    axes.set(xlabel="", ylabel="level (dB re 1/m)")


def _limit(
    grid: NDArray[Any], heard: NDArray[np.float64], sample_rate: float, longest: float
) -> None:
    """Show of all panels alike what is loud enough to be seen."""
    largest = np.max(np.abs(heard), axis=(0, 1))
    sounding = np.flatnonzero(largest > _AUDIBLE * largest.max())
    first, last = (
        sounding[[0, -1]] if sounding.size else np.array([0, heard.shape[2]])
    ) / sample_rate
    start, end = max(0.0, first - 1e-3), min(last, first + longest) + 1e-3
    grid[-1, 0].set_xlabel("time since emission (ms)")
    grid[-1, 1].set_xlabel("frequency (Hz)")
    grid[0, 0].set_xlim(1e3 * start, 1e3 * end)
    drawn = [line.get_data() for axes in grid[:, 1] for line in axes.get_lines()]
    tops = [np.max(level[frequency >= _LOWEST], initial=-np.inf) for frequency, level in drawn]
    top = max(tops) if largest.any() else 0.0
    grid[0, 1].set_ylim(top - _RANGE_DB, top + 3.0)
