"""A running cluster: who it runs as, who gets in, and what is found on the second call."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

import localpostgres

LOOK = """
import json, sys, localpostgres
status = localpostgres.Cluster(sys.argv[1]).up()
print(json.dumps([status.pid, status.port]))
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


class TestRunning:
    def test_never_runs_as_root(self, shared):
        status = shared.status()
        assert Path(f"/proc/{status.pid}").stat().st_uid != 0
        assert shared.data_folder.stat().st_uid != 0
        assert status.runs_as != "root"

    def test_is_nobodys_child(self, shared):
        fields = Path(f"/proc/{shared.status().pid}/stat").read_text().rpartition(")")[2].split()
        assert fields[1] == "1"

    @pytest.mark.parametrize("over_socket", [False, True])
    def test_lets_in_with_the_password(self, shared, over_socket):
        assert ask(shared.url(over_socket=over_socket), "SELECT current_user") == "postgres"

    @pytest.mark.parametrize("over_socket", [False, True])
    def test_keeps_out_without_the_password(self, shared, over_socket):
        url = shared.url(over_socket=over_socket)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url, password="guess")

    def test_keeps_its_secrets_private(self, shared):
        status = shared.status()
        assert mode(shared.folder.password_file) == 0o600
        assert mode(status.log) == 0o600
        assert mode(status.data_folder) == 0o700
        assert status.socket_folder is not None
        assert mode(status.socket_folder) == 0o700

    def test_listens_on_loopback_only(self, shared):
        assert ask(shared.url(), "SHOW listen_addresses") == "127.0.0.1"

    def test_speaks_utf8_and_utc(self, shared):
        assert ask(shared.url(), "SHOW server_encoding") == "UTF8"
        assert ask(shared.url(), "SHOW timezone") == "UTC"

    def test_knows_chinese_letters(self, shared):
        shared.create_database("letters")
        with psycopg.connect(shared.url("letters")) as connection:
            connection.execute("CREATE EXTENSION pg_trgm")
            row = connection.execute("SELECT cardinality(show_trgm('考评员')), '考' ~ '^[[:alpha:]]$'").fetchone()
        assert row == (4, True)

    def test_tells_how_it_stands_without_the_password(self, shared):
        status = shared.status()
        assert status.running
        assert f"127.0.0.1:{status.port}" in str(status)
        assert shared.folder.password() not in repr(status)


class TestFindingAgain:
    def test_up_is_idempotent(self, shared):
        assert shared.up() == shared.status()
        assert shared.up().pid == shared.status().pid

    def test_another_process_finds_it(self, shared, start_python):
        out, err = start_python(LOOK, shared.folder.path).communicate(timeout=30)
        assert json.loads(out) == [shared.status().pid, shared.status().port], err

    def test_a_renamed_folder_is_found_under_its_new_name(self, stopped, place):
        pid = stopped.up().pid
        stopped.folder.path.rename(place / "renamed")
        try:
            assert localpostgres.Cluster(place / "renamed").up().pid == pid
        finally:
            (place / "renamed").rename(stopped.folder.path)


class TestDatabases:
    @pytest.mark.parametrize("name", ["kaogong", "考工", 'quo"ted', "50% off/?#"])
    def test_are_created_when_missing(self, shared, name):
        shared.create_database(name)
        shared.create_database(name)
        assert ask(shared.url(name), "SELECT current_database()") == name

    @pytest.mark.concurrency
    def test_are_created_once_when_asked_at_once(self, shared):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(shared.create_database, ["rush"] * 4))
        assert ask(shared.url(), "SELECT count(*) FROM pg_database WHERE datname = 'rush'") == 1


class TestDown:
    def test_keeps_data_and_port(self, make_cluster):
        cluster = make_cluster()
        port = cluster.up().port
        cluster.create_database("kept")
        cluster.down()
        assert not cluster.status().running
        assert cluster.up().port == port
        assert ask(cluster.url("kept"), "SELECT current_database()") == "kept"

    def test_of_what_is_down_or_was_never_there_is_harmless(self, place):
        cluster = localpostgres.Cluster(place / "nothing")
        cluster.down()
        assert not cluster.status().running
        assert not (place / "nothing").exists()

    def test_leaves_no_url(self, place):
        with pytest.raises(localpostgres.NotRunning, match="start it with up"):
            localpostgres.Cluster(place / "nothing").url()

    def test_ends_open_sessions(self, stopped):
        stopped.up()
        with psycopg.connect(stopped.url()) as connection:
            stopped.down()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")


class TestSettings:
    def test_are_passed_on(self, stopped):
        settings = {"max_connections": "23", "application_name": "with 'quotes'"}
        cluster = localpostgres.Cluster(stopped.folder.path, settings=settings)
        cluster.up()
        assert ask(cluster.url(), "SHOW max_connections") == "23"
        assert ask(cluster.url(), "SHOW shared_buffers") == "64MB"
        assert (
            ask(cluster.url(), "SELECT boot_val <> reset_val FROM pg_settings WHERE name = 'application_name'") is True
        )

    def test_throwaway_is_careless(self, shared):
        assert [ask(shared.url(), f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")] == [
            "off",
            "off",
            "off",
        ]
        assert ask(shared.url(), "SHOW max_connections") == "100"
