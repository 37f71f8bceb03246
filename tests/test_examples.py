"""The walk for users of loudspeakers, as it stands in docs/, and the scripts in examples/."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer

import simgen
from simgen.cli.app import app
from simgen.evaluate.measured import score_measured
from simgen.exchange.sofa_export import ear_responses_of
from tests.references.listening_scene import BAR, NO_TURN, SEATED, listening_scene

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs" / "loudspeakers.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, body in BLOCKS if kind == "sh" for line in body.splitlines()]
NUMBER = r"-?\d+\.?\d*"


def example(name):
    """Import a script of the folder."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


chain = example("soundstage_chain")


def run(command, folder):
    """Run a command of the page in a folder, and return what it prints on stdout."""
    command = re.sub(r"^simgen ", f"{shlex.quote(sys.executable)} -m simgen ", command)
    command = re.sub(r"^python examples/", f"{shlex.quote(sys.executable)} {EXAMPLES}/", command)
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=os.environ | {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def same_figures(shown, printed, tolerance):
    """Tell whether two texts are the same but for figures that differ a little."""
    words = [re.sub(NUMBER, "#", " ".join(text.split())) for text in (shown, printed)]
    numbers = [np.array(re.findall(NUMBER, text), dtype=float) for text in (shown, printed)]
    return words[0] == words[1] and np.allclose(*numbers, rtol=0.0, atol=tolerance)


# The page


def test_every_block_is_run_or_compared():
    assert {kind for kind, _ in BLOCKS} == {"sh", "python", "text"}
    assert PAGE.count("\n```") == 2 * len(BLOCKS)
    assert all(re.match(r"simgen |sed |python examples/", command) for command in COMMANDS)


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.startswith("simgen ")])
def test_every_command_of_the_page_exists_with_its_options(command):
    group, words = typer.main.get_command(app), shlex.split(command)[1:]
    while hasattr(group, "commands"):
        group = group.commands[words.pop(0)]
    known = {name for parameter in group.params for name in (*parameter.opts,)}
    assert {word for word in words if word.startswith("-")} <= known


def test_ten_lines_cancel_crosstalk_at_a_rendered_head():
    design = next(body for _, body in BLOCKS if body.startswith("def cancel"))
    names = {"np": np}
    exec(design.partition("\n\n")[0], names)
    poses = tuple(pose.model_copy(update={"orientation": NO_TURN}) for pose in SEATED.poses)
    listeners = {"seated": SEATED.model_copy(update={"poses": poses})}
    scene = listening_scene(sample_rate=48_000, devices={"bar": BAR}, listeners=listeners)
    ears = ear_responses_of(simgen.render(scene), "seated", "bar")
    taps = names["cancel"](ears.responses[:, :, ::-1])
    assert taps.shape == (3, 2, 2048)
    assert score_measured(taps, ears).score.gain_db.value > 3.0


def test_the_function_has_ten_lines_at_most():
    design = next(body for _, body in BLOCKS if body.startswith("def cancel"))
    assert len(design.partition("\n\n")[0].splitlines()) - 1 <= 10


@pytest.mark.slow
@pytest.mark.timeout(900)  # a minute on an idle core
def test_the_page_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names, printed = {}, ""
    for kind, body in BLOCKS:
        if kind == "sh":
            printed = "\n".join(run(command, tmp_path) for command in body.splitlines())
            table = printed if "| Rank |" in printed else ""
            for row in (line for line in table.splitlines() if line.startswith("| ")):
                assert any(same_figures(row, line, 0.011) for line in PAGE.splitlines()), row
        elif kind == "python":
            exec(body, names)
        else:
            assert same_figures(body, printed, 2.0)
    assert names["responses"].shape[:3] == (6, 2, 2)
    found = names["score_measured"](names["own"], names["ears"]).score.gain_db.value
    assert f"They gain {found:.1f} dB, on the poses" in PAGE
    found = names["score_measured"](names["filters"]["B"], names["ears"]).score.gain_db.value
    assert f"gain {found:.1f} dB. Filters of your own" in " ".join(PAGE.split())
    made = (
        "ears.png",
        "separation.png",
        "ten-lines.png",
        "preview/before.wav",
        "preview/after.wav",
    )
    assert all((tmp_path / name).is_file() for name in made)
    assert "(6, 2, 2, " in capsys.readouterr().out


# The chain


@pytest.fixture(scope="module")
def scene():
    """The shipped scene without its walls; the head is straight or turned to either side."""
    drawn = simgen.load(chain.SCENE).draw(seed=0, index=0)
    listener = drawn.listeners["viewer"]
    poses = tuple(listener.poses[number] for number in (0, 4, 5))
    fewer = listener.model_copy(update={"poses": poses})
    return chain.without_walls(drawn.model_copy(update={"listeners": {"viewer": fewer}}))


@pytest.fixture(scope="module")
def played(scene):
    return chain.Chain(scene)


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(2).standard_normal((2, 24_000))


