"""Where in a room a sound is heard from the direction that was meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ParameterError, ShapeError
from simgen.pictures.style import BLUE, COLORS, GREY, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Zone", "azimuth_differences", "listening_zone_figure", "listening_zones_figure"]

_NEAR_DEG: Final = (5.0, 10.0)
"""Differences within which a seat is counted: a listening zone's measure."""

_WIDEST_DEG: Final = 20.0
"""Differences at and beyond which colours no longer change."""

_STEP_DEG: Final = 2.5
"""Of the colours of a seat's error."""

_MARKERS: Final = ("o", "s", "X")
"""Of seats within the first, within the second, and beyond: readable without colours."""


_MOST_NUMBERED: Final = 30
"""Seats up to which each is drawn with its number: more would touch."""


@dataclass(frozen=True)
class Zone:
    """Where each of several sources is heard at each seat.

    Attributes
    ----------
    title
        The device, the system, or both.
    seats
        Positions from the nominal seat in m, x towards the device and y left, shape (seat, 2).
    perceived, intended
        Azimuths in rad, as for :func:`azimuth_differences`.
    """

    title: str
    seats: ArrayLike
    perceived: ArrayLike
    intended: ArrayLike


def azimuth_differences(perceived: ArrayLike, intended: ArrayLike) -> NDArray[np.float64]:
    """Return at each seat the largest difference of perceived less intended azimuth, signed.

    Parameters
    ----------
    perceived
        In rad, shape (seat, source).
    intended
        In rad, the same for all seats, shape (source,), or for each, shape (seat, source).

    Returns
    -------
    ndarray
        In rad, in (-pi, pi], shape (seat,).

    Raises
    ------
    ShapeError
        If the two do not belong together, are empty, or a value is not finite.

    Examples
    --------
    >>> azimuth_differences([[0.1, -0.3]], [0.0, 0.0])
    array([-0.3])
    """
    difference = _signed_differences(perceived, intended)
    worst = np.argmax(np.abs(difference), axis=1)
    return np.asarray(difference[np.arange(len(difference)), worst])


def _signed_differences(perceived: ArrayLike, intended: ArrayLike) -> NDArray[np.float64]:
    """Return perceived less intended azimuth, the short way round, in rad, (seat, source)."""
    heard = as_real(perceived, "perceived", axes=("seat", "source"))
    axes = ("source",) if np.ndim(intended) == 1 else ("seat", "source")
    meant = as_real(intended, "intended", axes=axes)
    if not heard.size or meant.shape not in (heard.shape, heard.shape[1:]):
        raise ShapeError(
            f"intended has shape {meant.shape}", allowed=f"{heard.shape[1:]} or {heard.shape}"
        )
    return np.asarray(np.pi - np.mod(np.pi - (heard - meant), 2.0 * np.pi))


def listening_zone_figure(
    seats: ArrayLike, perceived: ArrayLike, *, intended: ArrayLike
) -> "Figure":
    """Draw by how much perceived and intended azimuth differ at each seat, and the share of seats.

    Parameters
    ----------
    seats
        Positions from the nominal seat in m, x towards the device and y left, shape (seat, 2).
    perceived, intended
        Azimuths in rad, as for :func:`azimuth_differences`; the largest difference counts.

    Raises
    ------
    ShapeError
        If the arrays do not belong together, or a value is not finite.
    ParameterError
        If matplotlib is not installed.
    """
    difference = _rounded_degrees(azimuth_differences(perceived, intended))
    places = _as_seats(seats, len(difference))
    with new_figure(9.6, 4.2) as figure:
        zone, share = figure.subplots(1, 2, width_ratios=(1.2, 1.0))
        _draw_seats(zone, places, difference)
        _draw_share(share, np.abs(difference))
        lines, names = zone.get_legend_handles_labels()
        figure.legend(lines, names, loc="outside lower left", ncols=3, handletextpad=0.1)
    return figure


