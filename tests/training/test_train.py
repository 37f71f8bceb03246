import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks.weights import load_weights  # noqa: E402
from simgen.errors import DatasetError  # noqa: E402
from simgen.training import train as module  # noqa: E402
from simgen.training.development import Recorded  # noqa: E402
from simgen.training.train import Domain, Plan, train, training_bank  # noqa: E402
from tests.training.small_banks import noise_bank, wave_bank  # noqa: E402
from tests.training.small_networks import SmallNetwork  # noqa: E402


@pytest.fixture(autouse=True)
def threads_as_before():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def plan(out, **changes):
    return Plan(
        **{
            "network": SmallNetwork(),
            "out": out,
            "command": "simgen bench train small --seed 1",
            "examples": 32 * 6,
            **changes,
        }
    )


def recordings(count=3):
    rng = np.random.default_rng(1)
    return [
        Recorded(
            rng.standard_normal((8, 960)).astype(np.float32),
            np.array([float(number)]),
            np.array([0.5]),
            "anechoic",
        )
        for number in range(count)
    ]


def run(wanted, on_moment=lambda _: None):
    return train(
        wanted, wave_bank(), recordings(), development_sha256="d" * 64, on_moment=on_moment
    )


def test_weights_are_written_with_what_made_them(tmp_path):
    made = run(plan(tmp_path))
    read = load_weights(SmallNetwork().build(), "small", tmp_path)
    assert json.loads(read.to_json()) == json.loads(made.to_json())
    assert made.command == "simgen bench train small --seed 1"
    assert made.examples == 32 * 6
    assert made.threshold == made.curve[-1]["threshold"]
    assert made.num_parameters == (64 + 1) * 64 + (64 + 1) * 24
    weights = (tmp_path / "small.npz").read_bytes()
    assert made.digests["weights"] == hashlib.sha256(weights).hexdigest()
    assert made.digests["bank"] == wave_bank().digest
    assert made.digests["development"] == "d" * 64
    assert made.versions["torch"] == torch.__version__


def test_the_same_plan_gives_the_same_weights(tmp_path):
    first, second = run(plan(tmp_path / "a")), run(plan(tmp_path / "b"))
    other = run(plan(tmp_path / "c", seed=2))
    assert first.digests == second.digests
    assert first.digests["weights"] != other.digests["weights"]


@pytest.mark.parametrize("changes", [{"seed": 2}, {"acoustics": "anechoic"}, {"examples": 320}])
def test_another_plan_does_not_go_on_from_the_checkpoint(tmp_path, changes):
    run(plan(tmp_path))
    with pytest.raises(DatasetError, match="another training"):
        run(plan(tmp_path, **changes))


def test_another_bank_does_not_go_on_from_the_checkpoint(tmp_path):
    run(plan(tmp_path))
    bank = replace(noise_bank(), digest="1" * 64)
    with pytest.raises(DatasetError, match="another training"):
        train(plan(tmp_path), bank, recordings(), development_sha256="d" * 64)


def test_tuning_begins_with_the_known_weights_and_learns_slowly(tmp_path, monkeypatch):
    run(plan(tmp_path / "known"))
    known = SmallNetwork().build()
    load_weights(known, "small", tmp_path / "known")
    monkeypatch.setattr(module, "_known_weights", lambda _: dict(known.state_dict()))
    domain = Domain("localization/elsewhere", "e" * 64, recordings())
    made = run(plan(tmp_path / "tuned", domain=domain, examples=64))
    assert made.digests["localization/elsewhere"] == "e" * 64
    tuned = SmallNetwork().build()
    load_weights(tuned, "small", tmp_path / "tuned")
    for before, after in zip(known.parameters(), tuned.parameters(), strict=True):
        assert torch.allclose(before, after, atol=0.01)


def test_the_bank_is_of_the_recipes_of_the_network(tmp_path, monkeypatch):
    asked = []

    def build(recipe, place, *, num_parts, seed, jobs, on_part):
        asked.append((recipe.name, place, seed, jobs))
        on_part(num_parts)
        return noise_bank()

    class Two(SmallNetwork):
        recipes = ("training", "training")

    monkeypatch.setattr(module, "build_bank", build)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    parts = []
    bank = training_bank(Two(), jobs=3, on_part=lambda *done: parts.append(done))
    assert len(bank) == 80
    assert [name for name, *_ in asked] == ["localization-training"] * 2
    assert all(jobs == 3 for *_, jobs in asked)
    assert parts == [(100, 200), (200, 200)]
