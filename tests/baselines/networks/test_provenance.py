import json

import pytest

from simgen.baselines.networks.provenance import (
    Provenance,
    missing_weights,
    read_provenance,
    weights_folder,
)
from simgen.errors import ParameterError

TOLD = {
    "network": "tiny",
    "command": "simgen bench train tiny --seed 1",
    "seed": 1,
    "threshold": 0.4,
    "num_parameters": 8,
    "examples": 64,
    "cpu_minutes": 0.1,
    "digests": {"bank": "0" * 64},
    "versions": {"torch": "2.6"},
    "curve": [{"examples": 64, "loss": 1.0}],
}


def test_what_is_written_is_json_that_anyone_can_read(tmp_path):
    (tmp_path / "tiny.json").write_text(json.dumps(TOLD | {"later": True}))
    written = read_provenance("tiny", tmp_path).to_json()
    assert json.loads(written) == TOLD
    assert list(json.loads(written)) == list(TOLD)
    assert written.endswith("\n}\n")


@pytest.mark.parametrize("key", TOLD)
def test_a_description_that_leaves_something_out_is_damaged(tmp_path, key):
    (tmp_path / "tiny.json").write_text(json.dumps({k: x for k, x in TOLD.items() if k != key}))
    with pytest.raises(ParameterError, match=r"tiny\.json: the description .* is damaged"):
        read_provenance("tiny", tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"3", b"null", b'"network"', b"\xff"])
def test_what_is_no_description_is_damaged(tmp_path, content):
    (tmp_path / "tiny.json").write_bytes(content)
    with pytest.raises(ParameterError, match="damaged"):
        read_provenance("tiny", tmp_path)


def test_a_folder_instead_of_a_description_is_damaged(tmp_path):
    (tmp_path / "tiny.json").mkdir()
    with pytest.raises(ParameterError, match="damaged"):
        read_provenance("tiny", tmp_path)


def test_an_untrained_network_says_what_to_type(tmp_path):
    with pytest.raises(ParameterError) as caught:
        read_provenance("tiny", tmp_path)
    assert str(caught.value) == str(missing_weights(tmp_path / "tiny.json"))
    assert caught.value.where == str(tmp_path / "tiny.json")
    assert caught.value.fix == "Train it with: simgen bench train tiny"


def test_every_description_that_comes_with_simgen_is_of_the_weights_beside_it():
    files = sorted(weights_folder().glob("*.json"))
    assert files
    for file in files:
        made = read_provenance(file.stem, weights_folder())
        assert isinstance(made, Provenance)
        assert made.network == file.stem
        assert file.with_suffix(".npz").is_file()
