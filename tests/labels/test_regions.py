import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simgen.errors import GeometryError, ParameterError, ShapeError
from simgen.labels.regions import ACTIVITY, AZIMUTH, DISTANCE, RegionGrid
from tests.references.regions import greatest_distance

ROOM = (6.0, 5.0, 3.0)
CENTRE = (3.0, 2.5, 1.0)
EIGHTHS = np.arange(8) * 45.0


def grid(sectors=8, ring_edges=(), room_size=ROOM, position=CENTRE, yaw=0.0):
    return RegionGrid(sectors, ring_edges, room_size, position, yaw)


def sectors_of(azimuths, sectors=8):
    azimuths = np.atleast_1d(np.asarray(azimuths, dtype=float))
    return grid(sectors).region_of(azimuths, np.ones(len(azimuths))).tolist()


def angle_between(first, second):
    return np.abs(np.mod(np.asarray(first) - second + np.pi, 2.0 * np.pi) - np.pi)


def test_an_edge_belongs_to_the_sector_that_it_begins():
    edges = np.deg2rad(EIGHTHS)
    assert sectors_of(edges) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert sectors_of(np.nextafter(edges[1:], -10.0)) == [0, 1, 2, 3, 4, 5, 6]
    assert sectors_of(np.nextafter(edges[1:], 10.0)) == [1, 2, 3, 4, 5, 6, 7]
    assert sectors_of(math.nextafter(2.0 * math.pi, 0.0)) == [7]


def test_an_edge_on_the_right_belongs_to_the_same_sector():
    assert sectors_of(np.deg2rad(EIGHTHS - 360.0)) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert sectors_of([-math.pi, math.pi]) == [4, 4]


@pytest.mark.parametrize("sectors", range(1, 37))
def test_edges_of_any_number_of_sectors(sectors):
    edges = np.deg2rad(360.0 * np.arange(sectors) / sectors)
    assert sectors_of(edges, sectors) == list(range(sectors))
    assert sectors_of(np.nextafter(edges[1:], -10.0), sectors) == list(range(sectors - 1))


def test_the_place_inside_a_sector_stays_below_one():
    for sectors in range(1, 361):
        edges = np.deg2rad(360.0 * np.arange(1, sectors + 1) / sectors)
        place = grid(sectors).encode(np.nextafter(edges, 0.0), np.ones(sectors))[:, AZIMUTH]
        assert np.all((place > 0.999) & (place < 1.0)), sectors


@pytest.mark.parametrize(
    ("azimuth", "sector"),
    [
        (0.0, 0),
        (-0.0, 0),
        (2.0 * math.pi, 0),
        (-2.0 * math.pi, 0),
        (4.0 * math.pi, 0),
        (math.radians(360.0), 0),
        (math.radians(359.999999), 7),
        (math.radians(-0.000001), 7),
        (math.radians(0.000001), 0),
        (-1e-18, 0),  # less than the rounding of a turn: the same direction as 0
        (-1e-15, 7),
        (math.radians(725.0), 0),
        (math.radians(-725.0), 7),
    ],
)
def test_the_turn_closes(azimuth, sector):
    encoded = grid().encode([azimuth], [1.0])
    assert np.flatnonzero(encoded[:, ACTIVITY]).tolist() == [sector]
    assert 0.0 <= encoded[sector, AZIMUTH] < 1.0
    decoded, _ = grid().decode(encoded)
    assert angle_between(decoded, azimuth) == pytest.approx([0.0], abs=1e-9)


@given(st.floats(-50.0, 50.0), st.integers(1, 36))
def test_every_azimuth_is_in_exactly_one_sector(azimuth, sectors):
    encoded = grid(sectors).encode([azimuth], [1.0])
    assert np.count_nonzero(encoded[:, ACTIVITY]) == 1
    (sector,) = sectors_of([azimuth], sectors)
    assert encoded[sector, ACTIVITY] == 1.0
    middle = (sector + 0.5) * 2.0 * math.pi / sectors
    assert angle_between(azimuth, middle) <= math.pi / sectors + 1e-9


def test_azimuth_counts_from_the_front_to_the_left():
    front, left, back, right = 0.1, math.pi / 2 + 0.1, math.pi + 0.1, -math.pi / 2 + 0.1
    assert sectors_of([front, left, back, right], sectors=4) == [0, 1, 2, 3]


def test_rings_begin_at_their_edge():
    rings = grid(4, (1.0, 2.0))
    distances = [0.5, math.nextafter(1.0, 0.0), 1.0, 1.5, math.nextafter(2.0, 0.0), 2.0, 2.4]
    regions = rings.region_of([0.1] * 7, distances)
    assert regions.tolist() == [0, 0, 4, 4, 4, 8, 8]
    assert rings.num_regions == 12
    assert rings.region_of([-0.1], [1.5]).tolist() == [7]


