"""Sites to look at, a server for them, and a browser."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from simgen.leaderboard.site import write_site
from tests.leaderboard.browser import CHROMIUM, chromium
from tests.leaderboard.examples import gained, hostile_results, result


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that keeps its log to itself."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A site with honest and hostile systems."""
    folder = tmp_path_factory.mktemp("site") / "site"
    honest = [
        result("gamma", 5.1, seed=2, width=4.0, training_data="LibriSpeech"),
        result("alpha", 1.0),
        result("Beta", 5.0, seed=1, width=4.0, code="https://example.org/beta"),
        result("told", 3.0, seed=3, uses_oracle=True),
        result("system 10", 9.0, seed=4),
        result("system 9", 9.5, seed=5),
        gained("filters", 2.0),
        gained("worse", -3.0),
    ]
    write_site([*honest, *hostile_results()], folder, baselines={})
    return folder


@pytest.fixture(scope="session")
def served(site):
    """The address of a server of the site, on this machine alone."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started
