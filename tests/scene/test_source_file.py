import math

import numpy as np
import pytest

from simgen.errors import SceneError
from simgen.scene.directivity import OMNI, Cap, FirstOrder, Harmonics, Piston, Speech
from simgen.scene.scene_file import SceneFile


def parse(sources: str, **top: str) -> SceneFile:
    more = "".join(f"{key}: {value}\n" for key, value in top.items())
    return SceneFile.parse(
        "scene: 1\nname: test\nduration_s: 1\nroom: {box_m: [6, 5, 3], t60_s: 0}\n"
        "arrays: {table: {microphones: {circle: {count: 2, radius_m: 0.1}}, yaw_deg: 77}}\n"
        f"sources: {{{sources}}}\n{more}",
        "test.yaml",
    )


def drawn(group: str, index: int = 0):
    return parse(f"one: {{{group}}}").draw(seed=1, index=index).sources[0]


def front(source) -> np.ndarray:
    """Where a source faces, by the formula for a quaternion's x axis."""
    w, x, y, z = source.orientation
    return np.array((1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)))


def refused(sources: str, **top: str) -> tuple[str, str]:
    """The message of the only problem, and the text of its line from its place on."""
    with pytest.raises(SceneError) as caught:
        parse(sources, **top).draw(seed=1, index=0)
    (problem,) = caught.value.problems
    told = f"{problem.code} {problem.key_path}: {problem.message}"
    return told, problem.source_line[problem.column - 1 :]


@pytest.mark.parametrize(
    ("written", "record"),
    [
        ("omni", OMNI),
        ("cardioid", FirstOrder(pattern="cardioid")),
        ("speech", Speech()),
        ("{piston: {radius_m: 0.05}}", Piston(radius=0.05)),
        (
            "{cap: {sphere_radius_m: 0.12, half_angle_deg: 180}}",
            Cap(sphere_radius=0.12, half_angle=math.pi),
        ),
        ("{harmonics: [[0, 0, 0, 1]]}", Harmonics(coefficients=((0.0, 0.0, 0.0, 1.0),))),
    ],
)
def test_directivities(written, record):
    assert drawn(f"directivity: {written}").directivity == record


def test_directivities_are_drawn_for_each_source():
    scene = parse(
        "one: {count: 3, directivity: {piston: {radius_m: {uniform: [0.02, 0.1]}}}}"
    ).draw(seed=1, index=0)
    radii = {source.directivity.radius for source in scene.sources}
    assert len(radii) == 3
    assert all(0.02 <= radius <= 0.1 for radius in radii)


def test_facing_an_array_is_facing_its_centre():
    for index in range(5):
        source = drawn("directivity: speech, facing: table", index)
        towards = np.array((3, 2.5, 1.5)) - source.position
        np.testing.assert_allclose(front(source), towards / np.linalg.norm(towards), atol=1e-12)


def test_facing_another_source():
    scene = parse("one: {directivity: cardioid, facing: two}, two: {}").draw(seed=1, index=0)
    one, two = scene.sources
    towards = np.array(two.position) - one.position
    np.testing.assert_allclose(front(one), towards / np.linalg.norm(towards), atol=1e-12)


def test_facing_straight_up():
    source = drawn("directivity: cardioid, facing: table, place: {position_m: [3, 2.5, 0.5]}")
    np.testing.assert_allclose(front(source), (0, 0, 1), atol=1e-15)


@pytest.mark.parametrize(
    ("angles", "expected"),
    [
        ("{yaw_deg: 0}", (1, 0, 0)),
        ("{yaw_deg: 90}", (0, 1, 0)),
        ("{yaw_deg: 180, pitch_deg: 30}", (-math.cos(math.pi / 6), 0, 0.5)),
        ("{yaw_deg: -90, pitch_deg: -90}", (0, 0, -1)),
    ],
)
def test_facing_a_direction_of_the_room(angles, expected):
    source = drawn(f"directivity: speech, facing: {angles}")
    np.testing.assert_allclose(front(source), expected, atol=1e-15)


def test_unless_told_a_source_faces_any_way_round_and_level():
    fronts = np.array([front(drawn("directivity: speech", index)) for index in range(60)])
    np.testing.assert_allclose(fronts[:, 2], 0, atol=1e-15)
    quarters = np.floor(np.arctan2(fronts[:, 1], fronts[:, 0]) / (np.pi / 2))
    assert min(np.bincount((quarters + 2).astype(int), minlength=4)) > 5
    told = "directivity: speech, facing: {yaw_deg: {uniform: [0, 360]}}"
    assert [tuple(front(drawn(told, k))) for k in range(5)] == [tuple(x) for x in fronts[:5]]


