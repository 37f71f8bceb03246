import pickle

import pytest

from simgen.errors import DatasetError, ParameterError
from simgen.generate.sources import DrawnScenes, FrozenScenes, digest_of
from tests.dataset.fake_scenes import FakeSceneFile, frozen_text, make_scene

DRAWN = DrawnScenes(FakeSceneFile(), seed=3)
FROZEN = FrozenScenes.from_jsonl("split", frozen_text(3))


def test_drawn_scenes_are_those_of_the_scene_file():
    assert DRAWN.scene(5) == make_scene(5, seed=3)
    assert (DRAWN.name, DRAWN.seed, DRAWN.limit) == ("büro", 3, None)
    assert DRAWN.description == ("scene.yaml", "scene: 1\nname: büro\n".encode())


def test_the_recordings_of_drawn_scenes_are_those_of_the_scene_file():
    scene_file = FakeSceneFile(digests=(("talks", "a" * 64),))
    assert DrawnScenes(scene_file, seed=3).corpora == {"talks": "a" * 64}
    assert DRAWN.corpora == {}
    assert FROZEN.corpora == {}


def test_frozen_scenes_are_those_of_the_file():
    assert FROZEN.scenes == tuple(make_scene(k, seed=None) for k in range(3))
    assert FROZEN.scene(2) == FROZEN.scenes[2]
    assert (FROZEN.name, FROZEN.seed, FROZEN.limit) == ("split", None, 3)
    assert FROZEN.description == ("scenes.jsonl", frozen_text(3))


@pytest.mark.parametrize("index", [3, -1])
def test_a_frozen_scene_that_does_not_exist(index):
    with pytest.raises(ParameterError, match=r"split has no such scene, got .* \(allowed: 0 to 2"):
        FROZEN.scene(index)


def test_a_line_that_is_no_scene_is_named():
    with pytest.raises(DatasetError, match="split, line 3: is not a scene"):
        FrozenScenes.from_jsonl("split", frozen_text(2) + b"{}\n")


def test_the_digest_follows_the_description():
    other = DrawnScenes(FakeSceneFile(text="scene: 1\n"), seed=3)
    assert digest_of(DRAWN) == digest_of(DrawnScenes(FakeSceneFile(), seed=4))
    assert digest_of(DRAWN) != digest_of(other)


@pytest.mark.parametrize("scenes", [DRAWN, FROZEN], ids=["drawn", "frozen"])
def test_sources_reach_workers(scenes):
    assert pickle.loads(pickle.dumps(scenes)) == scenes
