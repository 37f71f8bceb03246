"""Write the numbers that the devices of the beam track are made of, once.

A split never changes after it has been published. The scorer has the same numbers in itself, so
that it needs no file; a test holds the two together. ``python benchmarks/beam/freeze.py`` writes
the file and prints its digest.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from simgen.scoring.beam_devices import (
    BALL_AZIMUTHS,
    BALL_RADIUS,
    DRIVER_ERRORS,
    OMNI_PLACES,
    SPEED_OF_SOUND,
)

HERE = Path(__file__).parent


def main() -> None:
    """Write the numbers beside this script."""
    gain_db, delay_us = np.split(np.array(DRIVER_ERRORS), 2, axis=1)
    numbers = {
        "speed_of_sound_m_per_s": SPEED_OF_SOUND,
        "D-omni": {"drivers_y_m": OMNI_PLACES},
        "D-ball": {
            "radius_m": BALL_RADIUS,
            "drivers_azimuth_deg": np.rad2deg(BALL_AZIMUTHS).round(9).tolist(),
        },
        "driver_errors": {"gain_db": gain_db.tolist(), "delay_us": delay_us.tolist()},
    }
    content = (json.dumps(numbers, indent=1) + "\n").encode()
    (HERE / "devices.json").write_bytes(content)
    print(f"test {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
