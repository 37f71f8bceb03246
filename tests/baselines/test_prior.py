import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from simgen.baselines.prior import BEST_COUNT, prior
from simgen.errors import ParameterError

CUT_OFF_DEG = 30.0


def answer(**options):
    return prior(np.zeros((8, 100)), np.zeros((8, 3)), sample_rate=16000, **options)


def ospa_deg(estimates_deg, references_deg):
    """OSPA of order 1 of two sets of azimuths that are not empty."""
    differences = (estimates_deg[:, None] - references_deg + 180.0) % 360.0 - 180.0
    costs = np.minimum(np.abs(differences), CUT_OFF_DEG)
    missed = CUT_OFF_DEG * abs(len(estimates_deg) - len(references_deg))
    longer = max(len(estimates_deg), len(references_deg))
    return (costs[linear_sum_assignment(costs)].sum() + missed) / longer


def mean_ospa_deg(estimates_deg, num_sources, *, draws=1500):
    rng = np.random.default_rng(num_sources)
    truths = rng.uniform(0.0, 360.0, (draws, num_sources))
    return np.mean([ospa_deg(estimates_deg, truth) for truth in truths])


def expected_ospa_deg(num_sources):
    """The closed form in the docstring of `prior`."""
    within = 1.0 - CUT_OFF_DEG / 180.0
    return 180.0 / (num_sources + 1) * (1.0 - within ** (num_sources + 1))


def test_answer_is_four_equispaced_azimuths_whatever_is_heard():
    assert np.rad2deg(answer()) == pytest.approx([0.0, 90.0, 180.0, -90.0])
    loud = prior(np.full((2, 9), 1e9), np.eye(3)[:2], sample_rate=8000, speed_of_sound=300.0)
    assert np.array_equal(loud, answer())


@pytest.mark.parametrize("num_sources", [1, 2, 3, 4, 8])
def test_given_number_of_azimuths_is_equispaced(num_sources):
    azimuths = np.sort(answer(num_sources=num_sources))
    assert azimuths.shape == (num_sources,)
    gaps = np.diff(np.append(azimuths, azimuths[0] + 2.0 * np.pi))
    assert gaps == pytest.approx(2.0 * np.pi / num_sources)
    assert np.all((azimuths > -np.pi) & (azimuths <= np.pi))


@pytest.mark.parametrize("num_sources", [1, 2, 3, 4])
def test_expected_ospa_is_the_closed_form(num_sources):
    expected = expected_ospa_deg(num_sources)
    unknown = mean_ospa_deg(np.rad2deg(answer()), num_sources)
    known = mean_ospa_deg(np.rad2deg(answer(num_sources=num_sources)), num_sources)
    assert unknown == pytest.approx(expected, abs=0.4)
    assert known == pytest.approx(expected, abs=0.4)


def test_published_figures_are_those_of_the_closed_form():
    figures = [expected_ospa_deg(num_sources) for num_sources in (1, 2, 3, 4)]
    assert figures == pytest.approx([27.50, 25.28, 23.30, 21.53], abs=0.005)
    assert np.mean(figures) == pytest.approx(24.40, abs=0.005)


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_fewer_and_many_more_azimuths_are_worse(count):
    other = np.arange(count) * 360.0 / count
    ours = np.rad2deg(answer())
    mean = np.mean([mean_ospa_deg(ours, n) for n in (1, 2, 3, 4)])
    assert np.mean([mean_ospa_deg(other, n) for n in (1, 2, 3, 4)]) > mean + 0.05
    assert len(ours) == BEST_COUNT


@pytest.mark.parametrize("num_sources", [0, -3])
def test_a_number_below_one_is_refused(num_sources):
    with pytest.raises(ParameterError, match="number of sources"):
        answer(num_sources=num_sources)
