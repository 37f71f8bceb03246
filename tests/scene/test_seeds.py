import json
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from simgen.errors import ParameterError
from simgen.scene.scene_file import SceneFile
from simgen.scene.seeds import Generators, derived_key, generator_from_key

TEXT = """\
scene: 1
name: hall
duration_s: {uniform: [1, 2]}
room: {box_m: [{uniform: [5, 6]}, 5, 3], t60_s: 0}
arrays: {pair: {microphones: {line: {count: 2, spacing_m: 0.1}}, yaw_deg: {uniform: [0, 90]}}}
sources:
  talkers: {count: {integers: [1, 3]}, level_db: {uniform: [-3, 3]}}
"""


def test_known_key():
    """BLAKE2b of the text 7/3/room.t60_s, as ``b2sum -l 128`` gives it."""
    assert Generators(7, 3).key("room.t60_s") == "df1858c2bd5ea9136037866971cc3efd"


def philox(counter, key):
    """Compute Philox 4x64-10 as Salmon et al. 2011 write it down."""
    for _ in range(10):
        low, high = 0xD2E7470EE14C6C93 * counter[0], 0xCA5A826395121157 * counter[2]
        counter = [
            (high >> 64) ^ counter[1] ^ key[0],
            high % 2**64,
            (low >> 64) ^ counter[3] ^ key[1],
            low % 2**64,
        ]
        key = [(key[0] + 0x9E3779B97F4A7C15) % 2**64, (key[1] + 0xBB67AE8584CAA73B) % 2**64]
    return counter


def test_the_oracle_gives_the_published_answer():
    """The vector of a zero counter and key in Random123's kat_vectors."""
    assert philox([0, 0, 0, 0], [0, 0])[0] == 0x16554D9ECA36314C


@pytest.mark.parametrize("key", ["0" * 32, "0123456789abcdef" + "fedcba9876543210"])
def test_draws_are_philox_from_counter_one(key):
    words = [int(key[:16], 16), int(key[16:], 16)]
    expected = philox([1, 0, 0, 0], words) + philox([2, 0, 0, 0], words)
    assert generator_from_key(key).bit_generator.random_raw(8).tolist() == expected


def test_both_halves_of_a_key_count():
    zero = generator_from_key("0" * 32).random()
    assert generator_from_key("1" + "0" * 31).random() != zero
    assert generator_from_key("0" * 31 + "1").random() != zero


def test_the_key_tells_seed_index_and_path_apart():
    names = [(1, 23, "a"), (12, 3, "a"), (1, 2, "3/a"), (1, 23, "a.b"), (1, 23, "a[0]")]
    keys = {Generators(seed, index).key(path) for seed, index, path in names}
    assert len(keys) == len(names)
    assert len({derived_key("0" * 32, name) for name in ("", "a", "b")}) == 3


def test_a_quantity_asked_for_again_goes_on():
    generators = Generators(1, 2)
    first = [generators.at("x").random() for _ in range(3)]
    assert first == generator_from_key(generators.key("x")).random(3).tolist()


def test_a_quantity_does_not_depend_on_others():
    alone, among = Generators(1, 2), Generators(1, 2)
    among.at("y").random(7)
    assert alone.at("x").random() == among.at("x").random()


@pytest.mark.parametrize("vary", ["seed", "index", "path"])
def test_generators_are_independent(vary):
    def first(k):
        seed, index, path = (k if vary == name else 0 for name in ("seed", "index", "path"))
        return Generators(seed, index).at(f"x[{path}]").random()

    drawn = np.array([first(k) for k in range(2000)])
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 5 / np.sqrt(len(drawn))


@pytest.mark.parametrize("name", ["seed", "index"])
@pytest.mark.parametrize("value", [-1, 1.0, "1", True, None])
def test_seed_and_index_are_whole_numbers(name, value):
    with pytest.raises(ParameterError, match=f"the {name} must be a whole number"):
        SceneFile.parse(TEXT).draw(**{"seed": 0, "index": 0, name: value})


def test_numpy_integers_are_whole_numbers():
    scene_file = SceneFile.parse(TEXT)
    scene = scene_file.draw(seed=np.int64(1), index=np.uint8(2))
    assert scene == scene_file.draw(seed=1, index=2)
    assert type(scene.index) is int


def test_any_scene_can_be_drawn_alone_and_in_any_order():
    scene_file = SceneFile.parse(TEXT)
    forwards = [scene_file.draw(seed=4, index=index) for index in range(6)]
    backwards = [scene_file.draw(seed=4, index=index) for index in reversed(range(6))]
    assert forwards == backwards[::-1]
    assert SceneFile.parse(TEXT).draw(seed=4, index=5) == forwards[5]
    assert len({scene.to_json() for scene in forwards}) == 6
    assert scene_file.draw(seed=5, index=0) != forwards[0]


@pytest.mark.parametrize(
    "addition",
    [
        "noise: {sensor: {snr_db: {uniform: [20, 40]}}}\n",
        "  others: {count: 2, signal: {noise: pink}, level_db: {uniform: [-9, 9]}}\n",
        "  others: {signal: {speech: any}}\n",
    ],
)
def test_an_addition_leaves_what_was_drawn(addition):
    before, after = SceneFile.parse(TEXT), SceneFile.parse(TEXT + addition)
    for index in range(10):
        old, new = (scene_file.draw(seed=2, index=index) for scene_file in (before, after))
        assert new.sources[: len(old.sources)] == old.sources
        assert (new.room, new.arrays, new.num_samples) == (old.room, old.arrays, old.num_samples)
        assert new != old


def test_groups_in_another_order_keep_their_numbers():
    others = "  others: {signal: {noise: pink}, level_db: {uniform: [-9, 9]}}\n"
    swapped = TEXT.replace("sources:\n", f"sources:\n{others}")
    one = SceneFile.parse(TEXT + others).draw(seed=1, index=1)
    two = SceneFile.parse(swapped).draw(seed=1, index=1)
    assert [source.name for source in one.sources] != [source.name for source in two.sources]
    assert sorted(one.sources, key=str) == sorted(two.sources, key=str)


def test_another_process_draws_the_same():
    code = (
        "import sys, json; from simgen.scene.scene_file import SceneFile;"
        "f = SceneFile.parse(json.load(sys.stdin));"
        "print(*(f.draw(seed=9, index=k).to_json() for k in (3, 1)), sep='\\n')"
    )
    scene_file = SceneFile.parse(TEXT)
    here = [scene_file.draw(seed=9, index=index).to_json() for index in (3, 1)]
    there = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(TEXT),
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.splitlines() == here
