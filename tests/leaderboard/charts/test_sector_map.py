import re

import pytest

from simgen.leaderboard.charts.sector_map import sector_map
from tests.leaderboard.charts.reading import of_class, parsed, texts, tips


def region(sector, num_sources=1, recall=1.0, count=4, error=2.0):
    return {
        "sector": sector,
        "num_sources": num_sources,
        "count": count,
        "recall": recall,
        "absolute_doa_error_deg": error,
    }


def cells(made):
    """Cells that hold sources."""
    return [cell for cell in of_class(made, "cell") if cell.find("title") is not None]


def middle(cell):
    """The mean of a cell's corners, from the centre of the map."""
    numbers = [float(x) for x in re.findall(r"-?\d+\.\d+", cell.get("d"))]
    corners = [(numbers[0], numbers[1]), (numbers[4], numbers[5]), (numbers[6], numbers[7])]
    return tuple(sum(axis) / 3.0 - 200.0 for axis in zip(*corners, strict=True))


@pytest.mark.parametrize(
    ("sector", "is_left", "is_in_front"),
    [(0, True, True), (1, True, False), (2, False, False), (3, False, True)],
)
def test_azimuths_grow_to_the_left_from_the_front(sector, is_left, is_in_front):
    [cell] = cells(sector_map([region(sector)], 4))
    x, y = middle(cell)
    assert (x < 0.0) == is_left
    assert (y < 0.0) == is_in_front


def test_more_sources_lie_further_out():
    near, far = cells(sector_map([region(0, 1), region(0, 3)], 8))
    assert abs(middle(near)[1]) < abs(middle(far)[1])


def test_colour_tells_recall():
    made = sector_map([region(0, recall=0.0), region(1, recall=0.52), region(2, recall=1.0)], 8)
    shades = [cell.get("class").split("shade-")[1] for cell in cells(made)]
    assert shades == ["0", "5", "10"]


def test_recall_is_pooled_over_sources_of_a_sector():
    made = sector_map([region(0, 1, 1.0, 1), region(0, 2, 0.0, 3)], 8)
    assert "25 %" in texts(made)
    assert texts(made).count("\N{EN DASH}") == 7
    assert "0 to 45 deg 25 %" in parsed(made).findtext("desc")


def test_a_cell_tells_its_numbers():
    made = sector_map([region(0), region(1, 2, 0.5, error=None)], 8)
    assert tips(made, "cell")[-2:] == [
        "0 to 45 deg, 1 source in the scene: 100 % of 4 found, error 2.0 deg",
        "45 to 90 deg, 2 sources in the scene: 50 % of 4 found",
    ]


def test_empty_sectors_are_outlined():
    assert len(of_class(sector_map([region(0)], 8), "cell")) == 9


@pytest.mark.parametrize("num_sectors", [1, 2, 8, 36])
def test_any_number_of_sectors(num_sectors):
    made = sector_map([region(sector) for sector in range(num_sectors)], num_sectors)
    assert len(cells(made)) == num_sectors