def listening_zones_figure(zones: Sequence[Zone], *, columns: int = 2) -> "Figure":
    """Draw the mean error of azimuth over the seats of each zone, and how errors are spread.

    An error is the perceived less the intended azimuth, whatever its sign. That of a seat is the
    mean over its sources; the share counts each source at each seat.

    Parameters
    ----------
    zones
        What is compared, row by row.
    columns
        Most zones side by side.

    Raises
    ------
    ShapeError
        If the arrays of a zone do not belong together, or a value is not finite.
    ParameterError
        If there is no zone, or matplotlib is not installed.
    """
    if not zones:
        raise ParameterError("there is no listening zone to draw")
    errors = [
        np.abs(_rounded_degrees(_signed_differences(each.perceived, each.intended)))
        for each in zones
    ]
    seats = [_as_seats(each.seats, len(error)) for each, error in zip(zones, errors, strict=True)]
    across = min(columns, len(zones))
    down = -(-len(zones) // across)
    with new_figure(4.2 + 1.8 * across, max(3.2, 0.5 + 1.9 * down)) as figure:
        grid = figure.add_gridspec(down, across + 1, width_ratios=[*[1.0] * across, 1.7])
        maps = []
        for number, (each, places, error) in enumerate(zip(zones, seats, errors, strict=True)):
            axes = figure.add_subplot(grid[number // across, number % across])
            points = _draw_errors(axes, places, error.mean(axis=1))
            axes.set_title(each.title)
            # Named where nothing is below or to the left, all having the same seats or not.
            axes.set_xlabel("lateral, left positive (m)" if number + across >= len(zones) else "")
            axes.set_ylabel("" if number % across else "towards the device (m)")
            maps.append(axes)
        figure.colorbar(points, ax=maps, extend="max", label="error of azimuth, mean (deg)")
        _draw_shares(
            figure.add_subplot(grid[:, -1]),
            {each.title: error.ravel() for each, error in zip(zones, errors, strict=True)},
        )
    return figure


def _rounded_degrees(azimuths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return degrees, rounded so that what lies at the very limit is within it."""
    return np.asarray(np.round(np.rad2deg(azimuths), 9), dtype=np.float64)


def _as_seats(seats: ArrayLike, count: int) -> NDArray[np.float64]:
    """Return the places of so many seats."""
    places = as_real(seats, "seats", axes=("seat", "2"))
    if places.shape != (count, 2):
        raise ShapeError(f"seats has shape {places.shape}", allowed=f"({count}, 2)")
    return places


def _draw_errors(axes: "Axes", places: NDArray[np.float64], error: NDArray[np.float64]) -> Any:
    """Draw the error of each seat by colour and, if they are few, by its number."""
    from matplotlib import colormaps

    points = axes.scatter(
        places[:, 1],
        places[:, 0],
        c=error,
        s=180 if len(error) <= _MOST_NUMBERED else 70,
        cmap=colormaps["viridis_r"].resampled(round(_WIDEST_DEG / _STEP_DEG)),
        vmin=0.0,
        vmax=_WIDEST_DEG,
        edgecolors="black",
        linewidths=0.4,
    )
    for (x, y), value in zip(places, error, strict=True):
        if len(error) <= _MOST_NUMBERED:
            dark = value > 0.5 * _WIDEST_DEG
            axes.annotate(
                f"{value:.0f}",
                (y, x),
                color="white" if dark else "black",
                fontsize=8,
                horizontalalignment="center",
                verticalalignment="center",
            )
    axes.invert_xaxis()
    axes.margins(0.2)
    return points


def _draw_shares(axes: "Axes", errors: Mapping[str, NDArray[np.float64]]) -> None:
    """Draw for each zone the share of images over the error that is let pass."""
    for limit in _NEAR_DEG:
        axes.axvline(limit, color=GREY, linestyle="--", linewidth=1.0)
    end = max(1.5 * _NEAR_DEG[-1], *(1.05 * error.max() for error in errors.values()))
    styles = zip(cycle(COLORS), cycle(("-", "--", "-.", ":")), strict=False)
    for (title, error), (color, dashes) in zip(errors.items(), styles, strict=False):
        steps, counted = _share(error, end)
        axes.step(steps, counted, where="post", color=color, linestyle=dashes, label=title)
    axes.set(
        title="Every source at every seat",
        xlabel="error of azimuth (deg)",
        ylabel="share (%)",
        xlim=(0.0, end),
        ylim=(0.0, 103.0),
    )
    axes.legend(loc="lower right")


def _share(error: NDArray[np.float64], end: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the errors at which a share in per cent rises, from 0 to the end, and the share."""
    rising = np.sort(error)
    steps = np.concatenate([[0.0], rising, [end]])
    return steps, 100.0 * np.searchsorted(rising, steps, side="right") / len(rising)


def _draw_seats(axes: "Axes", places: NDArray[np.float64], difference: NDArray[np.float64]) -> None:
    """Draw each seat by colour and, for how near it is, by shape."""
    nearness = np.digitize(np.abs(difference), _NEAR_DEG, right=True)
    names = [*(f"within {limit:g} deg" for limit in _NEAR_DEG), f"beyond {_NEAR_DEG[-1]:g} deg"]
    for rank, (marker, name) in enumerate(zip(_MARKERS, names, strict=True)):
        here = nearness == rank
        points = axes.scatter(
            places[here, 1],
            places[here, 0],
            c=difference[here],
            marker=marker,
            s=70,
            cmap="PuOr",
            vmin=-_WIDEST_DEG,
            vmax=_WIDEST_DEG,
            edgecolors="black",
            linewidths=0.6,
        )
        axes.plot(
            [],
            [],
            marker=marker,
            color="white",
            markeredgecolor="black",
            linestyle="none",
            label=f"{name}: {np.sum(here)}",
        )
    axes.set(
        title="(a) Seats",
        xlabel="lateral, left positive (m)",
        ylabel="towards the device (m)",
        aspect="equal",
    )
    axes.invert_xaxis()
    axes.margins(0.1)
    bar = axes.figure.colorbar(points, ax=axes, extend="both", shrink=0.7)
    bar.set_label("perceived - intended azimuth (deg)")


def _draw_share(axes: "Axes", distance: NDArray[np.float64]) -> None:
    """Draw the share of seats over the difference that is let pass."""
    within = {limit: np.mean(distance <= limit) for limit in _NEAR_DEG}
    found = ", ".join(
        f"{100.0 * share:.0f} % within {limit:g} deg" for limit, share in within.items()
    )
    end = max(1.5 * _NEAR_DEG[-1], 1.05 * distance.max())
    for limit in _NEAR_DEG:
        axes.axvline(limit, color=GREY, linestyle="--", linewidth=1.0)
    axes.step(*_share(distance, end), where="post", color=BLUE)
    axes.set(
        title=f"(b) {found}",
        xlabel="|perceived - intended azimuth| (deg)",
        ylabel="share of seats (%)",
        xlim=(0.0, end),
        ylim=(0.0, 103.0),
    )
