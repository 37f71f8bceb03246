"""How every figure looks, and the bytes that it is written as."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from simgen.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BLUE",
    "COLORS",
    "FORMATS",
    "GREEN",
    "GREY",
    "VERMILLION",
    "figure_bytes",
    "label_frequencies",
    "new_figure",
    "require_format",
    "require_matplotlib",
]

FORMATS: Final = ("png", "svg", "pdf")
"""What a figure can be written as, by the suffix of its file."""

BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
GREEN: Final = "#009E73"
GREY: Final = "0.55"

COLORS: Final = (BLUE, VERMILLION, GREEN, "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colours that the colour-blind tell apart: Okabe and Ito, Color Universal Design, 2008."""

_STYLE: Final[dict[Any, Any]] = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.unicode_minus": True,
    "figure.dpi": 150,
    "font.size": 10,
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "savefig.dpi": 150,
    "svg.hashsalt": "simgen",  # without it, names inside the file are random
}

_UNDATED: Final[dict[str, dict[str, None]]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""What of a file would change with the day or with the version of matplotlib."""

_NUM_COLOURS: Final = 160
"""Of an image; fewer show as steps in maps of colour."""

_OCTAVES: Final = {
    31.5: "31.5",
    63.0: "63",
    125.0: "125",
    250.0: "250",
    500.0: "500",
    1000.0: "1k",
    2000.0: "2k",
    4000.0: "4k",
    8000.0: "8k",
    16000.0: "16k",
}
"""Nominal centres of octaves in Hz (IEC 61260-1:2014, annex E), and how they are shown."""


def require_matplotlib() -> None:
    """Refuse to draw where matplotlib is not installed.

    Raises
    ------
    ParameterError
        If it is not; names the extra that brings it.
    """
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise ParameterError(
            "figures need matplotlib, which is not installed",
            fix="Install it with: pip install 'simgen[plot]'",
        ) from error


def require_format(suffix: str) -> str:
    """Return the format that a file name's suffix stands for.

    Raises
    ------
    ParameterError
        If figures are not written as such files.

    Examples
    --------
    >>> require_format(".PNG")
    'png'
    """
    name = suffix.lower().removeprefix(".")
    if name not in FORMATS:
        allowed = ", ".join(f".{each}" for each in FORMATS)
        raise ParameterError("figures have no such format", value=suffix, allowed=allowed)
    return name


@contextmanager
def _house_style() -> Iterator[None]:
    """Leave aside whatever style the user has set, and give it back."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


@contextmanager
def new_figure(width: float, height: float) -> "Iterator[Figure]":
    """Lend an empty figure, in whose style everything is drawn until it is given back.

    Parameters
    ----------
    width, height
        In inches.

    Raises
    ------
    ParameterError
        If matplotlib is not installed.
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    with _house_style():
        yield Figure(figsize=(width, height), layout="constrained")


def figure_bytes(figure: "Figure", suffix: str) -> bytes:
    """Return the file that shows a figure; the same figure always gives the same bytes.

    Parameters
    ----------
    figure
        What is drawn.
    suffix
        ``.png``, ``.svg`` or ``.pdf``.

    Raises
    ------
    ParameterError
        If there is no such format.
    """
    name = require_format(suffix)
    written = io.BytesIO()
    with _house_style():
        figure.draw_without_rendering()  # the layout settles only in the second round
        figure.savefig(written, format=name, metadata=_UNDATED[name])
    return _with_few_colours(written) if name == "png" else written.getvalue()


def _with_few_colours(png: io.BytesIO) -> bytes:
    """Return an image with a palette: less than half the bytes, and nobody sees it."""
    from PIL import Image  # matplotlib needs it itself

    fewer, written = Image.open(png).convert("RGB").quantize(_NUM_COLOURS), io.BytesIO()
    fewer.save(written, format="PNG", optimize=True, dpi=(_STYLE["savefig.dpi"],) * 2)
    return written.getvalue()


def label_frequencies(axes: "Axes", low: float, high: float) -> None:
    """Make the horizontal axis one of frequency in Hz, logarithmic, with a tick at each octave."""
    shown = {octave: label for octave, label in _OCTAVES.items() if low <= octave <= high}
    axes.set(xscale="log", xlabel="frequency (Hz)", xlim=(low, high))
    axes.set_xticks([*shown], [*shown.values()])
    axes.minorticks_off()
