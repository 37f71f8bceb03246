import pickle
import subprocess
import sys

import numpy as np
import pytest

from simgen.baselines.localisers import LOCALISERS
from simgen.baselines.networks import catalogue, provenance
from simgen.baselines.networks.catalogue import (
    NETWORKS,
    NetworkLocaliser,
    load_network,
    network_parameters,
    trained_networks,
)
from simgen.errors import ParameterError

SILENCE, RING = np.zeros((8, 8000)), np.zeros((8, 3))


@pytest.fixture
def without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)


@pytest.mark.usefixtures("without_torch")
def test_without_torch_the_extra_is_named():
    with pytest.raises(ParameterError, match=r"pip install 'simgen\[torch\]'"):
        load_network("samplecnn")
    with pytest.raises(ParameterError, match="torch is not installed"):
        NetworkLocaliser("ringcorr")(SILENCE, RING, sample_rate=16000)


def test_unknown_networks_are_refused_with_those_there_are():
    with pytest.raises(ParameterError, match=r"no such network.*samplecnn"):
        load_network("samplernn")


def test_listing_localisers_imports_no_torch():
    code = "import sys, simgen.evaluate.kinds; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_is_named_as_it_is_listed(name):
    pytest.importorskip("torch")
    assert load_network(name).name == name
    assert NETWORKS[name].description.endswith(".")


def test_localisers_are_those_networks_that_were_trained(monkeypatch, tmp_path):
    assert set(trained_networks()) == set(NETWORKS) & set(LOCALISERS)
    monkeypatch.setattr(catalogue, "weights_folder", lambda: tmp_path)
    assert trained_networks() == ()


def test_localisers_travel_to_other_processes():
    localiser = NetworkLocaliser("samplecnn")
    assert pickle.loads(pickle.dumps(localiser)) == localiser


@pytest.mark.parametrize("name", trained_networks())
def test_what_is_published_says_which_weights_they_are(name):
    published = network_parameters(name)
    made = provenance.read_provenance(name, provenance.weights_folder())
    assert published["weights_sha256"] == made.digests["weights"]
    assert LOCALISERS[name].parameters == published


def test_a_network_without_weights_says_how_to_train_it(tmp_path):
    with pytest.raises(ParameterError, match="simgen bench train samplecnn"):
        network_parameters("samplecnn", tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"network": "samplecnn"}', "{" * 10])
def test_a_damaged_description_is_refused(tmp_path, text):
    (tmp_path / "samplecnn.json").write_text(text)
    with pytest.raises(ParameterError, match="damaged"):
        network_parameters("samplecnn", tmp_path)
