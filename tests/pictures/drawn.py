"""What a figure shows: its texts and lines, and whether its texts can be read."""

import itertools

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text


def lines(axes):
    """Curves of some axes by their labels."""
    return {line.get_label(): line for line in axes.get_lines()}


def legend_of(figure):
    """Texts of all legends of a figure and of its axes."""
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes)]
    return [text.get_text() for legend in filter(None, legends) for text in legend.get_texts()]


def texts(figure):
    """Texts that are shown, each with the box that it fills in pixels."""
    canvas = FigureCanvasAgg(figure)
    for _ in range(2):  # the layout settles only in the second round
        figure.draw_without_rendering()
    renderer, hidden = canvas.get_renderer(), {*_beyond_the_axes(figure)}
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


def _beyond_the_axes(figure):
    """Labels of ticks beyond the limits of their axis: they exist, but are not drawn."""
    for axes in figure.axes:
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            low, high = sorted(limits)
            slack = 1e-9 * (high - low)
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low - slack <= tick.get_loc() <= high + slack:
                    yield from (tick.label1, tick.label2)


def unreadable(figure):
    """Pairs of texts that touch, and texts that reach beyond the page."""
    shown = texts(figure)
    page = figure.bbox
    cut = [
        name
        for name, box in shown
        if box.x0 < page.x0 - 1
        or box.x1 > page.x1 + 1
        or box.y0 < page.y0 - 1
        or box.y1 > page.y1 + 1
    ]
    touching = [
        (first, second)
        for (first, one), (second, other) in itertools.combinations(shown, 2)
        if min(one.x1, other.x1) > max(one.x0, other.x0) + 1
        and min(one.y1, other.y1) > max(one.y0, other.y0) + 1
    ]
    return cut, touching
