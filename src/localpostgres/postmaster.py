"""Postmaster: the server's main process, as its own lock file and the operating system show it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localpostgres.account import Account
from localpostgres.binaries import Binaries
from localpostgres.errors import NotStarting, classify

PAUSE_SECONDS = 0.03
_PROC = Path("/proc")
# "Do you speak TLS?", the first words of the frontend/backend protocol: length and code.
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
# The shell puts the server in the background and leaves, so that it is nobody's child: no zombie when it is
# killed, and no signal when the terminal or the asking process goes.
_LAUNCH = '"$@" 1>&2 & echo "$!"'


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says: pid, TCP port, folder of the unix socket, and whether it takes connections."""

    pid: int
    port: int | None
    socket_folder: Path | None
    is_ready: bool


def read(data: Path) -> Postmaster | None:
    """Return what the lock file in `data` says, true or stale; None when there is none yet."""
    try:
        lines = (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    lines += [""] * (8 - len(lines))
    if not lines[0].strip().isdigit():
        return None
    return Postmaster(
        pid=int(lines[0]),
        port=int(lines[3]) if lines[3].strip().isdigit() else None,
        socket_folder=Path(lines[4]) if lines[4] else None,
        is_ready=lines[7].strip() == "ready",
    )


def running(data: Path) -> Postmaster | None:
    """Return the live postmaster of `data`, or None: a stale lock file or a recycled pid does not count."""
    found = read(data)
    if found and _serves(found.pid, data):
        return found
    # Between its launch and its first line in the lock file a server is seen only among the processes.
    starting = next((pid for pid in _pids() if _is_postgres_on(data, _arguments(pid))), None)
    return Postmaster(starting, port=None, socket_folder=None, is_ready=False) if starting else None


def exists(pid: int) -> bool:
    """Tell whether a process with that number runs (a zombie does not)."""
    if sys.platform == "linux":
        try:
            return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
        except (OSError, IndexError):
            return False
    return bool(_ps(pid)) and not _ps(pid).startswith("Z")


def launch(binaries: Binaries, account: Account, *, data: Path, settings: Mapping[str, str], log: Path) -> int:
    """Start a server on `data` in the background and return its pid; it may still fail, see `await_ready`."""
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as sink:
        shell = account.run(
            ["/bin/sh", "-c", _LAUNCH, "sh", binaries.program("postgres"), "-D", data, *options],
            stderr=sink.fileno(),
            cwd=data,
        )
    return int(shell.stdout)


def await_ready(pid: int, *, data: Path, seconds: float, log: Path, log_from: int, port: int | None) -> Postmaster:
    """Wait until the server `pid` takes connections; raise the refusal that its log explains when it gives up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = read(data)
        if found and found.pid == pid and found.is_ready:
            return found
        if not exists(pid):
            raise classify(_tail(log, log_from), folder=data, port=port, log=log)
        time.sleep(PAUSE_SECONDS)
    raise NotStarting(
        f"PostgreSQL in {data} is still starting after {seconds:.0f} seconds (perhaps it recovers from a crash): "
        f"ask again later, and read {log}."
    )


def answers(host: str, port: int) -> bool:
    """Tell whether a server takes connections: it answers a question that needs no login and leaves no log line.

    A killed process may be listed for some milliseconds more, and its lock file still says that it is ready.
    """
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(_SSL_REQUEST)
            return connection.recv(1) in (b"N", b"S")
    except OSError:
        return False


def stop(pid: int, *, seconds: float) -> bool:
    """Stop the server: open transactions are rolled back, then if it lingers it is cut off; True when it is gone."""
    for order, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, seconds / 2)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, order)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not exists(pid):
                return True
            time.sleep(PAUSE_SECONDS)
    return not exists(pid)


def kill_strays(home: Path) -> None:
    """Kill servers and initdbs that work under `home` without a lock file; for a home about to be removed."""
    for pid in _pids():
        if _works_under(pid, home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _works_under(pid: int, home: Path) -> bool:
    arguments = _arguments(pid)
    if Path(arguments[0]).name not in ("postgres", "initdb"):
        return False
    return any(Path(argument).is_absolute() and Path(argument).is_relative_to(home) for argument in arguments[1:])


def _serves(pid: int, data: Path) -> bool:
    """Tell whether `pid` is a postgres on `data`, and not another program that took over a dead one's number."""
    if sys.platform != "linux":
        return exists(pid) and "postgres" in _ps(pid)
    arguments = _arguments(pid)
    if _is_postgres_on(data, arguments):
        return True
    if not _is_postgres(arguments):
        return False
    # A folder renamed under a live server: its working directory moved along. Root without the right to trace
    # (containers) may not look, hence the arguments first.
    try:
        return (_PROC / str(pid) / "cwd").samefile(data)
    except OSError:
        return False


def _is_postgres(arguments: list[str]) -> bool:
    return Path(arguments[0]).name in ("postgres", "postmaster")


def _is_postgres_on(data: Path, arguments: list[str]) -> bool:
    return _is_postgres(arguments) and str(data) in arguments


def _pids() -> list[int]:
    """Return all processes where the system shows them as files; elsewhere none, and lock files must do."""
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()] if _PROC.is_dir() else []


def _arguments(pid: int) -> list[str]:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="surrogateescape").split("\0")
    except OSError:
        return [""]


def _ps(pid: int) -> str:
    return subprocess.run(  # noqa: S603  # a number only
        ["/bin/ps", "-o", "stat=,comm=", "-p", str(pid)], check=False, capture_output=True, text=True
    ).stdout.strip()


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as source:
        source.seek(start)
        return source.read(65536).decode(errors="replace")
