"""Settings of all tests."""

import os

import pytest

NO_SKIPS = "SIMGEN_NO_SKIPS"
"""Environment variable that turns a skipped test into a failed run."""


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(NO_SKIPS) and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get(NO_SKIPS) and terminalreporter.stats.get("skipped"):
        terminalreporter.section(f"{NO_SKIPS}: the run fails because tests were skipped", red=True)
