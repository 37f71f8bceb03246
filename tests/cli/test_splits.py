import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from simgen.benchmark.suite import load_split
from simgen.cli import splits
from simgen.cli.splits import built_place, cached_split, counting, open_built
from simgen.dataset import layout
from simgen.errors import DatasetError
from simgen.generate.run import generate
from simgen.generate.sources import FrozenScenes
from tests.dataset.fake_scenes import fake_render, faulty_render, frozen_text
from tests.generate.in_process import without_workers

LINES = frozen_text(3)
SPLIT = replace(
    load_split("localization/mini"), lines=LINES, sha256=hashlib.sha256(LINES).hexdigest()
)


@pytest.fixture
def building(monkeypatch, tmp_path):
    """Build splits without sound, in a cache of their own; return the folders built in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    built = []

    def with_render(render):
        def build(split, directory, *, jobs, quiet):
            assert (jobs, quiet) == (3, True)
            built.append(directory)
            scenes = FrozenScenes.from_jsonl("mini", split.lines)
            with without_workers():
                return generate(scenes, directory, count=3, render=render)

        monkeypatch.setattr(splits, "build_split", build)
        return built

    return with_render


def test_a_split_is_built_in_a_folder_of_its_own():
    assert built_place("localization/mini") == Path("built/localization-mini")
    assert built_place("crosstalk/mini") != built_place("localization/mini")


def test_a_split_is_built_into_the_cache_once(building, tmp_path, capsys):
    built = building(fake_render)
    first, second = (cached_split(SPLIT, jobs=3, quiet=True) for _ in range(2))
    assert len(built) == 1
    assert built[0].parent == tmp_path / "cache" / "simgen" / "splits"
    assert first.path == second.path == built[0]
    assert len(second) == 3
    assert capsys.readouterr().err == f"building localization/mini into {built[0]}\n"


def test_other_scenes_or_another_version_are_built_anew(building, monkeypatch):
    built = building(fake_render)
    cached_split(SPLIT, jobs=3, quiet=True)
    lines = frozen_text(4)
    other = replace(SPLIT, lines=lines, sha256=hashlib.sha256(lines).hexdigest())
    cached_split(other, jobs=3, quiet=True)
    versions = layout.installed_versions() | {"numpy": "1.0"}
    monkeypatch.setattr(layout, "installed_versions", lambda: versions)
    cached_split(SPLIT, jobs=3, quiet=True)
    assert len(set(built)) == len(built) == 3


def test_what_was_left_half_built_is_finished(building):
    built = building(fake_render)
    cached_split(SPLIT, jobs=3, quiet=True)
    (built[0] / layout.SUMS).unlink()
    assert len(cached_split(SPLIT, jobs=3, quiet=True)) == 3
    assert built[1] == built[0]


def test_a_scene_that_cannot_be_rendered_is_told(building):
    building(faulty_render)
    with pytest.raises(DatasetError) as caught:
        cached_split(SPLIT, jobs=3, quiet=True)
    assert "localization/mini: scene 2 cannot be rendered: table: microphone outside" in str(
        caught.value
    )


def test_a_scene_that_could_not_be_rendered_is_tried_again(building):
    built = building(faulty_render)
    with pytest.raises(DatasetError):
        cached_split(SPLIT, jobs=3, quiet=True)
    building(fake_render)
    assert not cached_split(SPLIT, jobs=3, quiet=True).failures()
    assert built[1] == built[0]


@pytest.mark.parametrize("root", ["", "relative/cache"])
def test_without_a_cache_folder_of_the_users_it_is_in_the_home_folder(monkeypatch, tmp_path, root):
    """A relative one is none, by the XDG base directory specification."""
    monkeypatch.setenv("XDG_CACHE_HOME", root)
    monkeypatch.setenv("HOME", str(tmp_path))
    place = splits._cache_place(SPLIT)
    assert place.parent == tmp_path / ".cache" / "simgen" / "splits"
    assert place.name.startswith("localization-mini-")


def test_who_has_built_nothing_is_told_how_to(tmp_path):
    place = tmp_path / "my splits" / "a"
    with pytest.raises(DatasetError) as caught:
        open_built(SPLIT, place)
    fix = f"Build it with: simgen bench build localization/mini --out '{place}'"
    assert str(caught.value) == f"{place}: localization/mini has not been built. {fix}"


def test_who_has_built_something_is_given_it(building):
    building(fake_render)
    place = cached_split(SPLIT, jobs=3, quiet=True).path
    assert open_built(SPLIT, place).identity.scenes == SPLIT.sha256


def test_parts_are_counted_from_the_first_to_the_last(monkeypatch):
    shown = []

    class Bar:
        def __init__(self, what, total, *, quiet):
            shown.append((what, total, quiet))

        def __enter__(self):
            return shown.append

        def __exit__(self, *_):
            shown.append("closed")

    monkeypatch.setattr(splits, "progress_bar", Bar)
    with counting("scoring", 3, quiet=True) as advance:
        advance("A")
        advance("A")
    assert shown == [("scoring", 3, True), 1, 2, "closed"]
