import math

import numpy as np
import pytest

from simgen.errors import SceneError
from simgen.scene.geometry import microphone_positions
from simgen.scene.scene_file import SceneFile


def parse(array: str, sources: str = "{talker: {}}", **top: str) -> SceneFile:
    more = "".join(f"{key}: {value}\n" for key, value in top.items())
    return SceneFile.parse(
        f"scene: 1\nname: test\nduration_s: 1\nroom: {{box_m: [6, 5, 3], t60_s: 0}}\n"
        f"arrays: {{one: {{{array}}}}}\nsources: {sources}\n{more}",
        "test.yaml",
    )


def drawn(array: str, index: int = 0):
    return parse(array).draw(seed=1, index=index).arrays["one"]


def refused(array: str, **options: str) -> tuple[str, str]:
    """The message of the only problem, and the text of its line from its place on."""
    with pytest.raises(SceneError) as caught:
        parse(array, **options).draw(seed=1, index=0)
    (problem,) = caught.value.problems
    message = str(caught.value).splitlines()[0]
    assert message.startswith(f"test.yaml:{problem.line}:{problem.column}: ")
    return message.split(": ", 1)[1], problem.source_line[problem.column - 1 :]


def fronts(array) -> np.ndarray:
    """Where each microphone faces in the array's frame: a quaternion's x axis."""
    return np.array(
        [
            (1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y))
            for w, x, y, z in array.channels.orientations
        ]
    )


def test_microphones_on_a_circle_face_outward():
    array = drawn("microphones: {circle: {count: 5, radius_m: 0.1}, directivity: cardioid}")
    np.testing.assert_allclose(0.1 * fronts(array), array.microphones, atol=1e-15)
    assert array.channels.directivity.pattern == "cardioid"


@pytest.mark.parametrize(
    "places", ["line: {count: 3, spacing_m: 0.1}", "positions_m: [[0, 0, 0], [0, 1, 0]]"]
)
def test_other_microphones_face_the_front(places):
    array = drawn(f"microphones: {{{places}, directivity: {{harmonics: [[0.5, 0, 0, 0.5]]}}}}")
    assert array.channels.orientations == ()
    assert array.channels.directivity.coefficients == ((0.5, 0.0, 0.0, 0.5),)


def test_each_microphone_may_face_a_direction_of_its_own():
    """An XY pair, and one that looks straight up."""
    array = drawn(
        "microphones: {positions_m: [[0, 0, 0], [0, 0, 0], [0, 0, 0]], directivity: cardioid, "
        "facing_deg: [[45, 0], [-45, 0], [0, 90]]}"
    )
    half = math.sqrt(0.5)
    np.testing.assert_allclose(
        fronts(array), [(half, half, 0), (half, -half, 0), (0, 0, 1)], atol=1e-15
    )


def test_omnidirectional_microphones_are_as_they_always_were():
    array = drawn("microphones: {circle: {count: 5, radius_m: 0.1}, directivity: omni}")
    assert array == drawn("microphones: {circle: {count: 5, radius_m: 0.1}}")
    assert '"channels"' not in array.to_json()


@pytest.mark.parametrize("order", [1, 3, 7])
def test_ambisonic_channels_are_at_one_place(order):
    array = drawn(f"microphones: {{ambisonic: {{order: {order}}}}}")
    assert array.microphones == ((0, 0, 0),) * (order + 1) ** 2
    assert array.channels.order == order
    assert array.body_radius == 0


def test_a_sphere_of_32():
    array = drawn("microphones: {rigid_sphere: {radius_m: {uniform: [0.04, 0.05]}, count: 32}}")
    radius = array.body_radius
    assert 0.04 < radius < 0.05
    assert len(array.microphones) == 32
    np.testing.assert_allclose(np.linalg.norm(array.microphones, axis=1), radius)
    np.testing.assert_allclose(np.mean(array.microphones, axis=0), 0, atol=1e-15)


def test_a_sphere_by_directions():
    array = drawn(
        "microphones: {rigid_sphere: {radius_m: 0.1, directions_deg: [[90, 0], [180, 30]]}}"
    )
    expected = [(0, 0.1, 0), (-0.1 * math.cos(math.pi / 6), 0, 0.05)]
    np.testing.assert_allclose(array.microphones, expected, atol=1e-15)


def test_a_head_has_a_left_ear_and_a_right_one():
    array = drawn("microphones: {head: {}}")
    np.testing.assert_allclose(array.microphones, [(0, 0.0875, 0), (0, -0.0875, 0)], atol=1e-15)
    assert (array.channels.kind, array.body_radius) == ("head", 0.0875)
    behind = drawn("microphones: {head: {radius_m: 0.1, ear_azimuth_deg: 120}}").microphones
    y = 0.1 * math.sin(math.radians(120))
    np.testing.assert_allclose(behind, [(-0.05, y, 0), (-0.05, -y, 0)], atol=1e-15)


def test_arrays_can_be_pitched_and_rolled():
    """Front, left and top of an array, where they are in the room."""
    axes = "microphones: {positions_m: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}, position_m: [3, 2, 1.5]"
    for turn, expected in (
        ("pitch_deg: 90", [(0, 0, 1), (0, 1, 0), (-1, 0, 0)]),
        ("roll_deg: 90", [(1, 0, 0), (0, 0, 1), (0, -1, 0)]),
        ("yaw_deg: 90, pitch_deg: 90", [(0, 0, 1), (-1, 0, 0), (0, -1, 0)]),
        ("yaw_deg: 90, roll_deg: 90", [(0, 1, 0), (0, 0, 1), (1, 0, 0)]),
    ):
        offsets = microphone_positions(drawn(f"{axes}, {turn}")) - np.array([3, 2, 1.5])
        np.testing.assert_allclose(offsets, expected, atol=1e-12)


