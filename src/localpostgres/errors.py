"""Failures: one class per cause, each saying in one sentence what is wrong, where, and what to do."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ClusterError(Exception):
    """Something about a local cluster could not be done; `str()` is one sentence fit to show."""


class PortTaken(ClusterError):
    """Another program listens on the port that was asked for."""


class OtherPort(ClusterError):
    """The cluster already runs, but on another port than the one asked for."""


class DiskFull(ClusterError):
    """No space is left, or a quota is used up, where the cluster lives."""


class ForeignFolder(ClusterError):
    """The folder, or the data in it, was not made by this package or belongs to someone else."""


class OtherMajorVersion(ClusterError):
    """The data was written by another major version of PostgreSQL than the binaries at hand."""


class BinariesMissing(ClusterError):
    """No usable PostgreSQL binaries were found."""


class NotPermitted(ClusterError):
    """The operating system refused access to the folder or the change of user."""


class BadSetting(ClusterError):
    """The server does not know, or does not accept, one of the settings."""


class NotStarting(ClusterError):
    """The server did not come up for a reason that its log explains."""


class NotStopping(ClusterError):
    """The server is still there although it was told to stop."""


class NotRunning(ClusterError):
    """The cluster must run for what was asked, and does not."""


class Busy(ClusterError):
    """Another process has been starting or stopping the same cluster for too long."""


class StillReleasing(NotStarting):
    """Processes of a killed server have not all gone yet; trying again in a moment helps."""


_NO_SPACE = re.compile(r"No space left on device|Disk quota exceeded")
_PORT = re.compile(r"could not bind IPv\d address .*Address already in use")
_VERSION = re.compile(
    r"initialized by PostgreSQL version (\S+), which is not compatible with this version (\d+(?:\.\d+)?)"
)
_SETTING = re.compile(
    r"unrecognized configuration parameter.*|invalid value for parameter.*|parameter \"\S+\" requires .*"
    r"|(?<=FATAL:  ).* is outside the valid range for parameter \"\S+\"|parameter \"\S+\" cannot be .*"
)
_RELEASING = re.compile(r"pre-existing shared memory block|shared memory block .* is still in use")
_REASON = re.compile(r"(?:FATAL|PANIC|fatal|error):\s+(.*)")


def disk_full(folder: Path) -> DiskFull:
    """Return the refusal for a full disk (or quota) under `folder`."""
    return DiskFull(f"The disk that holds {folder} is full: free some space there, then start the cluster again.")


def port_taken(port: int) -> PortTaken:
    """Return the refusal for a loopback `port` on which another program listens."""
    return PortTaken(f"Port {port} on 127.0.0.1 is used by another program: stop it, or choose another port.")


def other_major_version(data: Path, written_by: str, at_hand: str) -> OtherMajorVersion:
    """Return the refusal for a data folder written by another major version."""
    return OtherMajorVersion(
        f"{data} was written by PostgreSQL {written_by}, but the binaries at hand are {at_hand}: dump it with the old "
        "version and load it into an empty folder, or name the old version's bin folder as `binaries`."
    )


def classify(text: str, *, folder: Path, port: int | None = None, log: Path | None = None) -> ClusterError:
    """Return the refusal that fits what the server, or initdb, printed before it gave up.

    `text` is the output of the failed attempt only, in English (the launcher sets LC_ALL=C).
    """
    if _NO_SPACE.search(text):
        return disk_full(folder)
    if port is not None and _PORT.search(text):
        return port_taken(port)
    if version := _VERSION.search(text):
        return other_major_version(folder, version[1], version[2])
    if _RELEASING.search(text):
        return StillReleasing(f"Processes of a killed server still hold {folder}: try again in a few seconds.")
    if setting := _SETTING.search(text):
        return BadSetting(f"PostgreSQL does not accept a setting ({setting[0].strip()}): correct it and start again.")
    reasons = _REASON.findall(text)
    why = reasons[-1].strip() if reasons else "it printed no reason"
    where = f"; its log is {log}" if log else ""
    return NotStarting(f"PostgreSQL in {folder} did not start ({why}){where}.")


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turn the operating system's errors about `folder` into refusals of one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(folder) from error
        place = error.filename or folder
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise NotPermitted(
                f"The operating system denies access to {place} ({error.strerror}): use the account that made "
                f"{folder}, or choose another folder."
            ) from error
        raise NotStarting(f"The cluster in {folder} cannot be used: {error.strerror or error} ({place}).") from error
