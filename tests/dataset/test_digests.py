import hashlib
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.dataset.digests import format_sums, parse_sums, sha256_of

NAMES = st.text("abcXYZ019._-/ ", min_size=1)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(st.dictionaries(NAMES, DIGESTS))
def test_digests_come_back_from_their_text(digests):
    assert parse_sums(format_sums(digests)) == digests


def test_the_digest_is_that_of_the_standard_library(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_reads_the_text(tmp_path):
    for name in ("b", "a b"):
        (tmp_path / name).write_text(name)
    sums = format_sums({name: sha256_of(tmp_path / name) for name in ("b", "a b")})
    (tmp_path / "SHA256SUMS").write_text(sums)
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 0
    (tmp_path / "b").write_text("c")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True).returncode == 1


def test_malformed_lines_are_skipped():
    good = f"{'a' * 64}  name\n"
    assert parse_sums(good + "b" * 64 + " name2\nnonsense\n\n" + "A" * 64 + "  x\n") == {
        "name": "a" * 64
    }
