from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch")

from simgen.baselines.networks.network import Mixture
from simgen.benchmark.suite import load_split
from simgen.training.development import Recorded
from simgen.training.domains import PARTS, DomainExamples, items_of, recorded
from simgen.training.examples import BankExamples
from tests.training.small_banks import noise_bank

MINI = load_split("localization/mini")


def test_a_split_of_three_hundred_gives_a_hundred_to_each_part():
    split = load_split("localization/unseen-rooms")
    for part in PARTS:
        chosen = items_of(split, part)
        assert len(chosen) == 100
        counts = Counter(len(split.scenes[number].sources) for number in chosen)
        assert counts == {1: 25, 2: 25, 3: 25, 4: 25}


def test_parts_share_nothing_and_leave_nothing_out():
    parts = [items_of(MINI, part) for part in PARTS]
    assert sorted(number for part in parts for number in part) == list(range(24))
    assert all(list(part) == sorted(part) for part in parts)


def test_scenes_are_dealt_out_in_their_order_for_each_number_of_talkers():
    ones = [k for k, scene in enumerate(MINI.scenes) if len(scene.sources) == 1]
    learning, development, held_out = (items_of(MINI, part) for part in PARTS)
    assert [k for k in ones if k in learning] == ones[::3]
    assert [k for k in ones if k in development] == ones[1::3]
    assert [k for k in ones if k in held_out] == ones[2::3]


def test_recordings_of_a_split_bear_its_labels():
    silence = SimpleNamespace(signals={"table": np.zeros((8, 64000), dtype=np.float32)})
    first, last = recorded(MINI, [silence] * 24, [0, 23])
    assert (first.condition, last.condition) == ("anechoic", "reverberant")
    assert len(first.azimuths) == len(first.distances) == 1
    assert len(last.azimuths) == len(last.distances) == 4
    assert np.all((last.distances >= 0.0) & (last.distances < 1.0))
    assert first.signals.shape == (8, 64000)


def told_recordings():
    """Recordings whose channel m is the constant m, so that poses can be told."""
    signals = np.repeat(np.arange(8, dtype=np.float32)[:, None], 900, axis=1)
    return [Recorded(signals, np.array([0.1, 2.0]), np.array([0.3, 0.6]), "anechoic")]


def domain_examples(count=64):
    quiet = Mixture(least_snr_db=300.0, greatest_snr_db=300.0)
    known = BankExamples(noise_bank(), quiet, 800)
    return DomainExamples(told_recordings(), known).draw(np.random.default_rng(1), count)


def test_half_of_the_examples_are_of_the_domain():
    examples = domain_examples()
    assert examples.signals.shape == (64, 8, 800)
    told = np.ptp(examples.signals, axis=2).max(axis=1) == 0.0
    assert np.array_equal(told, np.arange(64) >= 32)


def test_domain_windows_are_turned_with_their_labels():
    examples = domain_examples()
    for signals, azimuths, distances in zip(
        examples.signals[32:], examples.azimuths[32:], examples.distances[32:], strict=True
    ):
        turns = int(np.flatnonzero(signals[:, 0] == 0.0)[0])
        is_mirrored = signals[(turns + 1) % 8, 0] == 7.0
        own = np.array([-0.1, -2.0] if is_mirrored else [0.1, 2.0]) + turns * np.pi / 4.0
        error = (azimuths[:2] - own + np.pi) % (2.0 * np.pi) - np.pi
        assert error == pytest.approx(0.0, abs=1e-12)
        assert np.all(np.isnan(azimuths[2:]))
        assert distances.tolist() == [0.3, 0.6, 0.0, 0.0]


def test_all_poses_occur():
    examples = domain_examples(400)
    orders = {tuple(signals[:, 0]) for signals in examples.signals[200:]}
    assert len(orders) == 16
