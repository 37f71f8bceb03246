"""Settings of all tests."""

import os
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "simgen"

NO_SKIPS = "SIMGEN_NO_SKIPS"
"""Environment variable that turns a skipped test into a failed run."""


def pytest_configure() -> None:
    """Forget what numba compiled before a change: its cache knows a function's own file alone.

    A function that calls another, in a file that has changed since, would still run the old one.
    What compiled functions use is in their own folder, or above all folders.
    """
    cached = [path for kind in ("nbi", "nbc") for path in PACKAGE.rglob(f"__pycache__/*.{kind}")]
    folders = {PACKAGE, *(path.parents[1] for path in cached)}
    newest = max(path.stat().st_mtime for folder in folders for path in folder.glob("*.py"))
    if any(path.stat().st_mtime < newest for path in cached):
        for path in cached:
            path.unlink(missing_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NO_SKIPS) and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get(NO_SKIPS) and terminalreporter.stats.get("skipped"):
        terminalreporter.section(f"{NO_SKIPS}: the run fails because tests were skipped", red=True)
