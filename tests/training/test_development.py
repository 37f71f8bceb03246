import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.training.development import Recorded, evaluate  # noqa: E402
from tests.training.small_networks import SmallNetwork  # noqa: E402


class Telling(SmallNetwork):
    """Answers what is written into the recording: the logit and the azimuth of each sector."""

    window = 24
    hop = 24

    def build(self):
        return torch.nn.Sequential(torch.nn.Unflatten(1, (8, 3)), torch.nn.BatchNorm1d(8))

    def prepare(self, windows):
        return windows[:, 0]


class Plain(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def forward(self, told):
        return told.reshape(-1, 8, 3)


def telling(sector, probability, place, truth_deg, condition):
    """A recording in which one sector is said to be active, and what is true."""
    told = np.zeros((8, 3), dtype=np.float32)
    told[:, 0] = -20.0
    told[sector] = [np.log(probability / (1.0 - probability)), 0.0, place]
    signals = np.tile(told.ravel(), (8, 1))
    return Recorded(signals, np.deg2rad(truth_deg), np.zeros(len(truth_deg)), condition)


def test_the_threshold_is_where_ospa_is_least():
    recordings = [
        telling(0, 0.8, 0.5, [22.5], "quiet"),  # right, and sure
        telling(3, 0.4, 0.0, [138.0], "loud"),  # 3 degrees off, less sure
        telling(5, 0.2, 0.5, [22.5], "loud"),  # wrong: missed if silent, and missed if not
    ]
    found = evaluate(Telling(), Plain(), recordings)
    assert found.threshold <= 0.4
    assert found.by_condition == pytest.approx({"quiet": 0.0, "loud": 16.5}, abs=1e-4)
    assert found.ospa_deg == pytest.approx(11.0, abs=1e-4)


def test_false_alarms_raise_the_threshold():
    recordings = [
        telling(0, 0.8, 0.5, [22.5], "quiet"),
        telling(3, 0.4, 0.0, [], "quiet"),
    ]
    assert 0.4 < evaluate(Telling(), Plain(), recordings).threshold <= 0.8


def test_the_module_stays_in_its_mode():
    module = Plain()
    for is_training in (True, False):
        module.train(is_training)
        evaluate(Telling(), module, [telling(0, 0.8, 0.5, [22.5], "quiet")])
        assert module.training == is_training
