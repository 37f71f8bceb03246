import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from simgen.errors import SceneError
from simgen.scene import placement
from simgen.scene.geometry import microphone_positions, offsets_from, region_grid
from simgen.scene.scene_file import SceneFile

LIVING_ROOM = Path(__file__).parents[2] / "scenes" / "living_room.yaml"
ROOM = "room: {box_m: [6, 6, 3], t60_s: 0}\n"
PAIR = "{microphones: {line: {count: 2, spacing_m: 0.1}}}"


def parse(*, sources, room=ROOM, arrays=f"{{pair: {PAIR}}}", rules="[]"):
    """Parse a scene file whose sources and rules stand in lines 6 and 7."""
    return SceneFile.parse(
        f"scene: 1\nname: test\nduration_s: 1\n{room}arrays: {arrays}\n"
        f"sources: {sources}\nrules: {rules}\n",
        "test.yaml",
    )


def positions(scene, group=""):
    return np.array([s.position for s in scene.sources if s.name.startswith(group)])


def problem_of(scene_file, index=0):
    with pytest.raises(SceneError) as caught:
        scene_file.draw(seed=1, index=index)
    (problem,) = caught.value.problems
    return problem


def noisy(place, count=1):
    return f"{{talkers: {{count: {count}, place: {place}, signal: {{noise: white}}}}}}"


# Rules hold


def test_the_rules_of_the_living_room_hold(living_room):
    counts = set()
    for index in range(200):
        scene = living_room.draw(seed=11, index=index)
        array, points = scene.arrays["table"], positions(scene)
        offsets = offsets_from(array, points)
        azimuth, distance = (
            np.arctan2(offsets[:, 1], offsets[:, 0]),
            np.linalg.norm(offsets, axis=1),
        )
        regions = region_grid(scene.room, array).region_of(azimuth, distance)
        assert len(set(regions.tolist())) == len(points)
        assert np.all(distance >= 0.6)
        assert np.all(points[:, :2] >= 0.5)
        assert np.all(points[:, :2] <= np.array(scene.room.size[:2]) - 0.5)
        assert np.all((points[:, 2] >= 1.1) & (points[:, 2] < 1.8))
        counts.add(len(points))
    assert counts == {1, 2, 3, 4}


@pytest.fixture(scope="module")
def living_room():
    return SceneFile.load(LIVING_ROOM)


@pytest.mark.parametrize("names", ["[talkers, noises]", "[noises, talkers]"])
def test_groups_keep_apart_from_one_another(names):
    scene_file = parse(
        sources="{talkers: {count: 3, signal: {noise: white}},"
        " noises: {count: 3, signal: {noise: pink}}}",
        rules=f"[{{at_least_m: 1.2, between: {names}}}]",
    )
    for index in range(30):
        scene = scene_file.draw(seed=1, index=index)
        for one, other in itertools.product(
            positions(scene, "talkers"), positions(scene, "noises")
        ):
            assert math.dist(one, other) >= 1.2


def test_a_group_keeps_apart_from_itself():
    scene_file = parse(
        sources="{talkers: {count: 5, signal: {noise: white}}}",
        rules="[{at_least_m: 1.2, between: [talkers, talkers]}]",
    )
    for index in range(30):
        pairs = itertools.combinations(positions(scene_file.draw(seed=1, index=index)), 2)
        assert all(math.dist(one, other) >= 1.2 for one, other in pairs)


@pytest.mark.parametrize("names", ["[talkers, pair]", "[pair, talkers]"])
def test_sources_keep_away_from_an_array(names):
    scene_file = parse(
        sources=noisy("{anywhere: {}}", 2), rules=f"[{{at_least_m: 2, between: {names}}}]"
    )
    for index in range(30):
        scene = scene_file.draw(seed=1, index=index)
        assert all(math.dist(p, scene.arrays["pair"].position) >= 2 for p in positions(scene))


