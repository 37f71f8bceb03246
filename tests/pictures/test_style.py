import io
import sys

import pytest

from simgen.errors import ParameterError
from simgen.pictures.separation import SeparationPanel, pose_spread, separation_figure
from simgen.pictures.style import (
    FORMATS,
    figure_bytes,
    label_frequencies,
    new_figure,
    require_format,
    require_matplotlib,
)

STARTS = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF"}


def drawn():
    curve = pose_spread([[1.0, 2.0], [2.0, 4.0], [4.0, 9.0]])
    return separation_figure([500.0, 1000.0], [SeparationPanel("a device", {"one": curve})])


@pytest.mark.parametrize("name", ["matplotlib", "matplotlib.figure"])
def test_missing_matplotlib_names_the_extra(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name.partition(".")[0], None)
    with pytest.raises(ParameterError, match=r"pip install 'simgen\[plot\]'") as caught:
        require_matplotlib()
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)
    with pytest.raises(ParameterError, match="figures need matplotlib"):
        drawn()


@pytest.mark.parametrize("suffix", [".gif", "", ".pn", ".png.txt", ".jpeg"])
def test_formats_that_there_are_not_are_refused(suffix):
    with pytest.raises(ParameterError, match=r"\.png, \.svg, \.pdf"):
        require_format(suffix)


def test_suffixes_may_be_capital():
    assert require_format(".SVG") == "svg"


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_figure_gives_the_same_bytes(name):
    pytest.importorskip("matplotlib")
    first, second = (figure_bytes(drawn(), f".{name}") for _ in range(2))
    assert first == second
    assert first.startswith(STARTS[name])


@pytest.mark.parametrize("name", FORMATS)
def test_files_hold_neither_date_nor_version(name):
    matplotlib = pytest.importorskip("matplotlib")
    content = figure_bytes(drawn(), f".{name}")
    for word in (b"CreationDate", b"dc:date", b"Software", matplotlib.__version__.encode()):
        assert word not in content, word


def test_images_have_a_palette_and_their_resolution():
    pytest.importorskip("matplotlib")
    from PIL import Image

    image = Image.open(io.BytesIO(figure_bytes(drawn(), ".png")))
    assert (image.format, image.mode) == ("PNG", "P")
    assert image.info["dpi"] == pytest.approx((150.0, 150.0), abs=0.1)
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_bytes_do_not_depend_on_the_users_style():
    matplotlib = pytest.importorskip("matplotlib")
    plain = figure_bytes(drawn(), ".png")
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.facecolor": "red"}):
        assert figure_bytes(drawn(), ".png") == plain


def test_the_users_style_is_left_as_it_was():
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"font.size": 3}):
        figure_bytes(drawn(), ".png")
        assert matplotlib.rcParams["font.size"] == 3


def test_frequencies_have_a_tick_at_each_octave():
    pytest.importorskip("matplotlib")
    with new_figure(4.0, 3.0) as figure:
        axes = figure.subplots()
        label_frequencies(axes, 200.0, 8000.0)
    assert axes.get_xlabel() == "frequency (Hz)"
    assert axes.get_xscale() == "log"
    assert axes.get_xlim() == (200.0, 8000.0)
    assert [*axes.get_xticks()] == [250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0]
    shown = [label.get_text() for label in axes.get_xticklabels()]
    assert shown == ["250", "500", "1k", "2k", "4k", "8k"]
