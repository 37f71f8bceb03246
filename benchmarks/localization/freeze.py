"""Draw the frozen scenes of the localisation track's splits, once.

A split never changes after it has been published: this script documents how one was made.
``python benchmarks/localization/freeze.py`` writes the scenes and prints their digest.
"""

import gzip
import hashlib
from pathlib import Path

from simgen.scene.scene import Scene
from simgen.scene.scene_file import SceneFile

HERE = Path(__file__).parent

SCENES_PER_CELL = 3
"""Scenes for each number of talkers, anechoic and reverberant."""

SEED = 20_260
"""Seed of the ``mini`` split."""


def draw_mini() -> list[Scene]:
    """Draw 24 scenes: 1 to 4 talkers, anechoic and reverberant, three of each."""
    spec = SceneFile.load(HERE / "mini.yaml").model_dump(mode="json")
    scenes = []
    for t60 in (0.0, spec["room"]["t60_s"]):
        for count in range(1, 5):
            spec["room"]["t60_s"] = t60
            spec["sources"]["talkers"]["count"] = count
            scene_file = SceneFile.model_validate(spec)
            for _ in range(SCENES_PER_CELL):
                scenes.append(scene_file.draw(seed=SEED, index=len(scenes)))
    return scenes


def main() -> None:
    """Write the split beside this script."""
    lines = "".join(scene.to_json() + "\n" for scene in draw_mini()).encode()
    (HERE / "mini.jsonl.gz").write_bytes(gzip.compress(lines, mtime=0))
    print(f"mini {hashlib.sha256(lines).hexdigest()}")


if __name__ == "__main__":
    main()
