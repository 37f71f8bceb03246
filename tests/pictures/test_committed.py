"""Pictures that are shown in the cards of the tracks."""

import re
from pathlib import Path

import pytest

from simgen.benchmark.suite import suite_folder

CARDS = sorted(suite_folder().glob("*/track.yaml"))
PICTURES = sorted(suite_folder().glob("*/results/*.png"))


@pytest.mark.parametrize("track", CARDS, ids=lambda file: file.parent.name)
def test_a_card_shows_every_picture_and_says_how_it_is_made(track):
    card = (track.parent / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^]]{20,}\]\(([^)]+)\)", card)
    there = [f"results/{file.name}" for file in PICTURES if file.parents[1] == track.parent]
    assert there
    assert sorted(shown) == there
    for name in there:
        assert re.search(rf"^simgen plot .* -o {Path(name).name}$", card, re.MULTILINE), name


def test_pictures_are_small():
    sizes = {file: file.stat().st_size for file in PICTURES}
    assert max(sizes.values()) < 60_000
    assert sum(sizes.values()) < 600_000