@pytest.mark.parametrize("least", [12, 60])
def test_sources_keep_their_azimuths_apart(least):
    """Sources of all groups, seen from an array that is turned, and across its back too."""
    scene_file = parse(
        arrays=f"{{pair: {PAIR[:-1]}, yaw_deg: {{uniform: [0, 360]}}}}}}",
        sources="{talkers: {count: 2, signal: {noise: white}},"
        " noises: {count: 2, signal: {noise: pink}}}",
        rules=f"[{{at_least_deg: {least}, seen_from: pair}}]",
    )
    nearest = 360.0
    for index in range(30):
        scene = scene_file.draw(seed=1, index=index)
        x, y, _ = (positions(scene) - scene.arrays["pair"].position).T
        bearings = np.sort(np.rad2deg(np.arctan2(y, x)))
        gaps = np.diff([*bearings, bearings[0] + 360.0])
        nearest = min(nearest, gaps.min())
    assert least <= nearest < least + 5


def test_sources_above_one_another_have_one_azimuth():
    scene_file = parse(
        sources="{talkers: {place: {position_m: [5, 3, 1]}, signal: {noise: white}},"
        " noises: {place: {position_m: [5, 3, 2]}, signal: {noise: pink}}}",
        rules="[{at_least_deg: 0.001, seen_from: pair}]",
    )
    assert problem_of(scene_file).key_path == "rules[0]"


def test_without_a_rule_sources_may_be_near():
    scene_file = parse(sources=noisy("{anywhere: {}}", 8))
    nearest = min(
        math.dist(one, other)
        for index in range(30)
        for one, other in itertools.combinations(positions(scene_file.draw(seed=1, index=index)), 2)
    )
    assert nearest < 0.3


def test_a_drawn_least_distance_keeps_its_distribution():
    """What the rule refuses does not thin out the great distances."""
    scene_file = parse(
        sources=noisy("{anywhere: {}}", 2),
        rules="[{at_least_m: {choice: [0, 3]}, between: [talkers, talkers]}]",
    )
    far = 0
    for index in range(200):
        far += math.dist(*positions(scene_file.draw(seed=1, index=index))) >= 3
    chance = np.mean(
        [
            math.dist(*positions(parse(sources=noisy("{anywhere: {}}", 2)).draw(seed=1, index=k)))
            >= 3
            for k in range(200)
        ]
    )
    expected = 0.5 + 0.5 * chance
    assert abs(far / 200 - expected) < 5 * math.sqrt(expected * (1 - expected) / 200)


def test_no_source_is_on_top_of_a_microphone(monkeypatch):
    monkeypatch.setattr(placement, "SHORTEST_DISTANCE", 1.5)
    scene_file = parse(sources=noisy("{anywhere: {}}", 4))
    for index in range(20):
        scene = scene_file.draw(seed=1, index=index)
        microphones = microphone_positions(scene.arrays["pair"])
        for point in positions(scene):
            assert np.min(np.linalg.norm(microphones - point, axis=1)) > 1.5


# Places


def test_clearance_counts_for_floor_and_ceiling_without_a_height():
    scene_file = parse(sources=noisy("{anywhere: {wall_clearance_m: 1.2}}", 3))
    for index in range(30):
        points = positions(scene_file.draw(seed=1, index=index))
        assert np.all(points >= 1.2)
        assert np.all(points <= np.array([4.8, 4.8, 1.8]))


def test_a_height_is_kept_exactly():
    scene_file = parse(sources=noisy("{anywhere: {wall_clearance_m: 2, height_m: 0.3}}"))
    assert scene_file.draw(seed=1, index=0).sources[0].position[2] == 0.3


def test_anywhere_is_uniform():
    scene_file = parse(sources=noisy("{anywhere: {wall_clearance_m: 0}}"))
    points = np.array([scene_file.draw(seed=3, index=k).sources[0].position for k in range(2000)])
    cells = np.floor(points / np.array([1.5, 1.5, 1.5])).astype(int)
    counts = np.unique(cells, axis=0, return_counts=True)[1]
    assert len(counts) == 4 * 4 * 2
    assert stats.chisquare(counts).pvalue > 1e-3
    azimuth = np.arctan2(points[:, 1] - 3, points[:, 0] - 3)
    quadrants = np.bincount(np.floor(azimuth / (np.pi / 4)).astype(int) + 4)
    assert stats.chisquare(quadrants).pvalue > 1e-3


