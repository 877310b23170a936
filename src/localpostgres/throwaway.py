"""Throwaway: a cluster for tests, in a temporary folder that is removed however the tests end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from localpostgres.cluster import Cluster
from localpostgres.folder import remove_tree

# Fast, and worthless after a power cut: right for data that nobody keeps.
CARELESS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "autovacuum_naptime": "5min",
}
_WATCHDOG_SECONDS = 60.0


@contextmanager
def throwaway(*, settings: Mapping[str, str] | None = None, binaries: Path | None = None) -> Iterator[Cluster]:
    """Run a cluster for the length of a `with` block, then remove it.

    A small watchdog process holds one end of a pipe; when the other end goes, by leaving the block or by
    `kill -9`, it stops the server and removes the folder.
    """
    place = Path(tempfile.mkdtemp(prefix="localpostgres-"))
    place.chmod(0o711)
    cluster = Cluster(place / "cluster", settings={**CARELESS, **(settings or {})}, binaries=binaries)
    watchdog = _watch(place)
    try:
        cluster.up()
        yield cluster
    finally:
        _let_go(watchdog)
        clear(place)


def clear(place: Path) -> None:
    """Stop and remove the cluster of a temporary `place`, and the place; harmless when it is gone already."""
    Cluster(place / "cluster").destroy()
    if place.exists():
        remove_tree(place)


def _watch(place: Path) -> subprocess.Popen[bytes]:
    package = str(Path(__file__).parents[1])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(  # noqa: S603  # this interpreter, our own module
        [sys.executable, "-m", "localpostgres.watchdog", str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def _let_go(watchdog: subprocess.Popen[bytes]) -> None:
    if watchdog.stdin:
        watchdog.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        watchdog.wait(_WATCHDOG_SECONDS)
    if watchdog.poll() is None:
        watchdog.kill()
        watchdog.wait()
