from dataclasses import replace

import numpy as np
import pytest

from simgen.baselines.networks.network import Mixture
from simgen.errors import ParameterError
from simgen.training import examples as module
from simgen.training.examples import BankExamples, disturb, draw_start, separation
from simgen.training.lone_sources import BLOCK
from tests.references import mixtures
from tests.training.small_banks import noise_bank

pytest.importorskip("torch")

WINDOW = 800
QUIET = Mixture(least_snr_db=300.0, greatest_snr_db=300.0)


def generator(seed=1):
    return np.random.default_rng(seed)


def drawn(count=200, *, mixture=QUIET, acoustics="both", seed=1):
    source = BankExamples(noise_bank(), mixture, WINDOW, acoustics)
    return source.draw(generator(seed), count)


def azimuths_deg(examples):
    return np.rad2deg(examples.azimuths)


def test_mixtures_equal_the_reference(monkeypatch):
    bank, parts = noise_bank(), []
    add = module.add_posed

    def listening_in(mixture, signals, *, start, gain, pose):
        parts.append((signals, start, gain, pose.turns, pose.is_mirrored))
        add(mixture, signals, start=start, gain=gain, pose=pose)

    monkeypatch.setattr(module, "add_posed", listening_in)
    examples = BankExamples(bank, QUIET, 30).draw(generator(3), 1)
    expected = mixtures.mixture(parts, length=30)
    assert examples.signals[0] == pytest.approx(expected, abs=1e-6)
    for (signals, _, gain, turns, is_mirrored), azimuth in zip(
        parts, azimuths_deg(examples)[0], strict=False
    ):
        (item,) = (k for k in range(len(bank)) if np.shares_memory(bank.signals(k), signals))
        own = np.rad2deg(bank.azimuths[item])
        assert azimuth == pytest.approx(
            mixtures.azimuth_deg(own, turns=turns, is_mirrored=is_mirrored)
        )
        assert abs(20.0 * np.log10(gain / bank.gains[item])) <= 3.0


def test_examples_depend_on_their_generator_alone():
    first, second = drawn(5), drawn(5)
    assert np.array_equal(first.signals, second.signals)
    assert not np.array_equal(first.signals, drawn(5, seed=2).signals)


def test_each_number_of_sources_is_as_frequent():
    counts = np.sum(np.isfinite(drawn(400).azimuths), axis=1)
    shares = np.bincount(counts, minlength=5) / 400
    assert shares[1:] == pytest.approx(0.25, abs=0.07)
    assert shares[0] == 0.0


def test_sources_are_in_distinct_sectors_all_round():
    sectors = np.floor(azimuths_deg(drawn()) % 360.0 / 45.0)
    for row in sectors:
        heard = row[np.isfinite(row)]
        assert len(set(heard)) == len(heard)
    assert set(sectors[np.isfinite(sectors)]) == set(range(8))


def test_sources_may_share_a_sector_at_a_distance():
    mixture = replace(QUIET, distinct_sectors=False, least_separation_deg=20.0)
    examples = drawn(mixture=mixture)
    least = [separation(row[np.isfinite(row)]) for row in examples.azimuths]
    assert min(least) >= np.deg2rad(20.0)
    sectors = [np.floor(row[np.isfinite(row)] % 360.0 / 45.0) for row in azimuths_deg(examples)]
    assert any(len(set(row)) < len(row) for row in sectors)


def test_separation_is_the_least_angle_and_goes_round():
    assert np.rad2deg(separation(np.deg2rad([170.0, -175.0, 40.0]))) == pytest.approx(15.0)
    assert separation(np.array([1.0])) == np.pi


@pytest.mark.parametrize(("acoustics", "allowed"), [("anechoic", {0}), ("reverberant", {1})])
def test_sources_are_of_the_acoustics_asked_for(acoustics, allowed):
    distances = drawn(acoustics=acoustics).distances
    known = noise_bank().distances.tolist()
    assert {known.index(x) % 2 for x in distances[distances > 0.0]} == allowed


def test_all_sources_of_an_example_are_anechoic_or_none():
    known = noise_bank().distances.tolist()
    kinds = [{known.index(x) % 2 for x in row if x > 0.0} for row in drawn().distances]
    assert all(len(kind) == 1 for kind in kinds)
    assert np.mean([kind == {0} for kind in kinds]) == pytest.approx(0.4, abs=0.1)


def test_a_bank_without_such_sources_is_refused():
    bank = replace(noise_bank(), is_anechoic=np.zeros(40, dtype=bool))
    source = BankExamples(bank, QUIET, WINDOW, "anechoic")
    with pytest.raises(ParameterError, match="anechoic"):
        source.draw(generator(), 1)


@pytest.mark.parametrize("snr_db", [0.0, 17.0])
def test_noise_has_the_ratio_asked_for_and_differs_between_channels(snr_db):
    clean = generator().standard_normal((8, 6561), dtype=np.float32)
    noisy = clean.copy()
    disturb(generator(2), noisy, snr_db=snr_db)
    noise = noisy - clean
    ratio = 10.0 * np.log10(np.mean(clean**2) / np.mean(noise**2))
    assert ratio == pytest.approx(snr_db, abs=0.1)
    assert np.corrcoef(noise) == pytest.approx(np.eye(8), abs=0.1)


def test_microphones_get_gains():
    even = Mixture(most_sources=1, least_snr_db=300.0, greatest_snr_db=300.0)
    plain = drawn(1, mixture=even).signals[0]
    uneven = drawn(1, mixture=replace(even, gain_error_db=2.0)).signals[0]
    gains = uneven[:, :1] / plain[:, :1]
    assert uneven == pytest.approx(gains * plain, rel=1e-4)
    assert 0.3 < np.std(20.0 * np.log10(gains)) < 5.0


def test_windows_begin_where_the_source_is_loud():
    powers = np.full(100, 0.1, dtype=np.float32)
    powers[40:60] = 1.0
    starts = {draw_start(generator(seed), powers, 10 * BLOCK) for seed in range(300)}
    # Three of ten blocks at 1 and seven at 0.1 make 0.37: just loud enough.
    assert starts == {BLOCK * first for first in range(33, 58)}


def test_where_nothing_is_loud_the_loudest_window_is_taken():
    powers = np.array([0.0, 0.01, 0.02, 0.01, 0.0], dtype=np.float32)
    assert draw_start(generator(), powers, BLOCK) == 2 * BLOCK


def test_a_window_of_everything_starts_at_the_beginning():
    assert draw_start(generator(), np.ones(10, dtype=np.float32), 10 * BLOCK) == 0
