"""Clusters for the tests of localpostgres: each is real, careless about power cuts, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import localpostgres
from localpostgres.throwaway import CARELESS

# Where other interpreters of the same version find us and what we need.
IMPORTS = os.pathsep.join(str(Path(module.__file__).parents[1]) for module in (localpostgres, psycopg))

MakeCluster = Callable[..., localpostgres.Cluster]
StartPython = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="session")
def shared() -> Iterator[localpostgres.Cluster]:
    """One running cluster for the tests that only look."""
    with localpostgres.throwaway() as cluster:
        yield cluster


@pytest.fixture
def place() -> Iterator[Path]:
    """A temporary folder that any account may pass through (pytest's own is closed to others)."""
    folder = Path(tempfile.mkdtemp(prefix="localpostgres-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def lasting() -> Iterator[localpostgres.Cluster]:
    """One cluster that is stopped between the tests; take it through `stopped`."""
    with localpostgres.throwaway() as cluster:
        cluster.down()
        yield cluster


@pytest.fixture
def stopped(lasting: localpostgres.Cluster) -> Iterator[localpostgres.Cluster]:
    """A cluster with data that does not run; whatever the test does to it is mended afterwards."""
    version, folder = lasting.data_folder / "PG_VERSION", lasting.folder
    kept = {file: file.read_bytes() for file in (version, folder.password_file, folder.path / "localpostgres.json")}
    owner = lasting.data_folder.stat()
    yield lasting
    for file, content in kept.items():
        file.write_bytes(content)
    version.chmod(0o644)
    folder.password_file.chmod(0o600)
    os.chown(lasting.data_folder, owner.st_uid, owner.st_gid)
    lasting.down()


@pytest.fixture
def make_cluster(place: Path) -> Iterator[MakeCluster]:
    """Make clusters in `place` (or a given folder), and destroy them at the end."""
    made = []

    def make(folder: Path | None = None, **options: object) -> localpostgres.Cluster:
        cluster = localpostgres.Cluster(folder or place / "cluster", **{"settings": CARELESS, **options})
        made.append(cluster)
        return cluster

    yield make
    for cluster in made:
        cluster.destroy()


@pytest.fixture
def start_python() -> Iterator[StartPython]:
    """Start other Python processes, as the same or another user; none outlives the test."""
    started = []

    def start(
        code: str, *arguments: object, user: int | None = None, interpreter: str = sys.executable
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [interpreter, "-c", code, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={"PATH": os.environ["PATH"], "PYTHONPATH": IMPORTS, "PYTHONDONTWRITEBYTECODE": "1"},
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def as_root() -> None:
    """Only root can become other users and mount file systems."""
    if os.geteuid() != 0:
        pytest.skip("needs root: it changes owners, users or mounts")
