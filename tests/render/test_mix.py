import numpy as np
import pytest

from simgen.render.mix import convolve, mix, scale_noise, sum_images, superpose


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize(
    ("dry_length", "response_length", "num_samples"),
    [(100, 30, 100), (100, 30, 129), (100, 30, 200), (100, 30, 10), (1, 1, 5), (7, 50, 20)],
)
def test_convolution_agrees_with_the_definition(dry_length, response_length, num_samples):
    dry = drawn(dry_length)
    responses = drawn(3, response_length, seed=1).astype(np.float32)
    image = convolve(dry, responses, num_samples)
    assert image.shape == (3, num_samples)
    assert image.dtype == np.float32
    for channel, response in zip(image, responses, strict=True):
        whole = np.concatenate([np.convolve(dry, response), np.zeros(num_samples)])
        assert channel == pytest.approx(whole[:num_samples], abs=1e-5)


@pytest.mark.parametrize("num_samples", [8191, 30_000, 47_003])
@pytest.mark.parametrize(
    "response_length", [1, 500, 3001, pytest.param(60_000, marks=pytest.mark.slow)]
)
def test_convolution_by_blocks_is_120_db_exact(response_length, num_samples):
    dry = drawn(num_samples)
    responses = drawn(2, response_length, seed=1).astype(np.float32)
    whole = np.stack([np.convolve(dry, x.astype(np.float64))[:num_samples] for x in responses])
    error = convolve(dry, responses, num_samples) - whole
    assert np.std(error) < 1e-6 * np.std(whole)


def test_an_image_does_not_depend_on_its_neighbours():
    responses = drawn(7, 900, seed=1).astype(np.float32)
    together = convolve(drawn(30_000), responses, 30_000)
    alone = [convolve(drawn(30_000), response[None], 30_000)[0] for response in responses]
    assert together.tobytes() == np.array(alone).tobytes()


def test_a_single_tap_delays():
    responses = np.zeros((1, 8), dtype=np.float32)
    responses[0, 5] = 0.5
    image = convolve(np.array([1.0, -2.0, 3.0]), responses, 7)
    assert image[0] == pytest.approx([0, 0, 0, 0, 0, 0.5, -1.0], abs=1e-6)


def test_silence_stays_exactly_silent():
    assert not convolve(np.zeros(50), drawn(2, 20).astype(np.float32), 50).any()


def white(*shape):
    return drawn(*shape, seed=1).astype(np.float32)


def heard(images):
    return images.sum(axis=0, dtype=np.float64)


def test_images_are_summed_exactly():
    images = drawn(3, 2, 100).astype(np.float32)
    assert sum_images(images).tobytes() == heard(images).tobytes()
    assert sum_images(images[:0]).tobytes() == np.zeros((2, 100)).tobytes()


@pytest.mark.parametrize("num_sources", [0, 1, 3])
@pytest.mark.parametrize("num_samples", [100, 40_000])
def test_superposing_sources_is_summing_their_images(num_sources, num_samples):
    dry = drawn(num_sources, 40_000)
    responses = drawn(num_sources, 2, 700, seed=1).astype(np.float32)
    images = np.zeros((num_sources, 2, num_samples), np.float32)
    for image, signal, own in zip(images, dry, responses, strict=True):
        image[:] = convolve(signal, own, num_samples)
    assert superpose(dry, responses, num_samples).tobytes() == sum_images(images).tobytes()


def test_a_mixture_is_the_sum_rounded_once():
    images = drawn(3, 2, 100).astype(np.float32)
    noise = drawn(2, 100, seed=1).astype(np.float32)
    exact = images.astype(np.float64).sum(axis=0) + noise
    assert mix(heard(images), noise).tobytes() == exact.astype(np.float32).tobytes()


def test_a_mixture_of_opposites_is_silent():
    image = (1e4 * drawn(1, 2, 100)).astype(np.float32)
    assert not mix(heard(np.concatenate([image, -image])), np.zeros((2, 100), np.float32)).any()


@pytest.mark.parametrize("snr_db", [-20.0, 0.0, 13.0, 60.0])
@pytest.mark.parametrize("num_samples", [20, 16_000])
def test_noise_has_the_stated_ratio(snr_db, num_samples):
    images = (0.01 * drawn(2, 4, num_samples)).astype(np.float32)
    noise = scale_noise(white(4, num_samples), heard(images), snr_db)
    signal = np.mean(np.square(images.sum(axis=0), dtype=np.float64))
    found = 10.0 * np.log10(signal / np.mean(np.square(noise, dtype=np.float64)))
    assert found == pytest.approx(snr_db, abs=1e-4)


def test_the_ratio_is_that_of_the_sum_of_images():
    image = drawn(1, 2, 1000).astype(np.float32)
    alone = scale_noise(white(2, 1000), heard(image), 10.0)
    twice = scale_noise(white(2, 1000), heard(np.concatenate([image, image])), 10.0)
    assert twice == pytest.approx(2.0 * alone, rel=1e-6)


def test_every_channel_has_the_same_noise_level():
    images = np.zeros((1, 2, 50_000), dtype=np.float32)
    images[0, 0] = drawn(50_000)
    noise = scale_noise(white(2, 50_000), heard(images), 0.0)
    assert np.std(noise, axis=1) == pytest.approx([np.sqrt(0.5)] * 2, rel=0.02)


@pytest.mark.parametrize("sources", [0, 2])
def test_silent_images_get_no_noise(sources):
    noise = scale_noise(white(2, 50), heard(np.zeros((sources, 2, 50))), 20.0)
    assert noise.shape == (2, 50)
    assert noise.dtype == np.float32
    assert not noise.any()
