"""What the paths of a chain send to a listening point, before and after they are aligned."""

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import resample

from simgen.arrays import as_real, require_between
from simgen.errors import ParameterError, ShapeError
from simgen.pictures.style import COLORS, GREY, new_figure
from simgen.playback.alignment import correlation_delays

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["alignment_figure"]

_FINER: Final = 8
"""Points drawn for each sample, so that peaks between samples are seen."""

_AUDIBLE: Final = 0.02
"""Of the largest magnitude, about -34 dB: where a path's picture begins and ends."""

_SPACING: Final = 2.2
"""Between paths, whose peaks are 1 high."""

_MARGIN: Final = 0.1
"""Of what is shown, left free on either side."""


def alignment_figure(
    before: ArrayLike, after: ArrayLike, *, sample_rate: float, names: Sequence[str]
) -> "Figure":
    """Draw the impulse responses of paths below each other, unaligned and aligned.

    Parameters
    ----------
    before, after
        Impulse responses at the listening point, shape (path, sample) each.
    sample_rate
        In Hz.
    names
        Of the paths, such as left, right and centre.

    Raises
    ------
    ShapeError
        If the two do not hold as many paths as there are names, or a value is not finite.
    ParameterError
        If the sample rate is out of range, a path is silent, or matplotlib is not installed.
    """
    require_between(sample_rate, "sample_rate", 1.0, 1e6)
    unaligned, aligned = _as_paths(before, "before", names), _as_paths(after, "after", names)
    spans = [_span(paths, sample_rate) for paths in (unaligned, aligned)]
    width = (1.0 + 2.0 * _MARGIN) * max(last - first for first, last in spans)
    with new_figure(9.0, 1.1 + 1.0 * len(names)) as figure:
        panels = figure.subplots(1, 2, sharey=True)
        for axes, paths, span in zip(panels, (unaligned, aligned), spans, strict=True):
            _draw_paths(axes, paths, sample_rate)
            middle = 0.5 * sum(span)
            axes.set(xlabel="time (ms)", xlim=(middle - 0.5 * width, middle + 0.5 * width))
            axes.set_yticks([-_SPACING * row for row in range(len(names))], names)
            axes.locator_params(axis="x", nbins=6)
        panels[0].set_title("(a) Before alignment")
        panels[1].set_title("(b) After alignment")
        arrival = panels[0].plot([], [], color=GREY, linestyle="--", linewidth=0.8)
        name = f"arrival, by correlation with {names[-1]}"
        figure.legend(arrival, [name], loc="outside lower center")
    return figure


def _as_paths(values: ArrayLike, name: str, names: Sequence[str]) -> NDArray[np.float64]:
    """Return responses of which none is silent."""
    paths = as_real(values, name, axes=("path", "sample"))
    if len(paths) != len(names) or not paths.size:
        raise ShapeError(f"{name} has shape {paths.shape}", allowed=f"({len(names)}, sample)")
    silent = ~np.any(paths, axis=1)
    if np.any(silent):
        raise ParameterError("a path is silent, path", value=names[int(np.argmax(silent))])
    return paths


def _span(paths: NDArray[np.float64], sample_rate: float) -> tuple[float, float]:
    """Return from when to when something of a path is to be seen, in ms."""
    loud = np.abs(paths) > _AUDIBLE * np.max(np.abs(paths), axis=1, keepdims=True)
    sounding = np.flatnonzero(np.any(loud, axis=0))
    first, last = 1e3 / sample_rate * (sounding[[0, -1]] + (-1, 1))
    return float(first), float(last)


def _draw_paths(axes: "Axes", paths: NDArray[np.float64], sample_rate: float) -> None:
    """Draw each path at its own height, scaled to its peak, and when it arrives."""
    step_ms = 1e3 / sample_rate
    scaled = paths / np.max(np.abs(paths), axis=1, keepdims=True)
    fine = resample(scaled, _FINER * paths.shape[1], axis=1)
    time_ms = step_ms / _FINER * np.arange(fine.shape[1])
    late = correlation_delays(paths, reference=len(paths) - 1)
    arrivals = step_ms * (np.argmax(np.abs(paths[-1])) + late)
    for row, (path, arrival, color) in enumerate(zip(fine, arrivals, cycle(COLORS), strict=False)):
        axes.axvline(arrival, color=color, linestyle="--", linewidth=0.8)
        axes.plot(time_ms, path - _SPACING * row, color=color, linewidth=1.0)
