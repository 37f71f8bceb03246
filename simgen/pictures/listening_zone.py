"""Where in a room a sound is heard from the direction that was meant."""

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simgen.arrays import as_real
from simgen.errors import ShapeError
from simgen.pictures.style import BLUE, GREY, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["azimuth_differences", "listening_zone_figure"]

_NEAR_DEG: Final = (5.0, 10.0)
"""Differences within which a seat is counted: a listening zone's measure."""

_WIDEST_DEG: Final = 20.0
"""Differences at and beyond which colours no longer change."""

_MARKERS: Final = ("o", "s", "X")
"""Of seats within the first, within the second, and beyond: readable without colours."""


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
    heard = as_real(perceived, "perceived", axes=("seat", "source"))
    axes = ("source",) if np.ndim(intended) == 1 else ("seat", "source")
    meant = as_real(intended, "intended", axes=axes)
    if not heard.size or meant.shape not in (heard.shape, heard.shape[1:]):
        raise ShapeError(
            f"intended has shape {meant.shape}", allowed=f"{heard.shape[1:]} or {heard.shape}"
        )
    difference = np.pi - np.mod(np.pi - (heard - meant), 2.0 * np.pi)
    worst = np.argmax(np.abs(difference), axis=1)
    return np.asarray(difference[np.arange(len(heard)), worst])


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
    degrees = np.rad2deg(azimuth_differences(perceived, intended))
    # Rounded, so that a seat at the very limit is within it.
    difference = np.asarray(np.round(degrees, 9), dtype=np.float64)
    places = as_real(seats, "seats", axes=("seat", "2"))
    if places.shape != (len(difference), 2):
        raise ShapeError(f"seats has shape {places.shape}", allowed=f"({len(difference)}, 2)")
    with new_figure(9.6, 4.2) as figure:
        zone, share = figure.subplots(1, 2, width_ratios=(1.2, 1.0))
        _draw_seats(zone, places, difference)
        _draw_share(share, np.abs(difference))
        lines, names = zone.get_legend_handles_labels()
        figure.legend(lines, names, loc="outside lower left", ncols=3, handletextpad=0.1)
    return figure


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
    steps = np.concatenate([[0.0], np.sort(distance), [end]])
    counted = np.searchsorted(np.sort(distance), steps, side="right") / len(distance)
    for limit in _NEAR_DEG:
        axes.axvline(limit, color=GREY, linestyle="--", linewidth=1.0)
    axes.step(steps, 100.0 * counted, where="post", color=BLUE)
    axes.set(
        title=f"(b) {found}",
        xlabel="|perceived - intended azimuth| (deg)",
        ylabel="share of seats (%)",
        xlim=(0.0, end),
        ylim=(0.0, 103.0),
    )
