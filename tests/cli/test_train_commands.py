import json
import sys

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from simgen.baselines.networks import catalogue
from simgen.benchmark.suite import load_split
from simgen.cli import train_commands
from simgen.training import train as training
from simgen.training.development import Recorded
from tests.training.small_banks import wave_bank
from tests.training.small_networks import SmallNetwork


def some_recordings(split, _dataset, numbers):
    rng = np.random.default_rng(1)
    return [
        Recorded(
            rng.standard_normal((8, 960)).astype(np.float32),
            np.linspace(0.0, 3.0, len(split.scenes[number].sources)),
            np.zeros(len(split.scenes[number].sources)),
            "anechoic",
        )
        for number in [*numbers][:6]
    ]


@pytest.fixture(autouse=True)
def small_world(monkeypatch):
    """A network that learns in a moment, from a bank and recordings that nobody renders."""
    from simgen.training import domains

    threads = torch.get_num_threads()
    monkeypatch.setattr(catalogue, "load_network", lambda _: SmallNetwork())
    monkeypatch.setattr(training, "training_bank", lambda *_, **__: wave_bank())
    monkeypatch.setattr(train_commands, "cached_split", lambda *_, **__: None)
    monkeypatch.setattr(domains, "recorded", some_recordings)
    yield
    torch.set_num_threads(threads)


@pytest.mark.slow
def test_training_says_how_it_goes_and_writes_the_weights(simgen, tmp_path):
    ran = simgen("bench", "train", "small", "-o", tmp_path, "--examples", 32 * 24)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.count("development OSPA") == 12
    assert "768 examples: loss" in ran.err
    assert ran.err.splitlines()[-1].startswith(f"wrote {tmp_path}/small.npz and .json: OSPA")
    made = json.loads((tmp_path / "small.json").read_text())
    assert made["command"] == "simgen bench train small --seed 1 --examples 768"
    assert made["digests"]["development"] == load_split("localization/development").sha256


def test_with_json_every_evaluation_is_a_line(simgen, tmp_path):
    ran = simgen("bench", "train", "small", "-o", tmp_path, "--examples", 64, "--json")
    moments = [json.loads(line) for line in ran.out.splitlines()]
    assert [moment["examples"] for moment in moments] == [32, 64]
    assert moments[-1]["by_condition"] == {"anechoic": moments[-1]["ospa_deg"]}


def test_the_same_command_again_goes_on(simgen, tmp_path):
    command = ("bench", "train", "small", "-o", tmp_path, "--examples", 64, "--json")
    assert len(simgen(*command).out.splitlines()) == 2
    again = simgen(*command)
    assert (again.code, again.out) == (0, "")


def test_another_command_does_not(simgen, tmp_path):
    simgen("bench", "train", "small", "-o", tmp_path, "--examples", 64)
    ran = simgen("bench", "train", "small", "-o", tmp_path, "--examples", 64, "--seed", 2)
    assert ran.code == 3
    assert "of another training" in ran.err


def test_tuning_names_its_domain(simgen, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "_known_weights", lambda net: dict(net.build().state_dict()))
    options = ("--examples", 64, "--fine-tune", "localization/mini", "--acoustics", "reverberant")
    ran = simgen("bench", "train", "small", "-o", tmp_path, *options)
    assert ran.code == 0, ran.err
    made = json.loads((tmp_path / "small.json").read_text())
    assert made["command"].endswith("--acoustics reverberant --fine-tune localization/mini")
    assert made["digests"]["localization/mini"] == load_split("localization/mini").sha256


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--acoustics", "outdoors"), "anechoic, reverberant, both"),
        (("--device", "abacus"), "auto, cpu"),
        (("--fine-tune", "localization/moon"), "no such split"),
        (("--fine-tune", "crosstalk/test"), "localisation"),
    ],
)
def test_what_cannot_be_is_refused_before_the_work_starts(simgen, tmp_path, options, fault):
    ran = simgen("bench", "train", "small", "-o", tmp_path / "out", *options)
    assert (ran.code, ran.out) == (2, "")
    assert fault in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/trained"])
def test_an_output_that_is_no_folder_is_refused_before_work_starts(simgen, monkeypatch, place):
    monkeypatch.setattr(train_commands, "_recordings", lambda *_, **__: pytest.fail("work"))
    ran = simgen("bench", "train", "small", "-o", place)
    assert (ran.code, ran.out) == (2, "")
    assert "no folder, got '/dev/null" in ran.err


def test_a_network_that_is_not_there_is_refused(simgen, monkeypatch):
    monkeypatch.undo()
    ran = simgen("bench", "train", "samplernn")
    assert ran.code == 2
    assert "there is no such network" in ran.err


def test_without_torch_the_extra_is_named(simgen, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "torch", None)
    ran = simgen("bench", "train", "samplecnn")
    assert ran.code == 2
    assert "pip install 'simgen[torch]'" in ran.err
