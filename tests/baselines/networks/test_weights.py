import hashlib
import io
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from simgen.baselines.networks.catalogue import load_network, trained_networks  # noqa: E402
from simgen.baselines.networks.provenance import (  # noqa: E402
    Provenance,
    read_provenance,
    weights_folder,
)
from simgen.baselines.networks.weights import (  # noqa: E402
    LARGEST_FILE,
    load_weights,
    pack_weights,
)
from simgen.errors import ParameterError  # noqa: E402

MADE = Provenance(
    network="tiny",
    command="simgen bench train tiny --seed 1",
    seed=1,
    threshold=0.4,
    num_parameters=8,
    examples=64,
    cpu_minutes=0.1,
    digests={"bank": "0" * 64},
    versions={"torch": "2.6"},
    curve=({"examples": 64, "loss": 1.0},),
)


def tiny():
    return torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))


def write(folder, content, **changes):
    digests = {"weights": hashlib.sha256(content).hexdigest()}
    (folder / "tiny.npz").write_bytes(content)
    (folder / "tiny.json").write_text(replace(MADE, digests=digests, **changes).to_json())


def packed(**arrays):
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def arrays_of(module):
    return {key: value.numpy() for key, value in module.state_dict().items()}


def test_weights_come_back_in_half_precision(tmp_path):
    written, read = tiny(), tiny()
    write(tmp_path, pack_weights(written))
    made = load_weights(read, "tiny", tmp_path)
    assert made.threshold == 0.4
    for key, value in written.state_dict().items():
        assert torch.equal(read.state_dict()[key], value.half().to(value.dtype))


def test_files_hold_one_array_of_half_precision_for_each_parameter():
    module = tiny()
    with np.load(io.BytesIO(pack_weights(module)), allow_pickle=False) as arrays:
        assert set(arrays) == set(module.state_dict())
        assert arrays["0.weight"].dtype == np.float16
        assert arrays["1.num_batches_tracked"].dtype == np.int64


def test_the_same_weights_give_the_same_bytes():
    module = tiny()
    assert pack_weights(module) == pack_weights(module)


def test_what_made_them_is_read_as_it_was_written(tmp_path):
    write(tmp_path, b"")
    read = read_provenance("tiny", tmp_path)
    assert replace(read, digests=MADE.digests, curve=MADE.curve) == MADE
    assert list(read.curve) == list(MADE.curve)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"0.weight": np.zeros((3, 2))}, r"0\.weight of shape \(3, 2\) instead of \(2, 3\)"),
        ({"0.weight": np.zeros((2, 3, 1))}, "of shape"),
        ({"0.bias": np.array([0.0, np.nan])}, r"0\.bias is not finite"),
        ({"0.bias": None}, r"no 0\.bias"),
        ({"more": np.zeros(1)}, "superfluous more"),
        ({"0.bias": np.array(["a", "b"])}, "0.bias is not of numbers"),
    ],
)
def test_weights_of_another_network_are_refused(tmp_path, change, fault):
    arrays = {**arrays_of(tiny()), **change}
    write(tmp_path, packed(**{key: x for key, x in arrays.items() if x is not None}))
    with pytest.raises(ParameterError, match=fault):
        load_weights(tiny(), "tiny", tmp_path)


def test_weights_that_are_not_those_described_are_refused(tmp_path):
    write(tmp_path, pack_weights(tiny()))
    (tmp_path / "tiny.npz").write_bytes(pack_weights(tiny()))
    with pytest.raises(ParameterError, match="not those that their description is of"):
        load_weights(tiny(), "tiny", tmp_path)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04nonsense"])
def test_damaged_files_are_refused(tmp_path, content):
    write(tmp_path, content)
    with pytest.raises(ParameterError, match="damaged"):
        load_weights(tiny(), "tiny", tmp_path)


def test_pickles_are_refused(tmp_path):
    arrays = {**arrays_of(tiny()), "0.bias": np.array([{}, {}], dtype=object)}
    write(tmp_path, packed(**arrays))
    with pytest.raises(ParameterError, match="damaged"):
        load_weights(tiny(), "tiny", tmp_path)


def test_large_files_are_not_read(tmp_path):
    write(tmp_path, bytes(LARGEST_FILE + 1))
    with pytest.raises(ParameterError, match="larger"):
        load_weights(tiny(), "tiny", tmp_path)


def test_missing_files_say_how_to_train(tmp_path):
    with pytest.raises(ParameterError, match="simgen bench train tiny"):
        load_weights(tiny(), "tiny", tmp_path)
    write(tmp_path, b"")
    (tmp_path / "tiny.npz").unlink()
    with pytest.raises(ParameterError, match="simgen bench train tiny"):
        load_weights(tiny(), "tiny", tmp_path)


@pytest.mark.parametrize("name", trained_networks())
def test_the_weights_that_come_with_simgen_fit_and_say_what_made_them(name):
    made = load_weights(load_network(name).build(), name)
    assert made.network == name
    assert made.command.startswith(f"simgen bench train {name} ")
    assert (weights_folder() / f"{name}.npz").stat().st_size < LARGEST_FILE
    assert {"bank", "speech", "development", "mixture", "weights"} <= set(made.digests)
    assert made.curve[-1]["examples"] == made.examples
    assert made.curve[-1]["threshold"] == made.threshold
