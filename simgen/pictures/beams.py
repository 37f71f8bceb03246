"""The pattern of a beam over frequency and azimuth."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError
from simgen.pictures.style import COLORS, label_frequencies, new_figure
from simgen.playback.beam_measures import as_index
from simgen.playback.plants import as_frequencies, as_responses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["beam_figure", "beam_maps_figure"]

_LOWEST_DB: Final = -30.0
"""Below it nothing is told apart: errors of drivers leave about -25 dB of a null."""

_HIGHEST_DB: Final = 5.0
"""A beam may be louder beside its axis."""

_STEP_DB: Final = 2.5
"""Of the colours: levels can be read off, which they cannot where colours flow."""

_CUTS: Final = (500.0, 1000.0, 2000.0, 4000.0)
"""Frequencies in Hz of the polar cuts, octave by octave."""

_LEVEL: Final = "level re on-axis (dB)"

_DASHES: Final = ("-", "--", "-.", ":")


def beam_figure(
    frequency: ArrayLike,
    azimuth: ArrayLike,
    pattern: ArrayLike,
    *,
    axis: int,
    cuts: tuple[float, ...] = _CUTS,
    title: str = "",
) -> "Figure":
    """Draw a pattern relative to its axis over frequency and azimuth, and as polar cuts.

    Parameters
    ----------
    frequency
        In Hz, rising from above 0, shape (frequency,).
    azimuth
        In rad, rising within one turn, shape (azimuth,).
    pattern
        Complex, shape (frequency, azimuth).
    axis
        Index of the azimuth of the axis.
    cuts
        Frequencies of the polar cuts in Hz; those outside the range are left out.
    title
        Of the whole figure: the device, the system.

    Raises
    ------
    ShapeError
        If the axes are not right, do not belong together, or a value is not finite.
    ParameterError
        If frequencies or azimuths do not rise, or there is no such axis, it is silent at a
        frequency, or matplotlib is not installed.
    """
    frequencies, places = _as_audible(frequency), _as_azimuths(azimuth)
    level_db = _relative_level_db(pattern, axis, (len(frequencies), len(places)))
    with new_figure(9.6, 4.2) as figure:
        grid = figure.add_gridspec(1, 2, width_ratios=(1.5, 1.0))
        over_frequency = figure.add_subplot(grid[0])
        mesh = _draw_map(over_frequency, frequencies, places, level_db)
        over_frequency.set_title("(a) Over frequency and azimuth")
        figure.colorbar(mesh, ax=over_frequency, extend="both", label=_LEVEL)
        polar = figure.add_subplot(grid[1], projection="polar")
        within = [cut for cut in cuts if frequencies[0] <= cut <= frequencies[-1]]
        for cut, color, dashes in zip(within, COLORS, _DASHES, strict=False):
            row = level_db[np.argmin(np.abs(np.log(frequencies / cut)))]
            _draw_cut(
                polar, places, row, {"color": color, "linestyle": dashes, "label": _hertz(cut)}
            )
        _label_polar(polar)
        figure.suptitle(title, fontsize="medium")
    return figure


def beam_maps_figure(
    frequency: ArrayLike,
    azimuth: ArrayLike,
    patterns: Mapping[str, ArrayLike],
    *,
    axis: int,
    columns: int = 2,
) -> "Figure":
    """Draw patterns relative to their axes over frequency and azimuth, beside each other.

    Parameters
    ----------
    frequency, azimuth, axis
        As for :func:`beam_figure`.
    patterns
        Complex, shape (frequency, azimuth) each, by title, row by row.
    columns
        Most maps side by side.

    Raises
    ------
    ShapeError, ParameterError
        As :func:`beam_figure` does, or if there is no pattern.
    """
    if not patterns:
        raise ParameterError("there is no pattern to draw")
    frequencies, places = _as_audible(frequency), _as_azimuths(azimuth)
    shape = (len(frequencies), len(places))
    levels = {title: _relative_level_db(each, axis, shape) for title, each in patterns.items()}
    across = min(columns, len(levels))
    down = -(-len(levels) // across)
    with new_figure(1.4 + 2.9 * across, 0.6 + 2.0 * down) as figure:
        grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
        for axes, (title, level_db) in zip(grid.flat, levels.items(), strict=False):
            mesh = _draw_map(axes, frequencies, places, level_db)
            axes.set_title(title)
            axes.set_ylabel("azimuth (deg)")
            axes.set_yticks(np.arange(-180.0, 181.0, 90.0))
            axes.label_outer()
        for axes in grid.flat[len(levels) :]:
            axes.remove()
        figure.colorbar(mesh, ax=[*figure.axes], extend="both", label=_LEVEL)
    return figure


def _as_audible(frequency: ArrayLike) -> NDArray[np.float64]:
    """Return frequencies that rise from above 0 Hz."""
    frequencies = as_frequencies(frequency, num_frequencies=np.size(frequency))
    if frequencies[0] <= 0.0:
        raise ParameterError("frequency must be above 0 Hz", value=float(frequencies[0]))
    return frequencies


def _as_azimuths(azimuth: ArrayLike) -> NDArray[np.float64]:
    """Return azimuths that rise within one turn."""
    places = as_real(azimuth, "azimuth", axes=("azimuth",))
    if len(places) < 2 or np.any(np.diff(places) <= 0.0) or np.ptp(places) > 2.0 * np.pi:
        raise ParameterError("azimuth must rise within one turn", value=azimuth)
    return places


def _relative_level_db(
    pattern: ArrayLike, axis: int, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the level relative to the axis in dB, (frequency, azimuth)."""
    magnitude = np.abs(as_responses(pattern, "pattern", axes=("frequency", "azimuth")))
    if magnitude.shape != shape:
        raise ShapeError(f"pattern has shape {magnitude.shape}", allowed=f"{shape}")
    on_axis = magnitude[:, as_index(axis, "axis", shape[1])]
    if np.any(on_axis == 0.0):
        raise ParameterError("the axis is silent at frequency", value=int(np.argmin(on_axis)))
    least = 10.0 ** (_LOWEST_DB / 20.0 - 1.0)
    return np.asarray(20.0 * np.log10(np.maximum(magnitude / on_axis[:, None], least)))


