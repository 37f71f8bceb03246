import hashlib
import json
import re
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from simgen.api import render
from simgen.benchmark.sealed import SEALED_RECORD, commitment
from simgen.dataset.dataset import open_dataset
from simgen.errors import DatasetError, ParameterError, VerificationError
from simgen.evaluate.sealing import draw_sealed, require_audio, seal, unsealed_split
from simgen.exchange.flac import in_24_bits, write_flac
from simgen.generate.run import generate
from simgen.generate.sources import FrozenScenes

SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))
COUNT = 4


@pytest.fixture(scope="module")
def split():
    return draw_sealed("localization", SECRET, COUNT)


@pytest.fixture(scope="module")
def dataset(split, tmp_path_factory):
    directory = tmp_path_factory.mktemp("sealed") / "private"
    generate(FrozenScenes.from_jsonl("x", split.lines), directory, count=COUNT, render=render)
    return open_dataset(directory)


@pytest.fixture
def public(split, dataset, tmp_path):
    seal(split, dataset, SECRET, tmp_path / "public")
    return tmp_path / "public"


def test_the_same_secret_draws_the_same_scenes(split):
    assert draw_sealed("localization", SECRET, COUNT).lines == split.lines
    assert draw_sealed("localization", OTHER, COUNT).lines != split.lines
    assert split.name == f"sealed-{commitment(SECRET)[:32]}"


def test_audio_is_that_of_the_dataset(split, dataset, public):
    for number, item in enumerate(split.items):
        heard, rate = soundfile.read(public / "audio" / f"{item}.flac")
        signals = dataset[number].signals["table"].T
        assert rate == 16000
        np.testing.assert_allclose(
            heard, signals * (0.5 / np.max(np.abs(signals))), atol=1.0 / 2**23
        )


def test_nothing_but_the_record_and_numbered_audio_is_handed_out(split, public):
    files = {str(path.relative_to(public)) for path in public.rglob("*") if path.is_file()}
    assert files == {SEALED_RECORD, *(f"audio/{item}.flac" for item in split.items)}
    shapes = {soundfile.info(file).frames for file in (public / "audio").iterdir()}
    assert shapes == {64000}


def test_the_record_tells_no_label(split, public):
    text = (public / SEALED_RECORD).read_text()
    published = set(map(float, re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", text)))
    for scene in split.scenes:
        numbers = {scene.room.t60, *scene.room.size}
        if scene.sensor_noise is not None:
            numbers.add(scene.sensor_noise.snr_db)
        numbers |= {x for source in scene.sources for x in source.position}
        numbers |= set(scene.arrays["table"].position)
        assert not published & (numbers - {0.0})
    assert set(json.loads(text)) == {
        "sealed",
        "split",
        "track",
        "protocol",
        "recipe",
        "secret_sha256",
        "scenes_hmac_sha256",
        "num_items",
        "sample_rate",
        "speed_of_sound",
        "microphones",
        "audio_sha256",
        "versions",
    }


def test_records_of_two_secrets_differ_only_in_digests(split, dataset, public, tmp_path):
    swapped = replace(split, name=f"sealed-{commitment(OTHER)[:32]}")
    swapped.track.splits[swapped.name] = split.record
    seal(swapped, dataset, OTHER, tmp_path / "other")
    one, other = (
        json.loads((folder / SEALED_RECORD).read_text()) for folder in (public, tmp_path / "other")
    )
    differing = {key for key in one if one[key] != other[key]}
    assert differing == {"split", "secret_sha256", "scenes_hmac_sha256"}


def test_order_says_nothing_of_the_number_of_talkers():
    drawn = draw_sealed("localization", SECRET, 200).scenes
    counts = np.array([len(scene.sources) for scene in drawn])
    assert set(counts.tolist()) == {1, 2, 3, 4}
    order = np.corrcoef(np.arange(200), counts)[0, 1]
    neighbours = np.corrcoef(counts[:-1], counts[1:])[0, 1]
    # Four standard errors of a correlation that is none: 1 / sqrt(200) each.
    assert abs(order) < 0.29
    assert abs(neighbours) < 0.29


def test_unsealing_draws_what_was_promised(split, dataset, public):
    sealed, again = unsealed_split(public, SECRET)
    assert again.lines == split.lines
    assert require_audio(sealed, again, dataset, public) == 0


def test_another_secret_is_refused(public):
    with pytest.raises(VerificationError, match="secret is not the one"):
        unsealed_split(public, OTHER)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scenes_hmac_sha256": "0" * 64}, "scenes are not those.*numpy"),
        ({"recipe": {"file": "sealed.yaml", "sha256": "0" * 64}}, r"sealed\.yaml is not"),
        (
            {"num_items": COUNT - 1, "audio_sha256": ["0" * 64] * (COUNT - 1)},
            "scenes are not those",
        ),
    ],
)
def test_labels_that_were_changed_afterwards_are_refused(public, change, message):
    record = public / SEALED_RECORD
    record.write_text(json.dumps(json.loads(record.read_text()) | change))
    with pytest.raises(VerificationError, match=message):
        unsealed_split(public, SECRET)


