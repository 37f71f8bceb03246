import json

import numpy as np
import pytest

from simgen.benchmark.centres import CentreSubmission, read_centres
from simgen.errors import SubmissionError

HEADER = {
    "submission": 1,
    "system": "ours",
    "version": "1.0",
    "track": "upmix",
    "split": "test",
    "protocol": "lrc/1",
    "sample_rate_hz": 48000,
}
SAMPLES = 384_000
"""Of every mix: 8 s at 48 kHz, as the card of the track says."""


def folder(path, centres, **changes):
    header = {key: value for key, value in (HEADER | changes).items() if value is not None}
    (path / "submission.json").write_text(json.dumps(header))
    for mix, centre in centres.items():
        np.save(path / f"lrc_{mix}.npy", centre)
    return path


def faults(path):
    with pytest.raises(SubmissionError) as caught:
        read_centres(path)
    return caught.value.faults


def noise(dtype=np.float64):
    return np.random.default_rng(1).standard_normal(SAMPLES).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mixes_may_be_left_out_and_precision_is_free(tmp_path, dtype):
    read = read_centres(folder(tmp_path, {"duet": noise(dtype), "news": noise(dtype)}))
    assert sorted(read.arrays) == ["duet", "news"]
    np.testing.assert_array_equal(read.arrays["duet"], noise(dtype))
    assert (read.num_items, read.answers) == (2, "2 mixes")


def test_what_is_written_is_read_again(tmp_path):
    submission = CentreSubmission.model_validate(HEADER | {"arrays": {"quiz": noise()}})
    submission.write(tmp_path / "ours")
    read = read_centres(tmp_path / "ours")
    assert read.sha256() == submission.sha256()
    assert read.header() == submission.header()


def test_the_digest_tells_mixes_and_samples_apart_but_not_precision():
    def digest(arrays):
        return CentreSubmission.model_validate(HEADER | {"arrays": arrays}).sha256()

    one = noise(np.float32)
    assert digest({"duet": one}) == digest({"duet": one.astype(np.float64)})
    assert digest({"duet": one, "news": -one}) == digest({"news": -one, "duet": one})
    assert len({digest({"duet": one}), digest({"news": one}), digest({"duet": -one})}) == 3


@pytest.mark.parametrize(
    "shape", [(SAMPLES - 1,), (SAMPLES + 1,), (1, SAMPLES), (SAMPLES, 1), (2, SAMPLES), ()]
)
def test_a_centre_is_as_long_as_its_mix_and_has_one_channel(tmp_path, shape):
    assert faults(folder(tmp_path, {"duet": np.ones(shape, np.float32)})) == (
        f"lrc_duet.npy: the centre has shape {shape} (allowed: ({SAMPLES},), as the mix has)",
    )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_first_sample_that_is_no_number_is_named(tmp_path, value):
    broken = noise()
    broken[[SAMPLES - 1, 17]] = value
    assert faults(folder(tmp_path, {"band": broken})) == (
        f"lrc_band.npy: sample [17] is {value} (allowed: finite numbers)",
    )


def test_a_folder_without_any_centre_is_refused(tmp_path):
    (fault,) = faults(folder(tmp_path, {}))
    assert fault.startswith("there is no array; give at least one of lrc_band.npy, lrc_choir.npy")


def test_the_header_is_told_of_with_all_else(tmp_path):
    found = faults(folder(tmp_path, {"duet": np.ones(3)}, protocol="ctc/1", version=None))
    assert found == (
        "submission.json: version: is missing",
        'submission.json: protocol: is "ctc/1", but this split needs "lrc/1"',
        f"lrc_duet.npy: the centre has shape (3,) (allowed: ({SAMPLES},), as the mix has)",
    )
