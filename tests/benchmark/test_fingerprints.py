import gzip
import hashlib
import json
import math

import numpy as np
import pytest
from pydantic import ValidationError

from simgen.benchmark.fingerprints import (
    TOLERANCE_DB,
    Agreement,
    Fingerprint,
    Fingerprints,
    agreement,
    difference_db,
    fingerprint,
)
from simgen.errors import DatasetError
from simgen.render.recording import Recording

SAMPLES = 3001
"""Not a whole number of anything."""


def recording(signals, ears=None):
    """A recording of which only what is heard matters."""
    return Recording(None, signals, {}, {}, {}, {}, {} if ears is None else ears)


@pytest.fixture(scope="module")
def sound():
    """Coloured noise at four microphones."""
    white = np.random.default_rng(1).standard_normal((4, SAMPLES + 20))
    smooth = np.apply_along_axis(np.convolve, 1, white, np.hanning(21), mode="valid")
    return smooth.astype(np.float32)


def apart_db(sound, other):
    return difference_db(recording({"table": other}), fingerprint(recording({"table": sound})))


def plain_products(arrays):
    """The products, sample by sample: bits of Philox words, the lowest of each byte last."""
    generator = np.random.Philox(key=20_260)
    products = [0.0] * 16
    for row in arrays:
        bits = []
        while len(bits) < 16 * len(row):
            word = int(generator.random_raw())
            for byte in word.to_bytes(8, "little"):
                bits += [byte >> place & 1 for place in range(7, -1, -1)]
        for sequence in range(16):
            for k, sample in enumerate(row):
                sign = 1 if bits[sequence * len(row) + k] else -1
                products[sequence] += sign * float(sample)
    return products


def test_products_are_those_of_the_definition(sound):
    short = sound[:2, :37]
    found = fingerprint(recording({"table": short}))
    assert found.products == pytest.approx(plain_products(short), rel=1e-6)
    assert found.energy == pytest.approx(np.sum(short.astype(np.float64) ** 2))
    assert found.sha256 == hashlib.sha256(short.astype("<f4").tobytes()).hexdigest()


def test_all_that_is_heard_counts_in_an_order_of_its_own(sound):
    ears = {"listener": {"bar": sound[None, 2:, None, :100]}}
    one = recording({"a": sound[:1], "b": sound[1:2]}, ears)
    other = recording({"b": sound[1:2], "a": sound[:1]}, ears)
    assert fingerprint(one) == fingerprint(other)
    everything = [*sound[:2], *sound[2:, :100]]
    digest = hashlib.sha256(b"".join(row.tobytes() for row in everything)).hexdigest()
    assert fingerprint(one).sha256 == digest
    short = recording({"a": sound[:1, :20]}, {"listener": {"bar": sound[None, 2:, None, :10]}})
    rows = [sound[0, :20], sound[2, :10], sound[3, :10]]
    assert fingerprint(short).products == pytest.approx(plain_products(rows), rel=1e-6)


def test_the_same_bytes_do_not_differ(sound):
    assert apart_db(sound, sound.copy()) == -math.inf


@pytest.mark.parametrize("level_db", [-20.0, -55.0, -100.0])
def test_the_power_of_a_difference_is_told(sound, level_db):
    noise = np.random.default_rng(2).standard_normal((40, *sound.shape))
    noise *= np.std(sound) * 10.0 ** (level_db / 20.0)
    found = [10.0 ** (apart_db(sound, (sound + x).astype(np.float32)) / 10.0) for x in noise]
    assert 10.0 * np.log10(np.mean(found)) == pytest.approx(level_db, abs=0.7)


def test_rounding_is_seen_and_tolerated(sound):
    other = np.nextafter(sound, np.float32(np.inf))
    assert -160.0 < apart_db(sound, other) < -120.0
    one = sound.copy()
    one[0, 0] = np.nextafter(one[0, 0], np.float32(np.inf))
    assert -180.0 <= apart_db(sound, one) < -120.0, "not byte for byte, however small"


