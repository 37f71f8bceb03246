"""The files that scenes name."""

import hashlib
import os

import pytest

from simgen.errors import SignalError
from simgen.scene.sofa_files import digest_of_file, path_of_file, require_unchanged


def test_a_relative_name_starts_from_the_base_and_a_home_from_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert path_of_file("a.sofa", tmp_path) == tmp_path / "a.sofa"
    assert path_of_file("/a.sofa", tmp_path).as_posix() == "/a.sofa"
    assert path_of_file("~/a.sofa", tmp_path) == tmp_path / "home" / "a.sofa"
    with pytest.raises(SignalError, match="no such home folder"):
        path_of_file("~nobody-of-that-name/a.sofa", tmp_path)


def test_a_digest_is_that_of_the_content_as_it_is_now(tmp_path):
    file = tmp_path / "a.sofa"
    for content in (b"one", b"other", b""):
        file.write_bytes(content)
        assert digest_of_file("a.sofa", tmp_path) == hashlib.sha256(content).hexdigest()
    file.write_bytes(b"12345")
    digest_of_file("a.sofa", tmp_path)
    file.write_bytes(b"54321")
    os.utime(file, ns=(0, 1))
    assert digest_of_file("a.sofa", tmp_path) == hashlib.sha256(b"54321").hexdigest()


def test_what_is_no_file_is_refused(tmp_path):
    for name in ("a.sofa", "a.sofa/b"):
        with pytest.raises(SignalError, match="there is no such file"):
            digest_of_file(name, tmp_path)
    with pytest.raises(SignalError, match=": is a folder"):
        digest_of_file(".", tmp_path)


def test_another_content_is_refused(tmp_path):
    (tmp_path / "a.sofa").write_bytes(b"one")
    digest = digest_of_file("a.sofa", tmp_path)
    assert require_unchanged("a.sofa", tmp_path, digest) == tmp_path / "a.sofa"
    with pytest.raises(SignalError, match=r"a\.sofa: has changed since the scene was drawn"):
        require_unchanged("a.sofa", tmp_path, "0" * 64)
