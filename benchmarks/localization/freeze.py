"""Draw the frozen scenes of the localisation track's splits, once.

A split never changes after it has been published: this script documents how one was made.
``python benchmarks/localization/freeze.py`` writes the scenes and prints their digests; names of
splits behind it limit it to these. For ``real-talkers`` the prompts must be installed.
"""

import contextlib
import gzip
import hashlib
import json
import sys
import tempfile
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from prepare_prompts import prepare

from simgen.scene.geometry import offsets_from, region_grid
from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile

HERE = Path(__file__).parent

MOST_TALKERS = 4

MINI_SEED, SCENES_PER_CELL = 20_260, 3
"""Seed of ``mini``, and its scenes for each number of talkers, anechoic and reverberant."""

NUM_SCENES = 300
"""Scenes of every other split, as many for each number of talkers."""

FAMILIES = {
    "development": ["development"],
    "anechoic": ["anechoic"],
    "reverberant": ["reverberant"],
    "harsh": ["harsh"],
    "crowded": ["crowded"],
    "unseen-rooms": ["unseen-halls", "unseen-corridors"],
    "imperfect": ["imperfect"],
    "real-talkers": ["real-talkers"],
}
"""The scene files that a split is drawn from, in turns."""

SEEDS = {split: 20_261 + number for number, split in enumerate(FAMILIES)}


def draw_mini() -> list[Scene]:
    """Draw 24 scenes: 1 to 4 talkers, anechoic and reverberant, three of each."""
    spec = specification("mini")
    scenes: list[Scene] = []
    for t60 in (0.0, spec["room"]["t60_s"]):
        spec["room"]["t60_s"] = t60
        for num_talkers in range(1, MOST_TALKERS + 1):
            for _ in range(SCENES_PER_CELL):
                scenes.append(draw(spec, num_talkers, seed=MINI_SEED, index=len(scenes)))
    return scenes


def draw_split(split: str) -> list[Scene]:
    """Draw 300 scenes: 1, 2, 3, 4 talkers and again, of each family as often with each number."""
    families = [half for file in FAMILIES[split] for half in halves(specification(file))]
    scenes = []
    for index in range(NUM_SCENES):
        block, place = divmod(index, MOST_TALKERS)
        turn = block + place
        trials = (
            draw(families[turn % len(families)], place + 1, seed=SEEDS[split], index=trial)
            for trial in count(index, NUM_SCENES)
        )
        scenes.append(next(scene for scene in trials if is_wanted(scene, split, turn)))
    return scenes


def is_wanted(scene: Scene, split: str, turn: int) -> bool:
    """Tell whether talkers of ``crowded`` share a sector: in every other scene that has several."""
    if split != "crowded" or len(scene.sources) == 1:
        return True
    array = scene.arrays["table"]
    grid = region_grid(scene.room, array)
    x, y, _ = offsets_from(array, scene.source_positions()).T
    sectors = grid.region_of(np.arctan2(y, x), np.hypot(x, y))
    return (len(set(sectors.tolist())) < len(sectors)) == (turn % 2 == 0)


def draw_real_talkers() -> list[Scene]:
    """Draw scenes of the prompts, each with its digest."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        prepare(Path())
        return [with_digests(scene) for scene in draw_split("real-talkers")]


def with_digests(scene: Scene) -> Scene:
    """Note the digests of all recordings, which lie in the current folder."""
    lines = scene.model_dump(mode="json")
    for source in lines["sources"]:
        for clip in source["signal"]["clips"]:
            clip["sha256"] = hashlib.sha256(Path(clip["file"]).read_bytes()).hexdigest()
    return Scene.model_validate_json(json.dumps(lines))


def specification(name: str) -> dict[str, Any]:
    """Read a scene file beside this script."""
    return SceneFile.load(HERE / f"{name}.yaml").model_dump(mode="json")


def halves(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a family for each choice of reverberation time: half and half, not by chance."""
    t60 = spec["room"]["t60_s"]
    options = t60["choice"] if isinstance(t60, dict) and "choice" in t60 else [t60]
    return [spec | {"room": spec["room"] | {"t60_s": option}} for option in options]


def draw(spec: dict[str, Any], num_talkers: int, *, seed: int, index: int) -> Scene:
    """Draw a scene with a number of talkers."""
    spec["sources"]["talkers"]["count"] = num_talkers
    return SceneFile.model_validate(spec).draw(seed=seed, index=index)


def write(split: str, scenes: list[Scene]) -> None:
    """Write a split beside this script."""
    lines = "".join(scene.to_json() + "\n" for scene in scenes).encode()
    (HERE / f"{split}.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))
    print(f"{split} {hashlib.sha256(lines).hexdigest()}")


def main(*splits: str) -> None:
    """Write the splits named, or all."""
    special = {"mini": draw_mini, "real-talkers": draw_real_talkers}
    for split in splits or ("mini", *FAMILIES):
        write(split, special.get(split, partial(draw_split, split))())


if __name__ == "__main__":
    main(*sys.argv[1:])
