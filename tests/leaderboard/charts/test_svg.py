from xml.etree import ElementTree

import pytest

from simgen.leaderboard.charts.svg import (
    NUM_SERIES,
    Series,
    chart,
    element,
    marker,
    polyline,
    svg_text,
)
from tests.leaderboard.charts.reading import parsed, texts


def test_attributes_are_named_as_svg_names_them():
    made = element("rect", class_="bar", stroke_width=1.5, x=2.0, y=-0.0, viewBox="0 0 1 1")
    assert made.attrib == {
        "class": "bar",
        "stroke-width": "1.5",
        "x": "2",
        "y": "0",
        "viewBox": "0 0 1 1",
    }


@pytest.mark.parametrize("text", ["<b>", "]]>", "&amp;", "\"'", "</text><script>1</script>"])
def test_texts_and_attributes_are_never_markup(text):
    made = element("g", svg_text(text, 0.0, 0.0), element("title", text), label=text)
    read = parsed(made)
    assert texts(made) == [text]
    assert (read.findtext("title"), read.get("label")) == (text, text)
    assert [each.tag for each in read.iter()] == ["g", "text", "title"]
    assert "<script" not in ElementTree.tostring(made, encoding="unicode")


def test_a_chart_has_a_title_and_a_description():
    made = parsed(chart((40.0, 30.0), [element("g")], title="what", description="in words"))
    assert [each.tag for each in made] == ["title", "desc", "g"]
    assert (made.findtext("title"), made.findtext("desc")) == ("what", "in words")
    assert (made.get("role"), made.get("viewBox")) == ("img", "0 0 40 30")


def test_series_differ_in_shape_as_well_as_colour():
    marks = [marker(Series("a", number + 1), 1.0, 2.0, tip="t") for number in range(NUM_SERIES)]
    assert len({mark.get("d") for mark in marks}) == NUM_SERIES
    assert len({mark.get("class") for mark in marks}) == NUM_SERIES
    assert marks[0].get("transform") == "translate(1 2)"


def test_a_line_goes_through_its_points():
    assert polyline([(0.0, 1.0), (2.5, 3.126)], class_="line").get("points") == "0,1 2.5,3.13"


def test_nothing_is_styled_in_place():
    made = chart((1.0, 1.0), [svg_text("a", 0.0, 0.0)], title="t", description="d")
    assert all("style" not in each.attrib for each in made.iter())
