import dataclasses
import inspect
import json
import pickle

import numpy as np
import pytest

from simgen.baselines.localisers import LOCALISERS
from simgen.baselines.srp_phat import srp_phat

ANGLES = np.arange(8) * np.pi / 4.0
RING = 0.1 * np.stack([np.cos(ANGLES), np.sin(ANGLES), np.zeros(8)], axis=1)

every_baseline = pytest.mark.parametrize("baseline", LOCALISERS.values(), ids=list(LOCALISERS))


def test_the_published_names():
    assert list(LOCALISERS) == ["srp-phat", "prior"]


def test_the_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        LOCALISERS["mine"] = LOCALISERS["prior"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        LOCALISERS["prior"].name = "mine"


@every_baseline
def test_a_baseline_is_filed_under_its_name_and_described(baseline):
    assert LOCALISERS[baseline.name] is baseline
    assert baseline.description.endswith(".")


@every_baseline
def test_all_baselines_are_called_alike(baseline):
    assert inspect.signature(baseline.locate) == inspect.signature(srp_phat)


@every_baseline
@pytest.mark.parametrize("num_sources", [None, 1, 3])
def test_every_answer_is_a_list_of_wrapped_azimuths(baseline, num_sources):
    signals = np.random.default_rng(0).standard_normal((8, 4000)).astype(np.float32)
    azimuths = baseline.locate(signals, RING, sample_rate=16000, num_sources=num_sources)
    assert azimuths.dtype == np.float64
    assert azimuths.ndim == 1
    assert np.all((azimuths > -np.pi) & (azimuths <= np.pi))
    assert 1 <= len(azimuths) <= (num_sources or 4)


@every_baseline
def test_parameters_can_be_published_and_sent_to_workers(baseline):
    published = json.loads(json.dumps(dataclasses.asdict(baseline)["parameters"]))
    assert published == baseline.parameters
    assert published
    assert pickle.loads(pickle.dumps(baseline)) == baseline
