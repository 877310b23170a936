"""`kaogong access`: the first administrator of an installation. Everybody else is appointed on the site."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from kaogong.cli import shell
from kaogong.foundation.access import services

app = typer.Typer(no_args_is_help=True)
console = Console()


@app.callback()
def access() -> None:
    """Accounts and posts."""


@app.command("first-administrator")
def first_administrator(
    username: Annotated[str, typer.Option(help="The login name.")] = "administrator",
    name: Annotated[str, typer.Option(help="What the person is called.", prompt="姓名")] = "",
) -> None:
    """Open an account with the ministry's post of administrator, and print its password once."""
    password = "-".join(secrets.token_hex(3) for _part in range(4))
    with shell.refusals():
        account = services.appoint_first_administrator(
            actor=shell.actor("access.appoint", "organisations.edit"),
            at=datetime.now(UTC),
            username=username,
            display_name=name,
            password=password,
        )
    console.print(f"已开设首位系统管理员：登录名 [bold]{account.username}[/bold]，密码 [bold]{password}[/bold]")
    console.print("密码只显示这一次。请立即登录 /account/login/，设置双重验证并更换密码，再任命第二位管理员。")