def test_around_an_array_in_its_frame():
    """From an array turned by 90 degrees, azimuth 0 is +y of the room, 90 is -x."""
    arrays = f"{{pair: {PAIR[:-1]}, position_m: [3, 2, 1], yaw_deg: 90}}}}"
    for azimuth, expected in ((0, (3, 4, 1)), (90, (1, 2, 1)), (-90, (5, 2, 1))):
        place = f"{{around: {{array: pair, distance_m: 2, azimuth_deg: {azimuth}}}}}"
        scene = parse(sources=noisy(place), arrays=arrays).draw(seed=1, index=0)
        assert scene.sources[0].position == pytest.approx(expected, abs=1e-12)


def test_elevation_is_from_the_horizontal_plane():
    place = "{around: {array: pair, distance_m: 1, azimuth_deg: 180, elevation_deg: 30}}"
    scene = parse(sources=noisy(place)).draw(seed=1, index=0)
    assert scene.sources[0].position == pytest.approx((3 - math.sqrt(3) / 2, 3, 2), abs=1e-12)


def test_around_keeps_what_was_asked_for():
    place = (
        "{around: {array: pair, distance_m: {uniform: [1, 2]}, azimuth_deg: {uniform: [20, 60]},"
        " elevation_deg: {uniform: [-20, 10]}}}"
    )
    arrays = f"{{pair: {PAIR[:-1]}, yaw_deg: {{uniform: [0, 360]}}}}}}"
    scene_file = parse(sources=noisy(place, 2), arrays=arrays)
    for index in range(30):
        scene = scene_file.draw(seed=1, index=index)
        x, y, z = offsets_from(scene.arrays["pair"], positions(scene)).T
        distance = np.sqrt(x**2 + y**2 + z**2)
        azimuth, elevation = np.degrees(np.arctan2(y, x)), np.degrees(np.arcsin(z / distance))
        assert np.all((distance >= 1 - 1e-9) & (distance <= 2))
        assert np.all((azimuth >= 20 - 1e-9) & (azimuth <= 60))
        assert np.all((elevation >= -20 - 1e-9) & (elevation <= 10))


def test_around_stays_inside_the_room():
    place = "{around: {array: pair, distance_m: 4, azimuth_deg: {uniform: [0, 360]}}}"
    scene_file = parse(sources=noisy(place, 3))
    for index in range(20):
        points = positions(scene_file.draw(seed=1, index=index))
        assert np.all((points > 0) & (points < np.array([6, 6, 3])))


def test_fixed_positions():
    scene = parse(sources=noisy("{position_m: [1, center, {constant: 2}]}")).draw(seed=1, index=0)
    assert scene.sources[0].position == (1, 3, 2)


# Files that cannot be


