"""A real server process over a copy of the test database, for journeys: it can be killed and started again."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser

from tests.support.browser import Visit, visit

READY_SECONDS = 40.0
LOOK_SECONDS = 0.1
READY = "/privacy/"
"""A page that needs nothing but the site; the health page is red while no worker seals the trail."""


class Site:
    """The site as it is served: one worker on a free port of this machine."""

    def __init__(self, database: str, chromium: Browser, log: Path, *, second_factor: bool) -> None:
        from kaogong.cli.server import server_command

        self.database = database
        self.chromium = chromium
        self.log = log
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = server_command("127.0.0.1", self.port, 1)
        self._environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "kaogong.config.settings",
            "KAOGONG_SECOND_FACTOR": "required" if second_factor else "off",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=out, stderr=out, start_new_session=True
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise AssertionError(f"the server did not come up:\n{self.log.read_text()[-4000:]}")
            time.sleep(LOOK_SECONDS)

    def kill9(self) -> None:
        """Kill the server and its workers at once, as a power cut would."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def visit(self, **options: object) -> AbstractContextManager[Visit]:
        """Somebody comes with a browser of her own (see `tests.support.browser.visit`)."""
        return visit(self.chromium, self.address, **options)  # type: ignore[arg-type]  # passed on as they are

    def _answers(self) -> bool:
        try:
            with urlopen(self.address + READY, timeout=5) as answer:
                return bool(answer.status == 200)
        except HTTPError as error:
            return error.code < 500
        except (URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(database: str, chromium: Browser, log: Path, *, second_factor: bool) -> Iterator[Site]:
    """A running site; ends with the block."""
    site = Site(database, chromium, log, second_factor=second_factor)
    site.start()
    try:
        yield site
    finally:
        site.kill9()


@pytest.fixture(scope="session")
def static_files(django_test_environment: None) -> None:
    """The static files gathered where the server looks for them; the workers of xdist share one place."""
    place = Path(settings.STATIC_ROOT)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        call_command("collectstatic", verbosity=0, interactive=False)


@pytest.fixture
def serve(
    real_database: str,
    chromium: Browser,
    static_files: None,
    tmp_path: Path,
) -> Callable[..., AbstractContextManager[Site]]:
    """Serve the copied database; the test itself goes on using the services on it, as the office next door."""
    return partial(serving, real_database, chromium, tmp_path / "server.log")


@pytest.fixture
def site(serve: Callable[..., AbstractContextManager[Site]]) -> Iterator[Site]:
    """The running site, without a second factor."""
    with serve(second_factor=False) as running:
        yield running
