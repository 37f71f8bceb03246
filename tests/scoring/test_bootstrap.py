import numpy as np
import pytest

from simgen.errors import ParameterError, ShapeError
from simgen.scoring.bootstrap import (
    bootstrap_interval,
    paired_bootstrap,
    percentile_interval,
    resample_weights,
    resampled_sums,
)


def mean(pooled):
    return pooled[..., 0] / pooled[..., 1]


def with_ones(values):
    return np.stack([values, np.ones_like(values)], axis=1)


def test_every_resample_holds_as_many_scenes():
    weights = resample_weights(7, 50, seed=3)
    assert weights.shape == (50, 7)
    assert np.all(weights.sum(axis=1) == 7)
    assert weights.min() >= 0


def test_resamples_are_fixed_by_the_seed():
    weights = resample_weights(5, 3)
    np.testing.assert_array_equal(weights, resample_weights(5, 3))
    assert np.any(weights != resample_weights(5, 3, seed=1))


def test_resamples_are_the_top_bits_of_the_philox_stream():
    bits = np.random.Philox(key=9).random_raw(3 * 11).tolist()
    chosen = np.array([((word >> 11) * 11) >> 53 for word in bits]).reshape(3, 11)
    expected = [[(row == scene).sum() for scene in range(11)] for row in chosen]
    np.testing.assert_array_equal(resample_weights(11, 3, seed=9), expected)


def test_scenes_are_drawn_with_equal_chance():
    weights = resample_weights(4, 5000)
    np.testing.assert_allclose(weights.mean(axis=0), 1.0, atol=0.06)
    np.testing.assert_allclose(weights.var(axis=0), 4 * 0.25 * 0.75, atol=0.06)


def test_pooled_sums_are_those_of_the_repeated_scenes():
    sums = np.random.default_rng(0).normal(size=(6, 3))
    weights = resample_weights(6, 10, seed=2)
    repeated = [np.repeat(sums, row, axis=0).sum(axis=0) for row in weights]
    np.testing.assert_allclose(resampled_sums(sums, num_resamples=10, seed=2), repeated)


def test_the_interval_of_a_mean_is_that_of_the_central_limit():
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    interval = bootstrap_interval(mean, with_ones(values))
    half_width = 1.96 * values.std() / np.sqrt(values.size)
    assert interval.value == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - half_width, abs=0.1 * half_width)
    assert interval.high == pytest.approx(values.mean() + half_width, abs=0.1 * half_width)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    generator = np.random.default_rng(2)
    covered = 0
    for _ in range(100):
        sums = with_ones(generator.normal(size=60))
        interval = bootstrap_interval(mean, sums, num_resamples=200)
        covered += interval.low <= 0.0 <= interval.high
    assert 87 <= covered <= 100


def test_one_scene_leaves_nothing_to_vary():
    interval = bootstrap_interval(mean, [[3.0, 2.0]])
    assert (interval.value, interval.low, interval.high) == (1.5, 1.5, 1.5)


def test_undefined_replicates_are_left_out():
    interval = percentile_interval(1.0, [np.nan, 1.0, 1.0])
    assert (interval.low, interval.high) == (1.0, 1.0)
    assert np.isnan(percentile_interval(np.nan, [np.nan]).low)


def test_a_wider_confidence_is_a_wider_interval():
    sums = with_ones(np.arange(20.0))
    narrow = bootstrap_interval(mean, sums, confidence=0.5)
    wide = bootstrap_interval(mean, sums, confidence=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_pairing_sees_a_difference_that_scenes_hide():
    generator = np.random.default_rng(3)
    difficulty = generator.uniform(0.0, 30.0, 200)
    better = difficulty - 0.5 + generator.normal(0.0, 1.0, 200)
    paired = paired_bootstrap(better, difficulty)
    assert paired.low < paired.value < paired.high < 0.0
    assert paired.share_below_zero == 1.0
    alike = paired_bootstrap(difficulty, difficulty)
    assert (alike.value, alike.share_below_zero) == (0.0, 0.0)


def test_swapping_the_systems_changes_the_sign():
    a, b = np.random.default_rng(4).normal(size=(2, 50))
    there, back = paired_bootstrap(a, b), paired_bootstrap(b, a)
    assert there.value == -back.value
    assert there.low == pytest.approx(-back.high)
    assert there.share_below_zero == pytest.approx(1.0 - back.share_below_zero)


def test_malformed_requests_are_refused():
    with pytest.raises(ParameterError, match="num_scenes is too small, got 0"):
        resampled_sums(np.zeros((0, 1)))
    with pytest.raises(ParameterError, match="num_resamples is too small, got 0"):
        resample_weights(1, 0)
    with pytest.raises(ParameterError, match="seed is too small, got -1"):
        resample_weights(1, 1, seed=-1)
    with pytest.raises(ParameterError, match="confidence is out of range, got 95"):
        percentile_interval(0.0, [0.0], confidence=95)
    with pytest.raises(ShapeError, match=r"values_b has shape \(1,\)"):
        paired_bootstrap([1.0, 2.0], [1.0])
    with pytest.raises(ShapeError, match="sums holds a non-finite value"):
        bootstrap_interval(mean, [[np.nan, 1.0]])