def test_left_alone_is_more_to_the_left_ear_after_than_before(played, noise):
    before, after = (
        chain.measure(play, played.dry[0], noise) for play in (played.before, played.after)
    )
    assert 0.0 < before["left_ild_db"] < 3.0
    assert after["left_ild_db"] > before["left_ild_db"] + 10.0
    assert before["left_itd_us"] > 30.0
    loss = chain.level_difference_db(after["left_powers"], before["left_powers"])
    assert abs(loss) < 3.0, "the left ear hears about as much of it"


def test_the_centre_stays_as_loud_and_in_the_middle(played, noise):
    centre = np.tile(noise[:1], (2, 1))
    before, after = (
        chain.to_the_ears(play(centre), played.dry[0]) for play in (played.before, played.after)
    )
    powers = [chain.band_powers(ears) for ears in (before, after)]
    assert chain.level_difference_db(powers[1].sum(1), powers[0].sum(1)) == pytest.approx(0, abs=1)
    assert np.allclose(10.0 * np.log10(powers[1][:, 0] / powers[1][:, 1]), 0.0, atol=0.1)


def test_left_and_right_are_mirrored(played, noise):
    mirrored = chain.to_the_ears(played.after(noise[::-1]), played.dry[0])[::-1]
    ears = chain.to_the_ears(played.after(noise), played.dry[0])
    assert np.abs(mirrored - ears).max() < 1e-3 * np.abs(ears).max()


def test_all_parts_arrive_in_step_with_what_they_were(played):
    """Left and centre of the chain, each a click, arrive when those of before do."""
    for stereo in ([[1.0], [0.0]], [[1.0], [1.0]]):
        click = np.array(stereo) * (np.arange(4096) == 100)
        before, after = (
            chain.to_the_ears(play(click), played.dry[0]) for play in (played.before, played.after)
        )
        first, second = (int(np.argmax(np.abs(ears[0]))) for ears in (before, after))
        assert abs(second - first - chain.LATENCY) <= 3


def test_previews_are_equally_loud_in_step_and_do_not_clip(noise, tmp_path):
    late = np.pad(3.0 * noise, ((0, 0), (chain.LATENCY, 500)))
    chain.write_previews(noise, late, tmp_path / "new")
    before, after = (
        soundfile.read(tmp_path / "new" / f"{name}.wav") for name in ("before", "after")
    )
    assert before[1] == after[1] == 48_000
    assert before[0].shape == noise.T.shape
    assert np.abs(before[0]).max() == pytest.approx(10 ** (-1 / 20), abs=1e-6)
    assert np.allclose(before[0], after[0], atol=1e-6)


def test_stereo_files_of_any_rate_are_taken_and_others_refused(tmp_path):
    time = np.arange(44_100) / 44_100
    tones = np.stack([np.sin(2 * np.pi * 440 * time), np.sin(2 * np.pi * 880 * time)])
    soundfile.write(tmp_path / "mix.wav", 0.5 * tones.T, 44_100)
    stereo = chain.read_stereo(tmp_path / "mix.wav")
    assert stereo.shape == (2, 48_000)
    middle = stereo[0, 1000:-1000]
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)[1000:-1000]
    assert np.allclose(middle, expected, atol=1e-3)
    soundfile.write(tmp_path / "mono.wav", tones[0], 44_100)
    with pytest.raises(SystemExit, match="has 1 channels, not 2"):
        chain.read_stereo(tmp_path / "mono.wav")


def test_a_scene_at_another_rate_is_refused(tmp_path):
    other = tmp_path / "slow.yaml"
    other.write_text(chain.SCENE.read_text().replace("48000", "16000"))
    stereo = tmp_path / "mix.wav"
    soundfile.write(stereo, np.zeros((4800, 2)), 48_000)
    words = ["--scene", str(other), "--stereo", str(stereo), "--out", str(tmp_path)]
    with pytest.raises(SystemExit, match="must be 48000"):
        chain.main(words)


@pytest.mark.slow
def test_a_mix_of_ones_own_is_played_in_the_room(tmp_path, capsys):
    mix = 0.1 * np.random.default_rng(4).standard_normal((48_000, 2)) * [1.0, 0.0]
    soundfile.write(tmp_path / "mix.wav", mix, 48_000)
    chain.main(["--stereo", str(tmp_path / "mix.wav"), "--out", str(tmp_path)])
    assert "left alone: left ear over right" in capsys.readouterr().out
    before, after = (soundfile.read(tmp_path / f"{name}.wav")[0].T for name in ("before", "after"))
    assert np.sum(before**2) == pytest.approx(np.sum(after**2), rel=1e-3)
    assert max(np.abs(before).max(), np.abs(after).max()) < 0.9
    to_the_left = [
        chain.level_difference_db(*chain.band_powers(ears).T) for ears in (before, after)
    ]
    assert to_the_left[1] > to_the_left[0] + 2.0


def test_the_scene_file_of_the_example_checks():
    simgen.load(chain.SCENE).rehearse(seed=0, count=5)