def test_a_directivity_changes_nothing_else_of_a_scene():
    plain = drawn("place: {anywhere: {}}, level_db: {uniform: [-3, 3]}")
    faced = drawn("place: {anywhere: {}}, level_db: {uniform: [-3, 3]}, directivity: speech")
    assert faced.model_copy(update={"directivity": OMNI, "orientation": (1, 0, 0, 0)}) == plain
    assert "directivity" not in plain.to_json()


@pytest.mark.parametrize(
    ("sources", "place", "message"),
    [
        (
            "a: {facing: table}",
            "table",
            "bad-value sources.a.facing: an omnidirectional source faces nothing; "
            "give it a directivity such as speech, or leave this key out",
        ),
        (
            "a: {directivity: speech, facing: tabel}",
            "tabel",
            'unknown-name sources.a.facing: nothing here is named "tabel" (allowed: table, a)',
        ),
        (
            "a: {directivity: speech, facing: a}",
            "a}",
            "bad-value sources.a.facing: "
            "sources cannot face their own group; name an array or another group",
        ),
        (
            "a: {directivity: speech, facing: b}, b: {count: {integers: [1, 3]}}",
            "b}",
            "bad-value sources.a.facing: "
            'only a group of a single source can be faced; "b" can have 3',
        ),
        (
            "a: {directivity: speech, facing: {pitch_deg: 3}}",
            "facing",
            "missing-key sources.a.facing.yaw_deg: this key is required",
        ),
        (
            "a: {directivity: speech, facing: table, place: {position_m: [3, 2.5, 1.5]}}",
            "table",
            'infeasible sources.a.facing: a[0] is where "table" is and cannot face it '
            "(scene 0, seed 1)",
        ),
        (
            "a: {directivity: speach}",
            "speach",
            'bad-choice sources.a.directivity: must be "omni" or "subcardioid" or "cardioid" or '
            '"supercardioid" or "hypercardioid" or "figure_eight" or "speech", {piston: ...}, '
            '{cap: ...}, {harmonics: ...} or {sofa: ...}, got the text "speach"',
        ),
        (
            "a: {directivity: {}}",
            "{}",
            "bad-value sources.a.directivity: "
            "must be a name such as cardioid, or a mapping such as {harmonics: [[...]]}",
        ),
        (
            "a: {directivity: {piston: {radius_m: 1}}}",
            "1}",
            "out-of-range sources.a.directivity.piston.radius_m: "
            "must be at least 0.001 and at most 0.2, got 1",
        ),
        (
            "a: {directivity: {cap: {sphere_radius_m: 0.1, half_angle_deg: 0}}}",
            "0}",
            "out-of-range sources.a.directivity.cap.half_angle_deg: "
            "must be at least 1 and at most 180, got 0",
        ),
        (
            "a: {directivity: {harmonics: [[1], [1]]}}",
            "[[1]",
            "out-of-range sources.a.directivity.harmonics: "
            "must hold 1 row, or one for each of the 6 octave bands of 16000 Hz, got 2",
        ),
        (
            "a: {directivity: {harmonics: [[1.0e+39]]}}",
            "[[1",
            "out-of-range sources.a.directivity.harmonics: "
            "must not all be 0, and at most 1000 in size, got 1e+39",
        ),
        (
            "a: {directivity: {harmonics: [[0]]}}",
            "[[0",
            "out-of-range sources.a.directivity.harmonics: "
            "must not all be 0, and at most 1000 in size, got 0",
        ),
    ],
)
def test_faults_are_located(sources, place, message):
    told, found = refused(sources)
    assert told == message
    assert found.startswith(place)


def test_the_other_engine_takes_omnidirectional_sources_alone():
    message, place = refused("a: {directivity: speech}", engine="pyroomacoustics")
    assert message == (
        "infeasible sources.a.directivity: the engine pyroomacoustics takes omnidirectional "
        "sources and microphones alone here; choose engine: simgen"
    )
    assert place.startswith("speech")
    parse("a: {directivity: omni}", engine="pyroomacoustics").draw(seed=1, index=0)


def test_facing_is_checked_beside_other_faults():
    with pytest.raises(SceneError) as caught:
        parse("a: {directivity: speech, facing: tabel}, b: {count: 0}", engine="pyroomacoustics")
    assert [problem.code for problem in caught.value.problems] == [
        "infeasible",
        "unknown-name",
        "out-of-range",
    ]
