"""`kaogong serve` and `kaogong worker`: the site, and the background jobs behind it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command
from rich.console import Console

from kaogong.cli.cluster import own_cluster
from kaogong.cli.database import demo_remark
from kaogong.foundation.signing import custody

console = Console()
LOOK_SECONDS = 5.0


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.")] = 2,
    jobs: Annotated[bool, typer.Option(help="Run the background worker too.")] = True,
) -> None:
    """Serve the site until interrupted; brings the embedded database back by itself when it dies."""
    custody.check()
    call_command("collectstatic", verbosity=0, interactive=False)
    processes = [subprocess.Popen(server_command(host, port, workers), env=child_environment())]  # noqa: S603  # our own interpreter
    if jobs:
        processes.append(
            subprocess.Popen([sys.executable, "-m", "kaogong.cli", "worker"], env=child_environment())
        )  # our own interpreter
    if demo_remark():
        console.print("这是演示数据库：人都是虚构的，岗位账号不要求第二因素。")
    console.print(f"考工在 [bold]http://{host}:{port}/[/bold] 运行；按 Ctrl-C 结束。")
    _watch(processes)


def server_command(host: str, port: int, workers: int) -> list[str]:
    """The granian command line: WSGI, few blocking threads (each holds a connection), static files by itself."""
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        "4",
        "--respawn-failed-workers",
        "--static-path-route",
        settings.STATIC_URL.rstrip("/"),
        "--static-path-mount",
        str(settings.STATIC_ROOT),
        "--no-ws",
        "--log-level",
        "warning",
        "kaogong.config.wsgi:application",
    ]


def child_environment() -> dict[str, str]:
    """The environment of a child: ours, with the settings module named; a demo's accounts need no second factor."""
    demo = {"KAOGONG_SECOND_FACTOR": "off"} if demo_remark() else {}
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "kaogong.config.settings", **demo}


def worker() -> None:
    """Work off the background jobs: notices, sealing of the trail, delivery of events."""
    custody.check()
    call_command("procrastinate", "worker", "--delete-jobs", "successful", verbosity=0)


def _watch(processes: list[subprocess.Popen[bytes]]) -> None:
    cluster = own_cluster()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while all(process.poll() is None for process in processes):
            if cluster is not None and not cluster.status().running:
                console.print("数据库已停止，正在重新启动……")
                cluster.up()
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        console.print("正在停止……")
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=20)
