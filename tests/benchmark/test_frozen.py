"""What is frozen has not moved.

A new edition of the suite never changes an old one: whoever changes a line here changes what
published scores mean. New files add lines.
"""

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from simgen.benchmark.suite import load_track, track_names

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

FROZEN = json.loads((Path(__file__).parent / "frozen.json").read_text())
"""The SHA-256 of what is in every frozen file, uncompressed, by its path below ``benchmarks``."""


def digest_of(path):
    content = path.read_bytes()
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    return hashlib.sha256(content).hexdigest()


def named(track):
    """Every file that a track's splits name, and its digest as the track file has it."""
    for record in load_track(track).splits.values():
        for frozen in (record.frozen, record.driver_errors, record.fingerprints):
            if frozen is not None:
                yield f"{track}/{frozen.file}", frozen.sha256


@pytest.mark.parametrize("file", FROZEN)
def test_a_frozen_file_has_not_moved(file):
    assert digest_of(BENCHMARKS / file) == FROZEN[file]


@pytest.mark.parametrize("track", track_names())
def test_every_file_of_a_split_is_on_the_list_as_the_track_file_has_it(track):
    found = dict(named(track))
    assert found
    for file, digest in found.items():
        assert FROZEN[file] == digest


def test_nothing_on_the_list_has_left_its_track():
    found = {file for track in track_names() for file, _ in named(track)}
    heads = {file for file in FROZEN if file.startswith("heads/")}
    assert found | heads == set(FROZEN)
    assert heads