def publish_again(public):
    """Write digests of the audio as it is now into the record."""
    record = json.loads((public / SEALED_RECORD).read_text())
    files = sorted((public / "audio").iterdir())
    record["audio_sha256"] = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    (public / SEALED_RECORD).write_text(json.dumps(record))


def test_audio_that_was_changed_after_it_was_published_is_refused(split, dataset, public):
    sealed, again = unsealed_split(public, SECRET)
    first, second = (public / "audio" / f"{item}.flac" for item in split.items[:2])
    first.write_bytes(second.read_bytes())
    (public / "audio" / "more.flac").write_bytes(b"")
    with pytest.raises(VerificationError, match=rf"2 recordings.*more\.flac, {split.items[0]}"):
        require_audio(sealed, again, dataset, public)


def test_audio_of_other_scenes_is_refused_by_name(split, dataset, public):
    first, second = (public / "audio" / f"{item}.flac" for item in split.items[:2])
    first.write_bytes(second.read_bytes())
    publish_again(public)
    sealed, again = unsealed_split(public, SECRET)
    with pytest.raises(VerificationError, match=f"1 recordings.*{split.items[0]}"):
        require_audio(sealed, again, dataset, public)


def test_audio_may_be_rounded_otherwise_and_no_more(split, dataset, public):
    steps = in_24_bits(dataset[1].signals["table"])
    place = public / "audio" / f"{split.items[1]}.flac"
    steps[3, 1000] += 8
    write_flac(place, steps, sample_rate=16000)
    publish_again(public)
    sealed, again = unsealed_split(public, SECRET)
    assert require_audio(sealed, again, dataset, public) == 8
    steps[3, 1000] += 1
    write_flac(place, steps, sample_rate=16000)
    publish_again(public)
    sealed, again = unsealed_split(public, SECRET)
    with pytest.raises(VerificationError, match="1 recordings"):
        require_audio(sealed, again, dataset, public)


def test_missing_audio_is_refused(split, dataset, public):
    (public / "audio" / f"{split.items[2]}.flac").unlink()
    with pytest.raises(VerificationError, match=f"missing.*{split.items[2]}"):
        require_audio(*unsealed_split(public, SECRET), dataset, public)


def test_another_dataset_is_refused(dataset, tmp_path):
    with pytest.raises(DatasetError, match="its scenes differ"):
        seal(draw_sealed("localization", OTHER, COUNT), dataset, OTHER, tmp_path / "public")
    assert not (tmp_path / "public").exists()


def test_nothing_is_overwritten(split, dataset, public):
    with pytest.raises(ParameterError, match="something already"):
        seal(split, dataset, SECRET, public)
