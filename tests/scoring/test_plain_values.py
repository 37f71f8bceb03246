import json
from dataclasses import dataclass

import numpy as np

from simgen.scoring.plain_values import plain_values


@dataclass(frozen=True)
class Inner:
    level_db: np.ndarray
    gain_db: float


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    inner: Inner
    nothing: None = None


SCORE = Outer("a", 3, Inner(np.array([[1.0 / 3.0], [2.0]]), np.float64(-1e-12)))


def test_records_become_mappings_in_the_order_of_their_fields():
    plain = plain_values({"score": SCORE})
    assert plain == {
        "score": {
            "name": "a",
            "count": 3,
            "inner": {"level_db": [[0.333333333], [2.0]], "gain_db": 0.0},
            "nothing": None,
        }
    }
    assert json.loads(json.dumps(plain)) == plain
    assert type(plain["score"]["inner"]["gain_db"]) is float


def test_fields_can_be_left_out_wherever_they_are():
    plain = plain_values(SCORE, leave_out=["level_db", "count"])
    assert plain == {"name": "a", "inner": {"gain_db": 0.0}, "nothing": None}
