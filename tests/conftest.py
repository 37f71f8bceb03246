"""Settings of all tests."""

import os
from pathlib import Path

import pytest

XDG_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
PACKAGE = Path(__file__).parents[1] / "simgen"

NO_SKIPS = "SIMGEN_NO_SKIPS"
"""Environment variable that turns a skipped test into a failed run."""


def pytest_configure(config: pytest.Config) -> None:
    """Forget what numba compiled before a change: its cache knows a function's own file alone.

    A function that calls another, in a file that has changed since, would still run the old one.
    What compiled functions use is in their own folder, or above all folders.
    """
    if hasattr(config, "workerinput"):
        return  # one of several processes: the one that started them has done it
    cached = [path for kind in ("nbi", "nbc") for path in PACKAGE.rglob(f"__pycache__/*.{kind}")]
    folders = {PACKAGE, *(path.parents[1] for path in cached)}
    newest = max(path.stat().st_mtime for folder in folders for path in folder.glob("*.py"))
    if any(path.stat().st_mtime < newest for path in cached):
        for path in cached:
            path.unlink(missing_ok=True)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Keep splits that were built for the user, or by another process, out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        # What matplotlib knows of the fonts takes seconds to find out anew.
        patch.setenv("MPLCONFIGDIR", str(XDG_CACHE / "matplotlib"))
        yield


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NO_SKIPS) and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get(NO_SKIPS) and terminalreporter.stats.get("skipped"):
        terminalreporter.section(f"{NO_SKIPS}: the run fails because tests were skipped", red=True)
