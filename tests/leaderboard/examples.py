"""Results to make pages of, honest and hostile."""

import hashlib

import numpy as np

from simgen.benchmark.sealed import SealedSplit

SPLIT_DIGEST = "5" * 64
ITEMS = [f"mini-{number:04d}" for number in range(24)]
EDGES = (0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 180.0)

HOSTILE = (
    "<script>window.hacked = 1</script>",
    "\"><img src=x onerror='window.hacked = 1'>",
    "</title></bdi></a></td></table><h1>winner</h1>",
    "'><svg onload=window.hacked=1>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&amp;",
    "../../etc/passwd",
    "=HYPERLINK(1)",
    "a\u202eb\u2066c\x1b[31m\ud800\x00",
    "x" * 100,
)
"""Names that pages must show as text, though results with some of them are refused elsewhere."""


def result(system="ours", ospa=5.0, *, seed=0, width=1.0, **fields):
    """One result on localization/mini: per-item numbers that average to the OSPA."""
    spread = np.random.default_rng(seed).uniform(-width, width, len(ITEMS))
    per_item = dict(zip(ITEMS, (ospa + spread - spread.mean()).tolist(), strict=True))
    scores = {name: interval(number) for name, number in SCORES.items()}
    scores["ospa_deg"] = {"value": ospa, "low": ospa - 0.5, "high": ospa + 0.5}
    made = {
        "result": 1,
        "system": system,
        "uses_oracle": False,
        "description": "",
        "parameters": {},
        "track": "localization",
        "split": "mini",
        "split_sha256": SPLIT_DIGEST,
        "protocol": "doa-scene/1",
        "submission_sha256": hashlib.sha256(f"{system!r} {ospa} {fields}".encode()).hexdigest(),
        "scorer": "simgen 0.1.0",
        "coverage": {"num_scenes": 24, "num_sources": 60, "num_estimates": 55, "num_pairs": 54},
        "scores": scores,
        "breakdown": breakdown(ospa),
        "per_item": per_item,
        "details": details(),
    }
    return made | fields


SCORES = {
    "absolute_doa_error_deg": 1.26,
    "precision_10deg": 0.91,
    "recall_10deg": 0.82,
    "f1_10deg": 0.8625,
    "region_f1": 0.7,
}


def interval(value):
    """A score without an interval."""
    return {"value": value, "low": None, "high": None}


def breakdown(ospa):
    """Scores under the conditions of the localisation track."""
    labels = {
        "num_sources": ["1", "2", "3", "4"],
        "reverberation": ["anechoic", "reverberant"],
        "snr": ["20-30 dB", "30-40 dB"],
        "t60": ["0 s", "0.2-0.4 s", "0.4-0.6 s"],
    }
    return {
        condition: {
            label: {"num_scenes": 6, "ospa_deg": ospa * (number + 1) / 2.0}
            for number, label in enumerate(of)
        }
        for condition, of in labels.items()
    }


def details():
    """Where errors lie: 54 pairs, and two sectors with one and two sources."""
    region = {"count": 6, "absolute_doa_error_deg": 1.5}
    return {
        "error_histogram": {"edges_deg": list(EDGES), "counts": [10, 20, 14, 6, 4, 0]},
        "regions": [
            region | {"sector": 0, "num_sources": 1, "recall": 1.0},
            region | {"sector": 0, "num_sources": 2, "recall": 0.5},
            region | {"sector": 7, "num_sources": 2, "recall": 0.0},
        ],
    }


def gained(system="filters", gain=1.0, **fields):
    """One result on crosstalk/test, without numbers per item."""
    made = result(system, gain, **fields) | {
        "track": "crosstalk",
        "split": "test",
        "protocol": "ctc/1",
        "scores": {"gain_db": {"value": gain, "low": gain - 1.0, "high": gain + 1.0}},
        "coverage": {"num_devices": 3},
        "breakdown": {
            "device": {device: {"gain_db": gain} for device in "ABC"},
            "A at": {f"{hertz} Hz": {"effort_db": 1.0} for hertz in (198, 1000, 8000)},
            "A in": {f"pose {number}": {"separation_db": 1.0} for number in range(1, 33)},
        },
    }
    return {key: value for key, value in made.items() if key not in ("per_item", "details")}


def hostile_results():
    """A result for each hostile name, which stands wherever a result has a text."""
    return [
        result(
            name,
            6.0 + number,
            seed=number,
            description=f"{name}\n{name}",
            parameters={name: name},
            training_data=name,
            code=f"javascript:{name}",
        )
        for number, name in enumerate(HOSTILE)
    ]


def sealed_split(**fields):
    """What is published of a sealed split."""
    made = {
        "split": "sealed-" + "0123456789abcdef" * 2,
        "track": "localization",
        "protocol": "doa-scene/1",
        "recipe": {"file": "sealed.yaml", "sha256": "a" * 64},
        "secret_sha256": "0123456789abcdef" * 2 + "c" * 32,
        "scenes_hmac_sha256": "d" * 64,
        "num_items": 300,
        "sample_rate": 16000.0,
        "speed_of_sound": 343.0,
        "microphones": ((0.0, 0.0, 0.0),),
        "audio_sha256": ("e" * 64,) * 300,
        "versions": {},
    }
    return SealedSplit(**(made | fields))
