"""A set of ear responses with round numbers, for tests of files."""

import numpy as np

from simgen.exchange.ear_responses import EarResponses

HALF = np.sqrt(0.5)

NO_TURN = [1.0, 0.0, 0.0, 0.0]
TO_THE_LEFT = [HALF, 0.0, 0.0, HALF]
BACKWARDS = [0.0, 0.0, 0.0, 1.0]
UPWARDS = [HALF, 0.0, -HALF, 0.0]

POSES, LOUDSPEAKERS, SAMPLES = 4, 3, 50


def example(**changes) -> EarResponses:
    """A head that looks ahead, to the left, back and up, before three loudspeakers."""
    random = np.random.default_rng(5)
    facts = {
        "responses": random.standard_normal((POSES, 2, LOUDSPEAKERS, SAMPLES)).astype(np.float32),
        "sample_rate": 48_000.0,
        "head_positions": np.array([[1.0, 2.0, 1.2], [1.1, 2.0, 1.2], [1.0, 2.1, 1.2], [1, 2, 1]]),
        "head_orientations": np.array([NO_TURN, TO_THE_LEFT, BACKWARDS, UPWARDS]),
        "device_position": np.array([3.0, 2.0, 1.0]),
        "device_orientation": np.array(BACKWARDS),
        "loudspeaker_positions": np.array([[0.0, 0.15, 0.0], [0.0, 0.0, 0.1], [0.0, -0.15, 0.0]]),
        "loudspeaker_orientations": np.array([TO_THE_LEFT, NO_TURN, UPWARDS]),
        "ear_positions": np.array([[0.0, 0.0875, 0.0], [0.0, -0.0875, 0.0]]),
        "room_size": np.array([5.0, 4.0, 2.7]),
        "title": "Three loudspeakers",
        "database": "examples",
        "history": "Made up",
    }
    return EarResponses(**(facts | changes))
