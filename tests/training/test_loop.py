from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks.network import Budget  # noqa: E402
from simgen.errors import DatasetError  # noqa: E402
from simgen.training.development import Recorded  # noqa: E402
from simgen.training.examples import BankExamples  # noqa: E402
from simgen.training.loop import Course, learn, learning_rate  # noqa: E402
from tests.training.small_banks import wave_bank  # noqa: E402
from tests.training.small_networks import WINDOW, SmallNetwork  # noqa: E402

NETWORK = SmallNetwork()
EXAMPLES = BankExamples(wave_bank(), NETWORK.mixture, WINDOW)


class KilledError(Exception):
    pass


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def recordings(count=6):
    drawn = EXAMPLES.draw(np.random.default_rng(99), count)
    return [
        Recorded(signals, azimuths[:1], distances[:1], "anechoic")
        for signals, azimuths, distances in zip(
            drawn.signals, drawn.azimuths, drawn.distances, strict=True
        )
    ]


def course(folder, **changes):
    plain = Course(
        budget=NETWORK.budget,
        seed=1,
        identity="small",
        checkpoint=folder / "small.pt",
        evaluations=4,
    )
    return replace(plain, **changes)


def run(folder, on_moment=lambda _: None, **changes):
    return learn(NETWORK, EXAMPLES, recordings(), course(folder, **changes), on_moment=on_moment)


def weights(module):
    return torch.cat([one.detach().flatten() for one in module.parameters()])


def stop_after(step):
    seen = []

    def on_moment(moment):
        seen.append(moment)
        if len(seen) == step:
            raise KilledError

    return on_moment


def test_training_lowers_the_loss(tmp_path):
    losses = []
    run(tmp_path, on_moment=lambda moment: losses.append(moment.loss))
    assert len(losses) == 40
    assert losses[-1] < 0.8 * losses[0]


def test_the_same_seed_gives_the_same_weights_and_another_one_others(tmp_path):
    first, _ = run(tmp_path / "a", checkpoint=tmp_path / "a.pt")
    second, _ = run(tmp_path / "b", checkpoint=tmp_path / "b.pt", loaders=3)
    third, _ = run(tmp_path / "c", checkpoint=tmp_path / "c.pt", seed=2)
    assert torch.equal(weights(first), weights(second))
    assert not torch.equal(weights(first), weights(third))


@pytest.mark.parametrize("step", [5, 23, 39])
def test_a_killed_training_goes_on_to_the_same_weights(tmp_path, step):
    whole, curve = run(tmp_path, checkpoint=tmp_path / "whole.pt")
    with pytest.raises(KilledError):
        run(tmp_path, on_moment=stop_after(step))
    resumed, resumed_curve = run(tmp_path)
    assert torch.equal(weights(whole), weights(resumed))
    assert [moment.ospa_deg for moment in resumed_curve] == [moment.ospa_deg for moment in curve]


def test_what_is_finished_is_not_trained_again(tmp_path):
    run(tmp_path)
    steps = []
    _, curve = run(tmp_path, on_moment=steps.append)
    assert steps == []
    assert len(curve) == 4


def test_the_curve_ends_with_all_recordings(tmp_path):
    _, curve = run(tmp_path)
    assert [moment.examples for moment in curve] == [320, 640, 960, 1280]
    assert curve[-1].threshold in NETWORK.thresholds
    assert curve[-1].by_condition == {"anechoic": curve[-1].ospa_deg}
    assert curve[-1].cpu_minutes > curve[0].cpu_minutes > 0.0


@pytest.mark.parametrize("changes", [{"seed": 2}, {"identity": "other"}])
def test_the_checkpoint_of_another_training_is_refused(tmp_path, changes):
    run(tmp_path)
    with pytest.raises(DatasetError, match="another training"):
        run(tmp_path, **changes)


def test_examples_are_seen_as_often_as_they_are_reused(tmp_path):
    seen = []

    class Counting:
        def draw(self, generator, count):
            seen.append(count)
            return EXAMPLES.draw(generator, count)

    budget = replace(NETWORK.budget, examples=32 * 70, reuses=2)
    learn(NETWORK, Counting(), recordings(), course(tmp_path, budget=budget))
    # Stocks of 32 batches, each seen twice: 70 steps take one stock and a part of the next.
    assert seen == [32] * 64


@pytest.mark.slow
def test_reusing_goes_on_to_the_same_weights_too(tmp_path):
    budget = replace(NETWORK.budget, examples=32 * 70, reuses=2)
    whole, _ = run(tmp_path, checkpoint=tmp_path / "whole.pt", budget=budget)
    with pytest.raises(KilledError):
        run(tmp_path, budget=budget, on_moment=stop_after(50))
    resumed, _ = run(tmp_path, budget=budget)
    assert torch.equal(weights(whole), weights(resumed))


def test_training_begins_with_given_weights(tmp_path):
    known, _ = run(tmp_path, checkpoint=tmp_path / "known.pt")
    budget = replace(NETWORK.budget, learning_rate=1e-9)
    tuned, _ = learn(
        NETWORK,
        EXAMPLES,
        recordings(),
        course(tmp_path, budget=budget),
        start=known.state_dict(),
    )
    assert torch.allclose(weights(tuned), weights(known), atol=1e-6)


def test_the_learning_rate_rises_stays_and_falls_to_nothing():
    budget = Budget(learning_rate=1.0, warm_up=10, plateau=0.3)
    rates = [learning_rate(budget, step, 1000) for step in range(1000)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9:301] == pytest.approx([1.0] * 292)
    assert rates[650] == pytest.approx(0.5)
    assert np.all(np.diff(rates[301:]) < 0.0)
    assert 0.0 < rates[-1] < 0.01
