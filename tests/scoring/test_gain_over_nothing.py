import numpy as np
import pytest

from simgen.scoring.gain_over_nothing import faded_gain, mean_and_worst, resampled_draws


@pytest.mark.parametrize(
    ("effort", "kept"),
    [(-50.0, 1.0), (9.0, 1.0), (10.5, 0.75), (14.0, 1 / 6), (15.0, 0.0), (99, 0)],
)
def test_a_gain_fades_between_the_cap_and_the_end_of_the_fade(effort, kept):
    given = {"effort": np.array([effort]), "cap_db": 9.0, "fade_db": 6.0}
    nothing = np.array([[2.0], [2.0], [2.0]])
    found = faded_gain(np.array([[8.0], [2.0], [-4.0]]), nothing, **given)
    np.testing.assert_allclose(found, [[2.0 + 6.0 * kept], [2.0], [-4.0]])


@pytest.mark.parametrize(
    ("number", "num_worst"), [(1, 1), (10, 1), (11, 2), (17, 2), (30, 3), (32, 4)]
)
def test_the_worst_tenth_is_rounded_up(number, num_worst):
    values = np.arange(float(number))[::-1]
    found = float(mean_and_worst(values, worst_share=0.1, worst_weight=0.5))
    assert found == pytest.approx(0.5 * values.mean() + 0.5 * np.arange(num_worst).mean())


def test_axes_before_the_draws_are_kept():
    values = np.random.default_rng(0).standard_normal((4, 5, 17))
    found = mean_and_worst(values, worst_share=0.1, worst_weight=0.25)
    assert found.shape == (4, 5)
    assert found[2, 3] == mean_and_worst(values[2, 3], worst_share=0.1, worst_weight=0.25)


def test_resamples_hold_as_many_draws():
    draws = resampled_draws(5)
    assert draws.shape == (2000, 5)
    assert np.all(np.diff(draws, axis=1) >= 0)
    assert np.bincount(draws.ravel()) / draws.size == pytest.approx(np.full(5, 0.2), abs=0.02)
