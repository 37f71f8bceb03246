import json
import sys

import pytest

from simgen.cli.plot_commands import KINDS

pytest.importorskip("matplotlib")


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("b.svg", b"<?xml"), ("deep/c.PDF", b"%PDF")]
)
def test_plot_writes_the_figure(simgen, rendered, tmp_path, name, start):
    ran = simgen("plot", rendered, "-o", name, "--json")
    assert (ran.code, json.loads(ran.out)) == (0, {"file": name, "kind": "room"})
    assert (tmp_path / name).read_bytes().startswith(start)
    assert f"wrote {name}: room" in ran.err


@pytest.mark.slow
def test_plot_draws_the_scene_asked_for_and_repeats_exactly(simgen, rendered, tmp_path):
    for name, scene in (("a.png", 0), ("b.png", 1), ("c.png", 1)):
        options = ("--kind", "recording", "--array", "ring", "--scene", scene)
        assert simgen("plot", rendered, "-o", name, *options).code == 0
    first, second, third = ((tmp_path / f"{each}.png").read_bytes() for each in "abc")
    assert first != second == third


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", "a.gif"), "no such format, got '.gif'"),
        (("-o", "a.png", "--kind", "pie"), "no figure of a dataset, got 'pie'"),
        (("-o", "a.png", "--kind", "scores"), "no figure of a dataset, got 'scores'"),
        (("-o", "a.png", "--scene", "2"), "scene is out of range, got 2"),
        (("-o", "a.png", "--kind", "recording", "--array", "x"), "--array is not in the scene"),
        (("-o", "a.png", "--kind", "ears"), "nothing of any listener"),
        (("-o", "a.png", "again"), "several paths"),
    ],
)
def test_what_cannot_be_drawn_exits_with_2_and_writes_nothing(
    simgen, rendered, tmp_path, words, message
):
    ran = simgen("plot", rendered, *words)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert not [*tmp_path.glob("*.png")]


def test_formats_and_kinds_are_refused_before_anything_is_read(simgen):
    assert simgen("plot", "nothing", "-o", "a.gif").code == 2
    assert simgen("plot", "nothing", "-o", "a.png", "--kind", "pie").code == 2
    assert simgen("plot", "nothing", "-o", "a.png").code == 3


def test_without_matplotlib_the_extra_is_named(simgen, rendered, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ran = simgen("plot", rendered, "-o", "a.png")
    assert ran.code == 2
    assert "pip install 'simgen[plot]'" in ran.err


def test_the_help_names_every_kind(simgen):
    ran = simgen("plot", "--help")
    assert all(kind in ran.out for kind in KINDS)
