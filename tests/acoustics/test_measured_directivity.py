import numpy as np
import pytest

from simgen.acoustics.measured_directivity import measured_directivity
from simgen.errors import ParameterError, ShapeError


def test_measured_radiation_is_fitted_in_every_band():
    generator = np.random.default_rng(5)
    directions = generator.standard_normal((400, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    frequencies = np.geomspace(90.0, 5700.0, 120)
    share = np.where(frequencies < 1000.0, 0.9, 0.6)  # towards a cardioid as frequency rises
    magnitude = share + (1.0 - share) * directions[:, :1]
    phase = np.exp(1j * generator.uniform(0.0, 6.0, magnitude.shape))
    centres = np.array([250.0, 2000.0])
    fitted = measured_directivity(
        directions, frequencies, 3.0 * magnitude * phase, centres, order=3, smoothing=0.0
    )
    for band, p in enumerate((0.9, 0.6)):
        expected = np.zeros(16)
        expected[0], expected[3] = p, 1.0 - p
        assert fitted[band] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"centres": [16_000.0]}, ParameterError, "no measured frequency, got 16000"),
        ({"responses": np.ones((4, 3))}, ShapeError, r"\(direction, 2\)"),
        ({"responses": np.zeros((4, 2))}, ParameterError, "front"),
    ],
)
def test_radiation_that_cannot_be_fitted_is_refused(changes, error, message):
    good = {
        "directions": [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (-1.0, 0.0, 0.0)],
        "frequencies": [900.0, 1100.0],
        "responses": np.ones((4, 2)),
        "centres": [1000.0],
    }
    assert measured_directivity(**good, order=0)[0] == pytest.approx([1.0])
    with pytest.raises(error, match=message):
        measured_directivity(**{**good, **changes}, order=0)