@pytest.mark.parametrize(
    "change",
    [
        lambda x: np.roll(x, 1, axis=1),
        lambda x: x[[1, 0, 2, 3]],
        lambda x: -x,
        lambda x: x * np.float32(1.01),
        lambda x: np.zeros_like(x),
        lambda x: x + np.float32(0.02 * np.std(x)),
        lambda x: np.where(np.arange(SAMPLES) == 1500, np.float32(0.0), x),
    ],
    ids=["late", "swapped", "inverted", "louder", "silent", "offset", "a sample lost"],
)
def test_what_sounds_different_is_not_within_tolerance(sound, change):
    assert apart_db(sound, change(sound)) > TOLERANCE_DB


def test_what_is_no_number_is_not_within_tolerance(sound):
    broken = sound.copy()
    broken[1, 5] = np.nan
    assert apart_db(sound, broken) == math.inf
    assert apart_db(np.zeros_like(sound), sound) == math.inf


def test_recordings_are_compared_one_by_one(sound):
    sounds = [sound, 2.0 * sound, 3.0 * sound]
    kept = Fingerprints(
        versions={}, scenes=tuple(fingerprint(recording({"table": x})) for x in sounds)
    )
    assert agreement((recording({"table": x}) for x in sounds), kept) == Agreement(
        3, 3, -math.inf, ()
    )
    rounded = [sounds[0], np.nextafter(sounds[1], np.float32(np.inf)), sounds[2]]
    found = agreement((recording({"table": x}) for x in rounded), kept)
    assert found.ok
    assert (found.num_same, found.differing) == (2, ())
    found = agreement((recording({"table": x}) for x in sounds[::-1]), kept)
    assert not found.ok
    assert (found.num_same, found.differing) == (1, (0, 2))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_recordings_must_be_as_many_as_fingerprints(sound, number):
    one = recording({"table": sound})
    kept = Fingerprints(versions={}, scenes=(fingerprint(one),) * 2)
    with pytest.raises(DatasetError, match="not a recording for each fingerprint"):
        agreement(iter([one] * number), kept)


@pytest.mark.parametrize(
    ("agreed", "said"),
    [
        (Agreement(4, 4, -math.inf, ()), "all 4 scenes are the same byte for byte"),
        (
            Agreement(4, 1, -131.2, ()),
            "1 of 4 scenes are the same byte for byte, the others within tolerance: the largest "
            "difference is -131 dB (allowed: -60 dB)",
        ),
        (
            Agreement(9, 2, -3.0, (0, 1, 2, 3, 4, 7, 8)),
            "2 of 9 scenes are the same byte for byte, but scenes 0, 1, 2, 3, 4 and 2 more "
            "differ: the largest difference is -3 dB (allowed: -60 dB)",
        ),
    ],
)
def test_what_was_found_is_said(agreed, said):
    assert str(agreed) == said


@pytest.mark.parametrize(("largest", "told"), [(-math.inf, None), (math.inf, None), (-9.0, -9.0)])
def test_an_agreement_is_plain_values(largest, told):
    answer = json.dumps(Agreement(2, 1, largest, (1,)).to_dict(), allow_nan=False)
    expected = {"ok": False, "num_scenes": 2, "num_same": 1, "largest_db": told, "differing": [1]}
    assert json.loads(answer) == expected


def test_fingerprints_round_trip(sound):
    kept = Fingerprints(
        versions={"simgen": "0.1.0"}, scenes=(fingerprint(recording({"table": sound})),)
    )
    assert Fingerprints.from_bytes(gzip.decompress(kept.to_bytes())) == kept
    assert kept.to_bytes() == kept.to_bytes()


def test_a_fingerprint_has_its_number_of_products():
    with pytest.raises(ValidationError):
        Fingerprint(sha256="0" * 64, energy=1.0, products=(0.0,) * 15)
