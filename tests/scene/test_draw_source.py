import math

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from simgen.acoustics.rotation import NO_TURN
from simgen.errors import SceneError
from simgen.scene.directivity import OMNI, Cap, MeasuredDirectivity, Piston, Speech
from simgen.scene.directivity_file import (
    CapDirectivity,
    PistonDirectivity,
    SofaDirectivity,
)
from simgen.scene.draw_source import draw_directivity, draw_facing, draw_source_directivity
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators
from simgen.scene.sofa_files import digest_of_file

HEAD = (
    "scene: 1\nname: test\nduration_s: 1\nroom: {box_m: [6, 5, 3], t60_s: 0}\n"
    "arrays: {table: {microphones: {head: {}}}}\n"
)
PLACES = {"talkers": [(1.0, 2.0, 1.5), (4.0, 3.0, 1.2)], "fan": [(2.0, 4.0, 2.5)]}
LANDMARKS = {"table": (3.0, 2.5, 1.0)}


def front(facing="", number=0, index=0):
    """Where one of two talkers faces, as a unit vector."""
    talkers = f"talkers: {{count: 2, directivity: speech{facing and f', facing: {facing}'}}}"
    scene_file = SceneFile.parse(f"{HEAD}sources: {{{talkers}, fan: {{}}}}\n")
    generators = Generators(3, index)
    source = ("talkers", number)
    turn = draw_facing(scene_file, source, Speech(), PLACES, LANDMARKS, generators)
    return Rotation.from_quat(turn, scalar_first=True).apply([1.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("facing", "target"), [("table", LANDMARKS["table"]), ("fan", PLACES["fan"][0])]
)
@pytest.mark.parametrize("number", [0, 1])
def test_who_faces_something_looks_straight_at_it(facing, target, number):
    way = np.subtract(target, PLACES["talkers"][number])
    np.testing.assert_allclose(front(facing, number), way / np.linalg.norm(way), atol=1e-12)


def test_who_is_where_it_is_to_look_is_told_so():
    here = {"talkers": PLACES["fan"], "fan": PLACES["fan"]}
    scene_file = SceneFile.parse(
        f"{HEAD}sources: {{talkers: {{directivity: speech, facing: fan}}, fan: {{}}}}\n"
    )
    source = ("talkers", 0)
    with pytest.raises(SceneError) as caught:
        draw_facing(scene_file, source, Speech(), here, LANDMARKS, Generators(3, 7))
    (problem,) = caught.value.problems
    assert (problem.code, problem.key_path) == ("infeasible", "sources.talkers.facing")
    told = 'talkers[0] is where "fan" is and cannot face it (scene 7, seed 3)'
    assert problem.message == told


def test_angles_are_azimuth_and_elevation_in_the_room():
    facing = "{yaw_deg: -60, pitch_deg: 30}"
    found = front(facing)
    e, a = math.radians(30), math.radians(-60)
    expected = [math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_unless_told_each_source_of_each_scene_looks_another_way_on_the_level():
    found = np.array([front(number=n, index=index) for index in range(30) for n in (0, 1)])
    assert np.abs(found[:, 2]).max() < 1e-12
    angles = np.sort(np.arctan2(found[:, 1], found[:, 0]))
    assert np.diff(angles).min() > 0.0
    # Of 60 evenly spread ones none leaves a gap of 0.8 rad but once in 150 000 times.
    assert np.diff(angles).max() < 0.8


def test_what_radiates_alike_draws_nothing_and_faces_nothing():
    talkers = "talkers: {facing: {yaw_deg: {uniform: [0, 90]}}, directivity: cardioid}"
    scene_file = SceneFile.parse(f"{HEAD}sources: {{{talkers}}}\n")
    generators = Generators(3, 0)
    found = draw_facing(scene_file, ("talkers", 0), OMNI, PLACES, LANDMARKS, generators)
    assert found == NO_TURN
    assert not generators._by_path


def test_directivities_are_in_si_units_and_drawn_under_their_key():
    generators, path = Generators(3, 0), ("sources", "a", "directivity")
    cap = CapDirectivity.model_validate({"cap": {"sphere_radius_m": 0.1, "half_angle_deg": 45}})
    assert draw_directivity(cap, generators, path) == Cap(sphere_radius=0.1, half_angle=math.pi / 4)
    drawn = PistonDirectivity.model_validate({"piston": {"radius_m": {"uniform": [0.01, 0.2]}}})
    found = draw_directivity(drawn, generators, path)
    assert found == draw_directivity(drawn, Generators(3, 0), path)
    assert found != draw_directivity(drawn, Generators(3, 0), ("sources", "b", "directivity"))
    assert isinstance(found, Piston)


def test_a_file_is_named_as_it_was_written_and_by_its_digest(tmp_path):
    (tmp_path / "woofer.sofa").write_bytes(b"measured")
    path = tmp_path / "scene.yaml"
    path.write_text(f"{HEAD}sources: {{a: {{}}}}\n")
    scene_file = SceneFile.load(path)
    spec = SofaDirectivity(sofa="woofer.sofa", order=3, measurement=0)
    where = ("sources", "a", "directivity")
    found = draw_source_directivity(scene_file, spec, Generators(3, 0), where)
    digest = digest_of_file("woofer.sofa", tmp_path)
    assert found == MeasuredDirectivity(file="woofer.sofa", sha256=digest, order=3, measurement=0)
    with pytest.raises(SceneError) as caught:
        draw_source_directivity(
            scene_file, spec.model_copy(update={"sofa": "tweeter.sofa"}), Generators(3, 0), where
        )
    (problem,) = caught.value.problems
    assert (problem.code, problem.key_path) == ("bad-file", "sources.a.directivity.sofa")
    assert "there is no such file" in problem.message
