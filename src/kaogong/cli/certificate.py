"""`kaogong certificate`: ask the register as any stranger may; after a restore, reckon numbers and count blanks."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.utils import timezone
from rich.console import Console
from rich.panel import Panel
from rich.table import Column, Table

from kaogong.blanks import selectors as blanks
from kaogong.blanks import services as blank_services
from kaogong.certificates import selectors, services
from kaogong.certificates.selectors.papers import OUTCOMES
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.organisations import selectors as organisations

app = typer.Typer(no_args_is_help=True)
console = Console(width=max(110, Console().width))  # a number that is folded cannot be searched for
errors = Console(stderr=True)
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


Who = Annotated[str, typer.Option("--who", help="The name of the person who decides this: it stands in the trail.")]
Basis = Annotated[str, typer.Option("--basis", help="What it rests on: print works, stock book, log of verifications.")]


@app.command()
def numbers(
    year: Annotated[int, typer.Option(help="Counters of this year; all years when 0.")] = timezone.localdate().year,
) -> None:
    """Show every counter of running numbers, and which are closed since a restore. Exits 1 while any is."""
    found = selectors.counters_for(_shell("命令行"), year=year or None)
    table = Table(
        Column("计数", overflow="fold"), "已编到", "下一个编号", "状态", "恢复后待查的编号", title="证书编号计数"
    )
    for each in found:
        state = "[red]恢复后未清点[/red]" if each.closed_by else "[green]可以编号[/green]"
        lost = "\n".join(f"{first}\n–{last}（{row.count}）" for first, last, row in each.unaccounted)
        table.add_row(each.title, each.newest or "—", each.next or "已用完", state, lost or "—")
    console.print(table)
    raise typer.Exit(1 if any(each.closed_by for each in found) else 0)


@app.command("advance-numbers")
def advance_numbers(
    who: Who,
    number: Annotated[
        str, typer.Argument(help="The last number known to be out, in full, as it stands on paper.")
    ] = "",
    basis: Basis = "",
    is_next: Annotated[
        bool, typer.Option("--next", help="NUMBER is the next one to give: nothing from it on is out.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Many at once: a CSV file of number,basis rows.")
    ] = None,
) -> None:
    """After a restore: say which number of a counter is the last that is out, so that none is given twice.

    The counter opens and goes on behind it; what was skipped stands as unaccounted. Never back. Exits 1 when any
    was refused; the others stand, and the same file may be given again.
    """
    if bool(number) == (file is not None):
        raise typer.BadParameter("一次给一个编号，或用 --file 给一个文件。")
    rows = [(number, basis)] if file is None else _rows(file, basis)
    refused = 0
    for text, why in rows:
        try:
            done = _reckon(_shell(who), text, why, is_next=is_next)
        except (Refusal, ValueError) as problem:
            refused += 1
            _say(f"{text}：{problem}", problem)
            continue
        row = done.reckoning
        words = f"待查 {row.count} 个" if row.count else "没有待查的编号"
        console.print(f"[green]已清点[/green] {text}：{words}，可以继续编号。")
        if done.given_since:
            errors.print(f"[red]注意：[/red]恢复后已经编出 {done.given_since} 个编号，可能与已发出的重号，请逐一核对。")
    raise typer.Exit(1 if refused else 0)


@app.command("count-blanks")
def count_blanks(
    who: Who,
    organisation: Annotated[str, typer.Argument(help="The body whose shelf was counted: its name or code.")],
    series: Annotated[str, typer.Argument(help="The key of the printing.")],
    counted: Annotated[int, typer.Argument(min=0, help="How many blanks lie on the shelf.")],
    basis: Basis,
    lowest: Annotated[
        int | None, typer.Option(help="Digits of the lowest serial there; none for an empty shelf.")
    ] = None,
) -> None:
    """After a restore: count a shelf. What the ledger has too many is booked as used, lowest serials first."""
    actor = _shell(who)
    try:
        bodies = list(organisations.organisations_for(actor, text=organisation)[:2])
        printing = blanks.series().filter(key=series).first()
        if len(bodies) != 1 or printing is None:
            raise NotFound
        count = blank_services.count_stock(
            actor=actor,
            at=datetime.now(UTC),
            series_id=printing.pk,
            organisation_id=bodies[0].pk,
            counted=counted,
            lowest=lowest,
            basis=basis,
        )
    except Refusal as refusal:
        _say(str(refusal), refusal)
        raise typer.Exit(1) from refusal
    console.print(
        f"[green]已盘点[/green] {bodies[0].name} {printing.name}：实有 {counted} 本，补记已用 {count.missing} 本。"
    )


def _shell(who: str) -> Actor:
    return service(who, "certificates.see", "certificates.reckon", "blanks.move", door="shell")


def _rows(file: Path, basis: str) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [(row[0], row[1] if len(row) > 1 and row[1] else basis) for row in csv.reader(stream) if row and row[0]]


def _reckon(actor: Actor, text: str, basis: str, *, is_next: bool) -> services.Reckoned:
    number = selectors.parse(selectors.canonical_number(text))
    return services.reckon_numbers(
        actor=actor,
        at=datetime.now(UTC),
        regime=number.regime.key,
        year=2000 + number.year,
        body_code=number.body_code,
        level=number.level,
        last=number.running - 1 if is_next else number.running,
        basis=basis,
    )


def _say(words: str, problem: Exception) -> None:
    errors.print(f"[red]{words}[/red]")
    if isinstance(problem, Refusal) and problem.advice:
        errors.print(problem.advice)


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