def test_encoding_by_hand():
    # Towards +x the wall is 3 m away; 45 degrees up the wall y = 5 is 2.5 m away, and the
    # farthest point of the sector is the corner (6, 5, 3): sqrt(9 + 6.25 + 4) = 4.387 m.
    encoded = grid(4, (1.0,)).encode([math.radians(30.0)], [2.0])
    assert np.flatnonzero(encoded.any(axis=1)).tolist() == [4]
    reach = math.sqrt(9.0 + 6.25 + 4.0)
    assert encoded[4] == pytest.approx([1.0, (2.0 - 1.0) / (reach - 1.0), 1.0 / 3.0])
    assert (ACTIVITY, DISTANCE, AZIMUTH) == (0, 1, 2)


def test_of_several_sources_in_a_region_the_nearest_is_described():
    for distances in ([1.0, 2.0, 1.5], [2.0, 1.5, 1.0], [1.5, 1.0, 2.0]):
        azimuths = np.array(distances) * 0.1
        encoded = grid().encode(azimuths, distances)
        azimuth, distance = grid().decode(encoded)
        assert distance == pytest.approx([1.0])
        assert azimuth == pytest.approx([0.1])


def test_nothing_encodes_to_zeros_and_back():
    encoded = grid(8, (1.0,)).encode([], [])
    assert encoded.shape == (16, 3)
    assert not encoded.any()
    azimuth, distance = grid(8, (1.0,)).decode(encoded)
    assert azimuth.shape == distance.shape == (0,)


def test_decoding_takes_what_is_at_least_the_threshold():
    encoded = np.zeros((8, 3))
    encoded[:, ACTIVITY] = np.arange(8) / 8
    assert len(grid().decode(encoded)[0]) == 4
    assert len(grid().decode(encoded, threshold=0.125)[0]) == 7


@pytest.mark.parametrize("shape", [(7, 3), (9, 3), (8, 2), (8, 4), (24,), (1, 8, 3)])
def test_decoding_another_shape_is_refused(shape):
    with pytest.raises(ShapeError, match="encoded has shape"):
        grid().decode(np.ones(shape))


def test_decoding_nan_is_refused():
    with pytest.raises(ShapeError, match="non-finite"):
        grid().decode(np.full((8, 3), np.nan))


@pytest.mark.parametrize("bad", [[math.nan], [math.inf], [[1.0]], 1.0])
def test_encoding_what_is_no_list_of_numbers_is_refused(bad):
    with pytest.raises(ShapeError, match="azimuth"):
        grid().encode(bad, [1.0])
    with pytest.raises(ShapeError, match="distance"):
        grid().encode([1.0], bad)


@st.composite
def grids(draw, most_sectors=36):
    room = tuple(draw(st.floats(2.0, 20.0)) for _ in range(3))
    position = tuple(side * draw(st.floats(0.02, 0.98)) for side in room)
    edges = draw(st.lists(st.floats(0.3, 6.0), max_size=2, unique=True))
    edges = tuple(sorted(round(edge, 3) for edge in edges))
    assume(len(set(edges)) == len(edges))
    return RegionGrid(
        draw(st.integers(1, most_sectors)), edges, room, position, draw(st.floats(-7.0, 7.0))
    )


places = st.tuples(*[st.floats(0.001, 0.999)] * 3)


def seen_from(regions, points):
    """Azimuths in the array's frame and distances of points of the room."""
    offsets = np.array(points) * regions.room_size - regions.position
    azimuth = np.arctan2(offsets[:, 1], offsets[:, 0]) - regions.yaw
    return azimuth, np.linalg.norm(offsets, axis=1)


