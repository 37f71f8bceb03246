import subprocess
import sys
from pathlib import Path

import simgen.scoring

HEAVY = ("pydantic", "h5py", "joblib", "pyroomacoustics", "soundfile", "ruamel", "typer", "rich")


def test_arrays_are_scored_with_numpy_and_scipy_alone():
    modules = sorted(path.stem for path in Path(simgen.scoring.__path__[0]).glob("*.py"))
    names = [f"simgen.scoring.{module}" for module in modules if module != "__init__"]
    program = f"import sys, {', '.join(names)}; print(*[m for m in {HEAVY} if m in sys.modules])"
    root = Path(simgen.scoring.__path__[0]).parents[1]
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert finished.stdout.split() == []
