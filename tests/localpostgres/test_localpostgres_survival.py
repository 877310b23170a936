"""Sudden deaths: of the parent, of the server, of an initdb halfway; and several starters at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

import localpostgres
from localpostgres import account

STAY = """
import sys, time, localpostgres
from localpostgres.throwaway import CARELESS
print(localpostgres.Cluster(sys.argv[1], settings=CARELESS).up().pid, flush=True)
time.sleep(60)
"""
RACE = """
import json, sys, localpostgres
from localpostgres import cluster, postmaster
from localpostgres.throwaway import CARELESS
launched = []
launch = postmaster.launch
postmaster.launch = lambda *args, **options: launched.append(1) or launch(*args, **options)
status = localpostgres.Cluster(sys.argv[1], settings=CARELESS).up()
print(json.dumps([status.pid, len(launched)]))
"""
THROWAWAY = """
import time, localpostgres
with localpostgres.throwaway() as cluster:
    print(cluster.folder.path, cluster.status().pid, flush=True)
    time.sleep(60)
"""
FORK = """
import os, time, localpostgres
with localpostgres.throwaway() as cluster:
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    print(cluster.folder.path, cluster.status().pid, child, flush=True)
    time.sleep(60)
"""


def until(question, *, seconds: float = 20.0) -> bool:
    """Ask again and again until the answer is yes, or the time is up."""
    deadline = time.monotonic() + seconds
    while not question() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(question())


def is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes()


class TestParentKilled:
    def test_the_server_lives_on_and_is_found(self, make_cluster, start_python):
        cluster = make_cluster()
        parent = start_python(STAY, cluster.folder.path)
        pid = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        assert cluster.status().pid == pid
        assert cluster.up().pid == pid

    def test_halfway_through_initdb_the_next_one_begins_anew(self, make_cluster, start_python):
        cluster = make_cluster()
        parent = start_python(STAY, cluster.folder.path)
        assert until(lambda: list(cluster.folder.path.glob("data.new-*/base")))
        parent.kill()
        parent.wait()
        assert not cluster.data_folder.exists()
        assert cluster.up().running
        assert not list(cluster.folder.path.glob("data.new*"))

    def test_halfway_through_the_start_its_server_is_adopted(self, stopped, start_python):
        parent = start_python(STAY, stopped.folder.path)
        assert until(lambda: (stopped.data_folder / "postmaster.pid").exists())
        parent.kill()
        parent.wait()
        assert stopped.up().running
        with psycopg.connect(stopped.url()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


class TestServerKilled:
    def test_the_next_use_brings_it_back_with_what_was_committed(self, stopped):
        careful = localpostgres.Cluster(stopped.folder.path)
        killed = careful.up().pid
        with psycopg.connect(careful.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(killed, signal.SIGKILL)
        status = careful.up()
        assert status.running
        assert status.pid != killed
        with psycopg.connect(careful.url()) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
            connection.execute("DROP TABLE kept")

    def test_with_sessions_busy_too(self, stopped):
        killed = stopped.up().pid
        with psycopg.connect(stopped.url()) as connection:
            connection.execute("CREATE TABLE busy (n int)")
            os.kill(killed, signal.SIGKILL)
            assert stopped.up().running
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")

    def test_a_recycled_pid_of_another_program_misleads_nobody(self, stopped):
        os.kill(stopped.up().pid, signal.SIGKILL)
        lock = stopped.data_folder / "postmaster.pid"
        owner = account.choose(stopped.data_folder)
        # The worst case: the number now belongs to a program of the same user, so the server itself would refuse.
        with subprocess.Popen(["sleep", "60"], user=owner.uid if owner.switched else None) as other:
            lock.write_text("\n".join([str(other.pid), *lock.read_text().splitlines()[1:]]) + "\n")
            assert not stopped.status().running
            assert stopped.up().pid != other.pid
            stopped.down()
            assert other.poll() is None
            other.kill()

    def test_a_lock_file_cut_short_misleads_nobody(self, stopped):
        (stopped.data_folder / "postmaster.pid").write_text("")
        assert stopped.up().running


@pytest.mark.concurrency
class TestSeveralStarters:
    def test_one_starts_and_the_others_find(self, stopped, start_python):
        self.race(stopped, start_python)

    def test_one_creates_and_the_others_wait(self, make_cluster, start_python):
        self.race(make_cluster(), start_python)

    def race(self, cluster, start_python) -> None:
        """Let four processes ask for the same cluster; all see one server, and one of them launched it."""
        racers = [start_python(RACE, cluster.folder.path) for _ in range(4)]
        ended = [racer.communicate(timeout=60) for racer in racers]
        answers = [json.loads(out) for out, _ in ended]
        assert {pid for pid, _ in answers} == {cluster.status().pid}
        assert sum(launched for _, launched in answers) == 1


class TestThrowaway:
    def test_is_gone_after_the_block(self):
        with localpostgres.throwaway() as cluster:
            pid = cluster.status().pid
            place = cluster.folder.path.parent
        assert is_gone(pid)
        assert not place.exists()

    def test_is_gone_after_an_error_in_the_block(self):
        with pytest.raises(ZeroDivisionError), localpostgres.throwaway() as cluster:
            raise ZeroDivisionError
        assert not cluster.folder.path.parent.exists()

    def test_is_gone_after_its_parent_was_killed(self, start_python):
        parent = start_python(THROWAWAY)
        path, pid = parent.stdout.readline().split()
        parent.kill()
        parent.wait()
        assert until(lambda: not Path(path).parent.exists())
        assert is_gone(int(pid))

    def test_is_gone_even_when_a_forked_child_of_its_parent_lives_on(self, start_python):
        parent = start_python(FORK)
        path, pid, child = parent.stdout.readline().split()
        parent.kill()
        parent.wait()
        try:
            assert until(lambda: not Path(path).parent.exists())
            assert is_gone(int(pid))
            assert not is_gone(int(child))
        finally:
            os.kill(int(child), signal.SIGKILL)
