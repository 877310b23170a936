"""`kaogong certificate`: ask the register from a shell, as any stranger may."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from django.utils import timezone
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from kaogong.certificates import selectors
from kaogong.certificates.selectors.papers import OUTCOMES

app = typer.Typer(no_args_is_help=True)
console = Console()
COLOURS = {"done": "green", "waiting": "yellow", "stopped": "red"}


@app.callback()
def certificates() -> None:
    """Certificates in the register."""


@app.command()
def verify(
    number: Annotated[str, typer.Argument(help="The certificate's number: 16 digits, or 22 characters.")],
    name: Annotated[str, typer.Option("--name", help="The holder's name as printed. Asked for when not given.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON, for machines.")] = False,
) -> None:
    """Say what the register holds under this number and name. Exits 0 when it is valid, 1 otherwise."""
    asked = name or typer.prompt("姓名")
    verdict = selectors.verify(number, asked, datetime.now(UTC))
    if as_json:
        print(json.dumps(_plain(verdict), ensure_ascii=False, indent=2))
    else:
        _tell(verdict)
    raise typer.Exit(0 if verdict.outcome == "valid" else 1)


def _plain(verdict: selectors.Verdict) -> dict[str, object]:
    return {
        "outcome": verdict.outcome,
        "number": verdict.number,
        "verified_at": verdict.at.isoformat(),
        "kind": verdict.kind,
        "occupation": verdict.occupation,
        "level": verdict.level,
        "issuer": verdict.issuer,
        "body": verdict.body,
        "issued_on": verdict.issued_on.isoformat() if verdict.issued_on else None,
        "history": [{"at": line.at.isoformat(), "move": line.move} for line in verdict.history],
        "key_id": verdict.key_id,
    }


def _tell(verdict: selectors.Verdict) -> None:
    word, tone, sentence = OUTCOMES[verdict.outcome]
    when = timezone.localtime(verdict.at).strftime("%Y年%m月%d日 %H:%M:%S")
    console.print(Panel(f"[bold {COLOURS[tone]}]{word}[/]\n{sentence}", title=f"查询时间 {when}", expand=False))
    if not verdict.is_match:
        return
    table = Table(show_header=False)
    for label, value in (
        ("证书编号", verdict.number),
        ("证书种类", verdict.kind),
        ("职业", f"{verdict.occupation}（{verdict.occupation_code}）"),
        ("等级", verdict.level_name),
        ("核发机构", verdict.issuer),
        ("鉴定机构", verdict.body),
        ("发证日期", str(verdict.issued_on)),
        ("签名密钥", verdict.key_id),
    ):
        table.add_row(label, value)
    console.print(table)
    for line in verdict.history:
        console.print(f"{timezone.localtime(line.at):%Y-%m-%d %H:%M}  {line.label}")