@settings(max_examples=80, deadline=None)
@given(grids(), st.lists(places, min_size=1, max_size=8))
def test_decoding_undoes_encoding(regions, points):
    azimuth, distance = seen_from(regions, points)
    assume(np.all(distance > 1e-3))
    _, first = np.unique(regions.region_of(azimuth, distance), return_index=True)
    azimuth, distance = azimuth[first], distance[first]
    encoded = regions.encode(azimuth, distance)
    assert np.all((encoded >= 0.0) & (encoded[:, ACTIVITY:] <= 1.0))
    assert np.all(encoded[:, DISTANCE:] < 1.0)
    decoded_azimuth, decoded_distance = regions.decode(encoded)
    assert np.all((decoded_azimuth >= 0.0) & (decoded_azimuth <= 2.0 * np.pi))
    assert angle_between(decoded_azimuth, azimuth) == pytest.approx(0.0, abs=1e-9)
    assert decoded_distance == pytest.approx(distance, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(grids(), st.lists(places, min_size=1, max_size=8), st.randoms())
def test_the_order_of_sources_means_nothing(regions, points, random):
    azimuth, distance = seen_from(regions, points)
    assume(len(set(distance)) == len(distance))
    order = list(range(len(points)))
    random.shuffle(order)
    shuffled = regions.encode(azimuth[order], distance[order])
    assert shuffled.tobytes() == regions.encode(azimuth, distance).tobytes()


@pytest.mark.parametrize("corner", [*np.ndindex(2, 2, 2)])
def test_a_source_in_the_outermost_corner_stays_below_one(corner):
    outermost = np.where(corner, np.nextafter(ROOM, 0.0), np.nextafter(0.0, 1.0))
    azimuth, distance = seen_from(grid(), [outermost / ROOM])
    encoded = grid().encode(azimuth, distance)
    assert 0.9 < encoded[:, DISTANCE].max() < 1.0


def test_a_source_beyond_the_room_is_described_at_the_outer_bound():
    encoded = grid().encode([0.1], [100.0])
    _, distance = grid().decode(encoded)
    assert encoded[0, DISTANCE] < 1.0
    assert distance == pytest.approx([grid().distance_bounds[0, 1]])


@settings(max_examples=20, deadline=None)
@given(grids(most_sectors=12))
def test_bounds_agree_with_walking_to_the_walls(regions):
    width = 2.0 * math.pi / regions.sectors
    inner = (0.0, *regions.ring_edges)
    outer = (*regions.ring_edges, math.inf)
    steps = 240
    for sector in range(regions.sectors):
        edges = (sector * width + regions.yaw, (sector + 1) * width + regions.yaw)
        reach = greatest_distance(regions.room_size, regions.position, edges, steps)
        # Between two directions the farthest corner may hide: by at most this much.
        hidden = 2.0 * math.hypot(*regions.room_size) * width / steps
        for ring, (low, high) in enumerate(zip(inner, outer, strict=True)):
            least, greatest = regions.distance_bounds[ring * regions.sectors + sector]
            expected = max(low, min(high, reach))
            assert least == low
            assert expected - 1e-9 <= greatest <= expected + hidden


def test_bounds_by_hand_with_a_turned_array():
    turned = grid(4, yaw=math.pi / 2)
    unturned = grid(4).distance_bounds
    assert turned.distance_bounds == pytest.approx(np.roll(unturned, -1, axis=0))
    off_centre = grid(4, position=(1.0, 1.0, 1.5)).distance_bounds
    corners = [(5, 4), (1, 4), (1, 1), (5, 1)]
    expected = [math.sqrt(x * x + y * y + 1.5**2) for x, y in corners]
    assert off_centre[:, 1] == pytest.approx(expected)
    assert off_centre[:, 0].tolist() == [0.0] * 4


def test_a_region_wholly_outside_the_room_has_no_extent():
    rings = grid(4, (1.0, 10.0))
    assert rings.distance_bounds[8:].tolist() == [[10.0, 10.0]] * 4
    encoded = rings.encode([0.1], [11.0])
    assert np.all(np.isfinite(encoded))
    assert np.all(encoded[:, DISTANCE] < 1.0)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"sectors": 0}, ParameterError, "sectors is out of range, got 0"),
        ({"ring_edges": (0.0,)}, ParameterError, "ring edges must increase"),
        ({"ring_edges": (-1.0,)}, ParameterError, "ring edges must increase"),
        ({"ring_edges": (2.0, 2.0)}, ParameterError, "ring edges must increase"),
        ({"ring_edges": (2.0, 1.0)}, ParameterError, "ring edges must increase"),
        ({"ring_edges": (math.nan,)}, ParameterError, "ring edges must increase"),
        ({"ring_edges": (1.0, math.inf)}, ParameterError, "ring edges must increase"),
        ({"yaw": math.nan}, ParameterError, "yaw must be finite"),
        ({"position": (0.0, 1.0, 1.0)}, GeometryError, "the array's centre is outside"),
        ({"position": (1.0, 5.0, 1.0)}, GeometryError, "the array's centre is outside"),
        ({"position": (1.0, 1.0, math.nan)}, GeometryError, "the array's centre is outside"),
    ],
)
def test_grids_that_cannot_be_are_refused(changes, error, message):
    with pytest.raises(error, match=message):
        grid(**changes)
