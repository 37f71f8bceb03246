import subprocess
import sys
from pathlib import Path

import simgen.scoring

ROOT = Path(simgen.scoring.__path__[0]).parents[1]
MODULES = [
    f"simgen.scoring.{path.stem}"
    for path in sorted(Path(simgen.scoring.__path__[0]).glob("*.py"))
    if path.stem != "__init__"
]

PROGRAM = f"""
import importlib, importlib.abc, importlib.metadata, sys

OTHERS = {{*importlib.metadata.packages_distributions()}} - {{"numpy", "scipy", "simgen"}}
assert "pydantic" in OTHERS


class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OTHERS:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Absent())
for name in {MODULES}:
    importlib.import_module(name)
try:
    import pydantic
except ModuleNotFoundError:
    print("absent")
from simgen.scoring.localization import score_localization

print(score_localization({{"0": [0.0, 1.0]}}, {{"0": [0.0]}}).scores["recall_5deg"].value)
print(*({{"simgen.scene", "simgen.render", "simgen.dataset"}} & {{*sys.modules}}))
"""


def test_arrays_are_scored_with_numpy_and_scipy_alone():
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.split() == ["absent", "0.5"]
