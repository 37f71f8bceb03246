import pytest

torch = pytest.importorskip("torch")

from simgen.errors import DatasetError  # noqa: E402
from simgen.training.checkpoint import read_checkpoint, write_checkpoint  # noqa: E402


def test_what_is_written_is_read(tmp_path):
    state = {"step": 3, "module": {"weight": torch.arange(4.0)}, "curve": [{"loss": 0.5}]}
    write_checkpoint(tmp_path / "x.pt", state, identity="this")
    read = read_checkpoint(tmp_path / "x.pt", identity="this")
    assert read["step"] == 3
    assert read["curve"] == [{"loss": 0.5}]
    assert torch.equal(read["module"]["weight"], torch.arange(4.0))
    assert [path.name for path in tmp_path.iterdir()] == ["x.pt"]


def test_where_there_is_none_nothing_is_read(tmp_path):
    assert read_checkpoint(tmp_path / "x.pt", identity="this") is None


def test_that_of_another_training_is_refused(tmp_path):
    write_checkpoint(tmp_path / "x.pt", {"step": 3}, identity="that")
    with pytest.raises(DatasetError, match="another training"):
        read_checkpoint(tmp_path / "x.pt", identity="this")


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04half of a file"])
def test_what_is_no_checkpoint_is_refused(tmp_path, content):
    (tmp_path / "x.pt").write_bytes(content)
    with pytest.raises(DatasetError, match="no checkpoint"):
        read_checkpoint(tmp_path / "x.pt", identity="this")


class _Harm:
    def __reduce__(self):
        return (exec, ("raise SystemExit('code has run')",))


def test_code_in_a_checkpoint_does_not_run(tmp_path):
    torch.save({"identity": "this", "state": _Harm()}, tmp_path / "x.pt")
    with pytest.raises(DatasetError, match="no checkpoint"):
        read_checkpoint(tmp_path / "x.pt", identity="this")
