import numpy as np
import pytest

from simgen.acoustics.spreading import PHASES, WIDTH, pulse_spectrum, pulse_table


@pytest.mark.parametrize("decay", [0.0, 3e-4])
def test_the_spectrum_is_the_transform_of_the_pulse(decay):
    """Against a plain sum over the pulse's table, which samples it finely."""
    table = pulse_table().astype(np.float64)
    taps = np.arange(WIDTH) - (WIDTH // 2 - 1)
    position = taps - (np.arange(PHASES)[:, None] + 0.5) / PHASES
    frequency = np.linspace(0.0, 0.25, 7)
    turn = np.exp(-2j * np.pi * frequency[:, None, None] * position - decay * position)
    exact = np.sum(turn * table, axis=(1, 2)) / PHASES
    assert pulse_spectrum(frequency, np.array([decay]))[0] == pytest.approx(exact, rel=1e-6)


def test_a_sum_of_pulses_is_a_sum_of_delays():
    """What the engine rests on: grid spectrum over pulse spectrum = exp(-j 2 pi f tau)."""
    delay, length = 100.123456, 512
    cell = int(delay)
    grid = np.zeros(length)
    grid[cell : cell + WIDTH] = pulse_table()[int((delay - cell) * PHASES)]
    frequency = np.fft.rfftfreq(length)
    frequency = frequency[frequency <= 0.22]  # of the grid: 0.44 of the sample rate
    found = np.fft.rfft(grid)[: len(frequency)] / pulse_spectrum(frequency, np.zeros(1))[0]
    exact = np.exp(-2j * np.pi * frequency * (delay + WIDTH // 2 - 1))
    assert np.max(np.abs(found - exact)) < 1e-4
