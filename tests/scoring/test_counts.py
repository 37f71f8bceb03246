import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.errors import ParameterError
from simgen.scoring.counts import DetectionCounts

counts = st.builds(DetectionCounts, *[st.integers(0, 50)] * 3)


def test_rates_by_hand():
    found = DetectionCounts(true_positives=6, false_positives=2, false_negatives=4)
    assert (found.precision, found.recall) == (0.75, 0.6)
    assert found.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_pooling_is_not_the_mean_of_rates():
    lucky, poor = DetectionCounts(1, 0, 0), DetectionCounts(0, 0, 9)
    assert (lucky + poor).recall == 0.1
    assert sum([lucky, poor], start=DetectionCounts()) == lucky + poor


@pytest.mark.parametrize(
    ("found", "precision", "recall", "f1"),
    [
        (DetectionCounts(0, 0, 0), 1.0, 1.0, 1.0),
        (DetectionCounts(0, 0, 3), 0.0, 0.0, 0.0),
        (DetectionCounts(0, 3, 0), 0.0, 0.0, 0.0),
    ],
)
def test_silence_is_right_only_where_there_was_nothing(found, precision, recall, f1):
    assert (found.precision, found.recall, found.f1) == (precision, recall, f1)


@given(counts, counts)
def test_rates_stay_in_bounds_and_pooling_commutes(a, b):
    pooled = a + b
    assert pooled == b + a
    for rate in (pooled.precision, pooled.recall, pooled.f1):
        assert 0.0 <= rate <= 1.0
    low, high = sorted((pooled.precision, pooled.recall))
    assert low - 1e-12 <= pooled.f1 <= high + 1e-12


def test_negative_counts_are_refused_and_counts_pickle():
    with pytest.raises(ParameterError, match=r"a count is negative, got \(1, -1, 0\)"):
        DetectionCounts(1, -1, 0)
    assert pickle.loads(pickle.dumps(DetectionCounts(1, 2, 3))) == DetectionCounts(1, 2, 3)
