"""The gate on smear, in the bands of either protocol."""

import numpy as np
import pytest

from simgen.scoring import beam_bands, crosstalk_bands
from simgen.scoring.time_spread import energy_spread


def echo(bands, gain, seconds):
    return 1.0 + gain * np.exp(-2j * np.pi * bands.frequencies * seconds)


@pytest.mark.parametrize("bands", [beam_bands.GRADED_BANDS, crosstalk_bands.GRADED_BANDS])
@pytest.mark.parametrize(
    ("seconds", "early", "late"),
    [(0.0, None, None), (0.005, None, None), (0.02, None, -12.3), (-0.02, -12.3, None)],
)
def test_energy_of_an_echo_counts_where_it_is_far(bands, seconds, early, late):
    spread = energy_spread(echo(bands, 0.25, seconds)[None], bands)
    for found, expected in ((spread.early_db, early), (spread.late_db, late)):
        if expected is None:
            assert found < -20.0
        else:
            assert found == pytest.approx(expected, abs=0.3)


def test_the_channel_with_more_of_it_counts():
    bands = beam_bands.GRADED_BANDS
    channels = np.stack([echo(bands, 0.0, 0.0), echo(bands, 0.5, 0.02)])
    assert energy_spread(channels, bands).late_db == pytest.approx(-7.0, abs=0.3)


def test_silence_has_no_spread():
    bands = beam_bands.GRADED_BANDS
    spread = energy_spread(np.zeros((1, len(bands.frequencies)), complex), bands)
    assert max(spread) < -3000.0
