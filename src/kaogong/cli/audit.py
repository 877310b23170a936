"""`kaogong audit`: verify the trail from a shell, seal it, and show what happened to one record."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kaogong.foundation.audit import selectors, services, verification
from kaogong.foundation.kernel.actors import service

app = typer.Typer(no_args_is_help=True)
console = Console(width=max(110, Console().width))  # an id that is folded cannot be searched for
errors = Console(stderr=True)
SHELL = service("命令行", services.READ, services.SEAL, door="shell")

KINDS = {
    "altered": "[red]被改动[/red]",
    "removed": "[red]被删除[/red]",
    "slipped_in": "[red]混入[/red]",
    "unsealed": "[yellow]未在封存中[/yellow]",
    "rolled_back": "[red]数据库被退回[/red]",
    "record_altered": "[red]记录被改动[/red]",
    "record_removed": "[red]记录被删除[/red]",
    "record_slipped_in": "[red]记录混入[/red]",
}
ROWS_SHOWN = 200


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON, for machines.")] = False,
) -> None:
    """Recompute every line and seal of the trail, and name what is not as it was written: then it exits 1."""
    report = _verified(quiet=as_json)
    if as_json:
        print(json.dumps(_plain(report), ensure_ascii=False, indent=2))
    else:
        _tell(report)
    raise typer.Exit(0 if report.is_sound else 1)


@app.command()
def seal() -> None:
    """Seal the lines that are committed for good, without waiting for the worker's minute."""
    outcome = services.seal(actor=SHELL, at=datetime.now(UTC))
    numbers = "、".join(str(each.number) for each in outcome.seals) or "无"
    console.print(f"封存 {outcome.lines} 行；封存号：{numbers}")
    for entry_id in outcome.refused:
        errors.print(f"[red]签名无效，拒绝封存：{entry_id}[/red]")
    raise typer.Exit(1 if outcome.refused else 0)


@app.command()
def show(
    target_id: Annotated[str, typer.Argument(help="The record's id, or the id of one line of the trail.")],
) -> None:
    """Show what the trail says of one record, oldest first. Exits 1 when it says nothing."""
    lines = list(selectors.entries(actor=SHELL, target_id=target_id).order_by("recorded_at", "id"))
    if not lines and (line_id := _uuid(target_id)):
        lines = list(selectors.entries(actor=SHELL).filter(pk=line_id))
    if not lines:
        errors.print(f"轨迹中没有关于 {target_id} 的记录。")
        raise typer.Exit(1)
    table = Table("业务时间", "经办人", "动作", "事由", "事实", "依据", "签名", title=f"轨迹：{target_id}")
    for line in lines:
        table.add_row(
            timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M:%S"),
            line.actor_name,
            line.action + ("（被拒绝）" if line.is_refused else ""),
            line.reason,
            json.dumps(line.facts, ensure_ascii=False),
            line.clause,
            "有效" if selectors.is_genuine(actor=SHELL, entry_id=line.pk) else "[red]无效[/red]",
        )
    console.print(table)


def _verified(*, quiet: bool) -> verification.Report:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=quiet) as progress:
        task = progress.add_task("核验轨迹", total=None)
        return verification.verify(lambda done, total: progress.update(task, completed=done, total=total))


def _plain(report: verification.Report) -> dict[str, object]:
    findings = [asdict(each) | {"entry_id": str(each.entry_id or "")} for each in report.findings]
    return asdict(report) | {"is_sound": report.is_sound, "findings": findings}


def _tell(report: verification.Report) -> None:
    if report.findings:
        table = Table("情形", "行", "封存", "说明", title=f"发现 {len(report.findings)} 处", show_lines=True)
        for each in report.findings[:ROWS_SHOWN]:
            table.add_row(KINDS[each.kind], str(each.entry_id or "—"), str(each.seal or "—"), each.words)
        console.print(table)
        if len(report.findings) > ROWS_SHOWN:
            console.print(f"另有 {len(report.findings) - ROWS_SHOWN} 处未列出；用 --json 查看全部。")
    for note in report.notes:
        console.print(f"[yellow]说明：[/yellow]{note}")
    console.print(
        f"核验 {report.lines} 行、{report.seals} 个封存（至第 {report.newest_seal} 号）、"
        f"{report.checkpoints} 个检查点、轨迹所登记的 {report.records} 条记录；{report.waiting} 行刚写入、尚未封存。"
    )
    console.print("[green]与写入时完全一致。[/green]" if report.is_sound else "[red]轨迹与写入时不一致，见上表。[/red]")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