def _draw_map(
    axes: "Axes",
    frequencies: NDArray[np.float64],
    places: NDArray[np.float64],
    level_db: NDArray[np.float64],
) -> Any:
    """Draw the level by colour, frequency to the right, azimuth upwards; return the mesh."""
    from matplotlib import colormaps

    degrees = np.rad2deg(places)
    # Levels that occur often, such as 0 dB, lie in the middle of a colour.
    lowest, highest = _LOWEST_DB - 0.5 * _STEP_DB, _HIGHEST_DB + 0.5 * _STEP_DB
    mesh = axes.pcolormesh(
        frequencies,
        degrees,
        level_db.T,
        shading="nearest",
        cmap=colormaps["viridis"].resampled(round((highest - lowest) / _STEP_DB)),
        vmin=lowest,
        vmax=highest,
        rasterized=True,  # else a vector file holds a polygon for every value
    )
    axes.grid(False)
    label_frequencies(axes, frequencies[0], frequencies[-1])
    axes.set_ylabel("azimuth, left positive (deg)")
    axes.set_yticks(np.arange(-180.0, 181.0, 45.0))
    axes.set_ylim(degrees[0], degrees[-1])  # which ticks may have widened
    return mesh


def _draw_cut(
    axes: "Axes", places: NDArray[np.float64], level_db: NDArray[np.float64], style: dict[str, Any]
) -> None:
    """Draw the level at one frequency, closed where the azimuths go all the way round."""
    step = np.max(np.diff(places))
    closed = slice(0, 1 if places[0] + 2.0 * np.pi - places[-1] <= 1.5 * step else 0)
    around = np.append(places, places[closed])
    axes.plot(around, np.clip(np.append(level_db, level_db[closed]), _LOWEST_DB, None), **style)


def _label_polar(axes: Any) -> None:
    """Put the front on top and the left on the left, with angles and levels named."""
    axes.set_theta_zero_location("N")
    angles = np.arange(0, 360, 45)
    signed = [each if each <= 180 else each - 360 for each in angles]
    names = [f"{each}\N{DEGREE SIGN}".replace("-", "\N{MINUS SIGN}") for each in signed]
    axes.set_thetagrids(angles, names)
    axes.set_rlim(_LOWEST_DB, _HIGHEST_DB)
    axes.set_rgrids([-30.0, -20.0, -10.0, 0.0], angle=112.5, fontsize=8)
    axes.set_title("(b) Level re on-axis (dB)")
    if axes.lines:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=4)


def _hertz(frequency: float) -> str:
    """Return a frequency with its unit."""
    return f"{frequency:g} Hz" if frequency < 1000.0 else f"{frequency / 1000.0:g} kHz"