@pytest.mark.parametrize(
    ("options", "code", "line", "key_path"),
    [
        (
            {
                "sources": noisy("{anywhere: {}}"),
                "rules": "[{at_least_m: 50, between: [talkers, pair]}]",
            },
            "infeasible",
            7,
            "rules[0]",
        ),
        (
            {
                "sources": noisy("{position_m: [1, 1, 1]}", 2),
                "rules": "[{at_least_m: 0.5, between: [talkers, talkers]}]",
            },
            "infeasible",
            7,
            "rules[0]",
        ),
        (
            {"sources": noisy("{position_m: [7, 1, 1]}")},
            "infeasible",
            6,
            "sources.talkers.place",
        ),
        (
            {"sources": noisy("{position_m: [center, 3.05, center]}")},
            "infeasible",
            6,
            "sources.talkers.place",
        ),
        (
            {"sources": noisy("{around: {array: pair, distance_m: 9, azimuth_deg: 0}}")},
            "infeasible",
            6,
            "sources.talkers.place",
        ),
        (
            {"sources": noisy("{anywhere: {height_m: 3.5}}")},
            "infeasible",
            6,
            "sources.talkers.place",
        ),
        (
            {"sources": noisy("{anywhere: {wall_clearance_m: 1.5}}")},
            "infeasible",
            6,
            "sources.talkers.place.anywhere.wall_clearance_m",
        ),
        (
            {
                "sources": noisy("{anywhere: {}}"),
                "arrays": f"{{pair: {PAIR[:-1]}, position_m: [1, 1, 4]}}}}",
            },
            "outside-room",
            5,
            "arrays.pair.position_m",
        ),
        (
            {
                "sources": noisy("{anywhere: {}}"),
                "arrays": f"{{pair: {PAIR[:-1]}, position_m: [1, 0.02, 1]}}}}",
            },
            "outside-room",
            5,
            "arrays.pair.position_m",
        ),
        (
            {
                "sources": noisy("{anywhere: {}}"),
                "room": "room: {box_m: [6, 6, 3], t60_s: 0.01}\n",
            },
            "out-of-range",
            4,
            "room.t60_s",
        ),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(options, code, line, key_path):
    problem = problem_of(parse(**options), index=5)
    assert (problem.code, problem.line, problem.key_path) == (code, line, key_path)
    assert "scene 5, seed 1" in problem.message


def test_the_message_counts_what_was_turned_down():
    problem = problem_of(
        parse(sources=noisy("{anywhere: {}}"), rules="[{at_least_m: 50, between: [talkers, pair]}]")
    )
    assert problem.message == (
        "there is no place for 1 source: this rule turned down 10000 of the 10000 places refused "
        "(scene 0, seed 1)"
    )


def test_the_array_s_message_names_the_microphone():
    arrays = f"{{pair: {PAIR[:-1]}, position_m: [1, 0.02, 1]}}}}"
    problem = problem_of(parse(sources=noisy("{anywhere: {}}"), arrays=arrays))
    assert 'array "pair": microphone 0 is not inside the room' in problem.message


@pytest.mark.parametrize(
    ("place", "most"),
    [
        ("{position_m: [1, 1, 1]}", 2 * placement.MOST_STARTS),
        ("{anywhere: {}}", (placement.MOST_DRAWS + 1) * placement.MOST_STARTS),
    ],
)
def test_the_search_ends(monkeypatch, place, most):
    """Fixed places are not drawn again and again."""
    tried = []
    is_clear = placement._Placement._is_clear
    monkeypatch.setattr(
        placement._Placement,
        "_is_clear",
        lambda self, candidate: tried.append(candidate) or is_clear(self, candidate),
    )
    rules = "[{at_least_m: 50, between: [talkers, talkers]}]"
    problem_of(parse(sources=noisy(place, 2), rules=rules))
    assert len(tried) == most


def test_a_start_that_leads_nowhere_is_given_up():
    """Two spots, three metres apart: the second source fits only if the first left it room."""
    place = "{position_m: [{choice: [1, 2.5, 4]}, 1, 1]}"
    rules = "[{at_least_m: 2.9, between: [talkers, talkers]}]"
    scene_file = parse(sources=noisy(place, 2), rules=rules)
    for index in range(10):
        drawn = positions(scene_file.draw(seed=1, index=index))
        assert sorted(drawn[:, 0]) == [1, 4]


def test_crowded_regions_fill_up():
    arrays = f"{{pair: {PAIR[:-1]}, regions: {{sectors: 3, ring_edges_m: [1.5]}}}}}}"
    scene_file = parse(
        sources=noisy("{anywhere: {}}", 6),
        arrays=arrays,
        rules="[{at_most_one_per_region: pair}]",
    )
    scene = scene_file.draw(seed=1, index=0)
    x, y, z = offsets_from(scene.arrays["pair"], positions(scene)).T
    grid = region_grid(scene.room, scene.arrays["pair"])
    regions = grid.region_of(np.arctan2(y, x), np.sqrt(x**2 + y**2 + z**2))
    assert sorted(regions) == list(range(6))
