"""Read charts as a browser would."""

from xml.etree import ElementTree


def parsed(element):
    """The chart as it is written, read again."""
    return ElementTree.fromstring(ElementTree.tostring(element, encoding="unicode"))


def texts(element):
    """Every text drawn."""
    return [each.text for each in parsed(element).iter("text")]


def of_class(element, name):
    """Every element of a class."""
    return [each for each in parsed(element).iter() if name in each.get("class", "").split()]


def tips(element, name):
    """What elements of a class say when pointed at."""
    return [each.findtext("title") for each in of_class(element, name)]


def place(marker):
    """Where a marker is drawn."""
    x, y = marker.get("transform").removeprefix("translate(").removesuffix(")").split()
    return float(x), float(y)


def points(line):
    """The points of a line."""
    return [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]


def numbers_within(element, width, height):
    """Whether everything with a place lies inside the chart."""
    for each in parsed(element).iter():
        for name, most in (("x", width), ("x1", width), ("x2", width), ("y", height)):
            assert -1.0 <= float(each.get(name, 0.0)) <= most + 1.0, (each.tag, each.attrib)
    return True