@pytest.mark.parametrize(
    ("array", "place", "message"),
    [
        (
            "microphones: {ambisonic: {order: 8}}",
            "8}",
            "out-of-range arrays.one.microphones.ambisonic.order: must be at most 7, got 8",
        ),
        (
            "microphones: {rigid_sphere: {radius_m: 0.1, count: 16}}",
            "16}",
            "bad-choice arrays.one.microphones.rigid_sphere.count: must be 32 or null, got 16",
        ),
        (
            "microphones: {rigid_sphere: {radius_m: 0.1}}",
            "{radius_m",
            "missing-key arrays.one.microphones.rigid_sphere: "
            "needs count: 32, or directions_deg: [[azimuth, elevation], ...]",
        ),
        (
            "microphones: {rigid_sphere: {radius_m: 0.1, count: 32, directions_deg: [[0, 0]]}}",
            "[[0, 0]]",
            "bad-value arrays.one.microphones.rigid_sphere.directions_deg: "
            "count says already where the microphones are; keep one of the two",
        ),
        (
            "microphones: {line: {count: 2, spacing_m: 1}, directivity: cardoid}",
            "cardoid",
            "bad-choice arrays.one.microphones.directivity: "
            'must be "omni" or "subcardioid" or "cardioid" or "supercardioid" or "hypercardioid" '
            'or "figure_eight" or {harmonics: ...}, got the text "cardoid"; '
            'did you mean "cardioid"?',
        ),
        (
            "microphones: {head: {}, directivity: cardioid}",
            "directivity",
            "unknown-key arrays.one.microphones.directivity: no such key here (allowed: head)",
        ),
        (
            "microphones: {positions_m: [[0, 0, 0]], facing_deg: [[0, 0]]}",
            "[[0, 0]]",
            "bad-value arrays.one.microphones.facing_deg: omnidirectional "
            "microphones face nothing; give them a directivity, or leave this key out",
        ),
        (
            "microphones: {positions_m: [[0, 0, 0]], directivity: cardioid, facing_deg: []}",
            "[]",
            "out-of-range arrays.one.microphones.facing_deg: "
            "must hold an [azimuth, elevation] for each of the 1 microphones, got 0",
        ),
        (
            "microphones: {head: {}}, pitch_deg: 5, regions: {sectors: 4}",
            "{sectors",
            "bad-value arrays.one.regions: "
            "an array with regions must be upright; leave pitch_deg and roll_deg out",
        ),
        (
            "microphones: {head: {}}, position_m: [3, 0.08, 1]",
            "[3, 0.08",
            'outside-room arrays.one.position_m: array "one": microphone 1 is not inside the room',
        ),
        (
            "microphones: {head: {}}, position_m: [0.08, 2, 1]",
            "[0.08",
            "outside-room arrays.one.position_m: "
            'a wall cuts the sphere of array "one", got (0.08, 2.0, 1.0) '
            "(allowed: a centre more than 0.0875 m from every wall) (scene 0, seed 1)",
        ),
    ],
)
def test_faults_are_located(array, place, message):
    told, found = refused(array)
    assert told.startswith(message)
    assert found.startswith(place)


@pytest.mark.parametrize(
    ("microphones", "place"),
    [
        ("{head: {}}", "{head"),
        ("{ambisonic: {order: 1}}", "{ambisonic"),
        ("{rigid_sphere: {radius_m: 0.1, count: 32}}", "{rigid_sphere"),
        ("{line: {count: 2, spacing_m: 1}, directivity: cardioid}", "cardioid"),
    ],
)
def test_the_other_engine_takes_omnidirectional_microphones_alone(microphones, place):
    message, found = refused(f"microphones: {microphones}", engine="pyroomacoustics")
    assert message.startswith("infeasible arrays.one.microphones")
    assert message.endswith("alone here; choose engine: simgen")
    assert found.startswith(place)


def test_rows_of_harmonics_are_the_octave_bands():
    two = "microphones: {line: {count: 2, spacing_m: 1}, directivity: {harmonics: [[1], [1]]}}"
    message, place = refused(two)
    assert message == (
        "out-of-range arrays.one.microphones.directivity.harmonics: "
        "must hold 1 row, or one for each of the 6 octave bands of 16000 Hz, got 2"
    )
    assert place.startswith("[[1], [1]]")
    assert "8 octave bands of 48000 Hz" in refused(two, sample_rate_hz="48000")[0]
    six = two.replace("[[1], [1]]", str([[1]] * 6))
    assert len(drawn(six).channels.directivity.coefficients) == 6


@pytest.mark.parametrize(
    ("rows", "given"), [("[[1, 2]]", "2"), ("[[1], [1, 0, 0, 0]]", "1 and 4"), ("[]", "no row")]
)
def test_rows_of_harmonics_are_square(rows, given):
    array = f"microphones: {{positions_m: [[0, 0, 0]], directivity: {{harmonics: {rows}}}}}"
    assert refused(array)[0].endswith(
        f"harmonics: each row must hold the same (order + 1)^2 numbers, 1, 4, 9, ..., got {given}"
    )


def test_no_source_is_inside_a_sphere():
    inside = "{talker: {place: {position_m: [3, 2.5, 1.55]}}}"
    array = "microphones: {rigid_sphere: {radius_m: 0.1, directions_deg: [[0, 0]]}}"
    message, place = refused(array, sources=inside)
    assert message.startswith("infeasible sources.talker.place: there is no place")
    assert place.startswith("{position_m")
    assert "being outside the room, inside a sphere or on top of a microphone" in message
    parse(array, "{talker: {place: {position_m: [3, 2.5, 1.65]}}}").draw(seed=1, index=0)
