from pathlib import Path

from simgen.render import mix
from simgen.render.render import render
from simgen.render.warming import warm_up
from simgen.scene.scene_file import SceneFile
from simgen.signals import infrasound, level

SCENE_FILE = Path(__file__).parents[2] / "scenes" / "living_room.yaml"

COMPILED = [
    mix._products,
    infrasound._high_pass,
    level._average_twice,
    level._count_active,
    level._extend,
]


def test_a_scene_compiles_nothing_that_is_not_warm():
    warm_up()
    before = [function.signatures for function in COMPILED]
    assert all(before)
    scene_file = SceneFile.load(SCENE_FILE)
    render(scene_file.draw(seed=0, index=4))
    assert [function.signatures for function in COMPILED] == before
