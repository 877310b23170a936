"""`kaogong bank`: item files into the bank, staged first and committed by a person; out of it; and its calibration."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from kaogong.calibration import selectors as calibrations
from kaogong.calibration import services as calibrating
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.itembank import selectors, services
from kaogong.occupations import selectors as occupations

app = typer.Typer(no_args_is_help=True)
console = Console()
errors = Console(stderr=True)
SHELL = service("命令行", "itembank.import", "itembank.view", door="shell")
CALIBRATOR = service("命令行：题库定标", "itembank.calibrate", "itembank.view", door="shell")
ROWS_SHOWN = 40
A_YEAR = timedelta(days=365)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, Excel, text, Word or a QTI package.")
]


@app.command("import")
def import_(
    file: File,
    occupation: Annotated[str, typer.Option(help="The occupation's code, such as 4-04-05-05.")],
    level: Annotated[int, typer.Option(min=1, max=5, help="The level, 5 (初级工) to 1.")],
    columns: Annotated[
        str, typer.Option("--map", help="field=column pairs, such as stem=题干,a=A,key=答案; guessed when left out.")
    ] = "",
    profile: Annotated[str, typer.Option(help=f"Shape and type codes: {', '.join(selectors.PROFILES)}.")] = "plain",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge the file and keep nothing.")] = False,
    commit: Annotated[bool, typer.Option("--commit", help="Enter the good rows into the bank at once.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON, for machines.")] = False,
) -> None:
    """Judge a file of items, stage its good rows, and with --commit enter them as drafts. Exits 1 when refused.

    Without --commit the batch waits: commit or discard it later, here or in the office.
    """
    content = file.read_bytes()
    try:
        if not occupations.exists(occupation):
            raise services.UnknownOccupation(code=occupation)
        column_map = _column_map(columns, content, profile)
        with _progress(quiet=as_json) as progress:
            task = progress.add_task("核对试题", total=None)

            def tell(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            analysis = selectors.analyse(
                content=content,
                column_map=column_map,
                occupation_code=occupation,
                level=level,
                profile=profile,
                on=timezone.localdate(),
                progress=tell,
            )
        batch_id = None if dry_run else _stage(file, content, column_map, occupation, level, profile, commit=commit)
    except (Refusal, selectors.NotReadableFile, ValueError) as problem:
        _fail(problem, as_json=as_json)
    outcome = _outcome(file, occupation, level, analysis, batch_id, committed=commit and not dry_run)
    if as_json:
        print(json.dumps(outcome, ensure_ascii=False, indent=2))
    else:
        _tell(outcome, analysis)


def _stage(
    file: Path, content: bytes, column_map: dict[str, str], occupation: str, level: int, profile: str, *, commit: bool
) -> UUID:
    batch = services.stage_import(
        actor=SHELL,
        at=datetime.now(UTC),
        file_name=file.name,
        content=content,
        column_map=column_map,
        occupation_code=occupation,
        level=level,
        profile=profile,
    )
    if commit:
        services.commit_import(actor=SHELL, at=datetime.now(UTC), batch_id=batch.pk)
    return batch.pk


@app.command("export")
def export_(
    out: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write.")],
    occupation: Annotated[str, typer.Option(help="The occupation's code, such as 4-04-05-05.")],
    level: Annotated[int, typer.Option(min=1, max=5, help="The level, 5 (初级工) to 1.")],
    reason: Annotated[str, typer.Option(help="What for; the trail keeps it, with the number of every item.")],
    kind: Annotated[str, typer.Option("--format", help=f"One of {', '.join(services.KINDS)}.")] = "qti",
    state: Annotated[str, typer.Option(help="Only items in this state; all but the retired when left out.")] = "",
    type_: Annotated[str, typer.Option("--type", help="Only items of this type.")] = "",
) -> None:
    """Write a bank's items to a file: a QTI 3.0 package, an Excel sheet or a PDF. Exits 1 when refused."""
    if kind not in services.KINDS:
        _fail(ValueError(f"--format 应为 {'、'.join(services.KINDS)} 之一"), as_json=False)
    try:
        made = services.export_items(
            actor=SHELL,
            at=datetime.now(UTC),
            occupation_code=occupation,
            level=level,
            kind=kind,
            reason=reason,
            state=state,
            type_=type_,
        )
    except Refusal as refusal:
        _fail(refusal, as_json=False)
    out.write_bytes(made.content)
    console.print(f"[green]已导出[/green] {made.items} 道试题：{out}")


@app.command("commit")
def commit_(batch_id: Annotated[UUID, typer.Argument(help="The staged batch.")]) -> None:
    """Enter the good rows of a staged batch into the bank as drafts."""
    try:
        batch = services.commit_import(actor=SHELL, at=datetime.now(UTC), batch_id=batch_id)
    except Refusal as refusal:
        _fail(refusal, as_json=False)
    console.print(f"[green]已入库[/green] {batch.good_rows} 道试题（草稿）；批号 {batch.pk}")


@app.command("discard")
def discard_(batch_id: Annotated[UUID, typer.Argument(help="The staged batch.")]) -> None:
    """Give a staged batch up; its repair list stays."""
    try:
        batch = services.discard_import(actor=SHELL, at=datetime.now(UTC), batch_id=batch_id)
    except Refusal as refusal:
        _fail(refusal, as_json=False)
    console.print(f"已放弃批号 {batch.pk}")


@app.command("calibrate")
def calibrate_(
    occupation: Annotated[str, typer.Argument(help="The occupation's code, such as 6-31-01-03.")],
    level: Annotated[int, typer.Argument(min=1, max=5, help="The level, 5 (初级工) to 1.")],
    purpose: Annotated[str, typer.Option(help="trial: items on trial; live: those in use, with drift.")] = "trial",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Sittings from; a year ago.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Sittings to; today.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the findings and report nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON, for machines.")] = False,
) -> None:
    """Calibrate a bank's items on the sealed answers of published sittings, and report to the bank. Exits 1 if refused.

    Output: run, purpose, since, until, cases, sittings, model, digest, ended (trials ended by it), left_out, report,
    and for each item: number, cases, p, r, upper_lower, model, a, b, se_b, exposure, drift, dif, flags.
    """
    last = until.date() if until else timezone.localdate()
    first = since.date() if since else last - A_YEAR
    try:
        with _progress(quiet=as_json) as progress:
            task = progress.add_task("定标", total=None)
            outcome = calibrating.run(
                actor=CALIBRATOR,
                at=datetime.now(UTC),
                occupation_code=occupation,
                level=level,
                purpose=purpose,
                since=first,
                until=last,
                keep=not dry_run,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
    except Refusal as refusal:
        _fail(refusal, as_json=as_json)
    told = _calibrated(outcome, purpose, first, last)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        show_calibration(console, told)


def _calibrated(outcome: calibrating.Outcome, purpose: str, since: date, until: date) -> dict[str, Any]:
    """What a run found, as plain values."""
    numbers = selectors.numbers_of([UUID(each.name) for each in outcome.findings.items])
    return {
        "run": str(outcome.run.pk) if outcome.run else None,
        "purpose": purpose,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "cases": outcome.gathered.answers.responses.n_persons,
        "sittings": outcome.gathered.sittings,
        "model": outcome.findings.model,
        "digest": outcome.gathered.digest,
        "ended": outcome.ended,
        "left_out": dict(outcome.gathered.left_out),
        "report": dict(outcome.findings.report),
        "items": [
            {"number": numbers[UUID(each.name)]} | {name: getattr(each, name) for name in SHOWN}
            for each in outcome.findings.items
        ],
    }


SHOWN = ("is_trial", "cases", "p", "r", "upper_lower", "model", "a", "b", "se_b", "exposure", "drift", "dif", "flags")


def show_calibration(to: Console, told: dict[str, Any]) -> None:
    """Print a run's findings: trial items first, at most `ROWS_SHOWN` of them."""
    heading = f"{calibrations.PURPOSES[told['purpose']]}定标：{told['cases']} 人，{told['sittings']} 场"
    table = Table("题号", title=heading, title_justify="left")
    for name in ("人数", "难度", "区分度", "高低差", "a", "b", "b 标准误", "曝光", "DIF", "标记"):
        table.add_column(name, justify="left" if name in {"DIF", "标记"} else "right")
    items = sorted(told["items"], key=lambda each: (not each["is_trial"], each["number"]))
    for each in items[:ROWS_SHOWN]:
        figures = [each[name] for name in ("p", "r", "upper_lower", "a", "b", "se_b")]
        worst = max((row["class"] for row in each["dif"]), default="")
        table.add_row(
            each["number"],
            str(each["cases"]),
            *("—" if figure is None else f"{figure:.2f}" for figure in figures),
            f"{each['exposure']:.0%}",
            worst,
            "、".join(each["flags"]),
        )
    to.print(table)
    if len(items) > ROWS_SHOWN:
        to.print(f"另有 {len(items) - ROWS_SHOWN} 题未列出；用 --json 查看全部。")
    if told["left_out"]:
        to.print("未计入：" + "，".join(f"{reason} {count}" for reason, count in told["left_out"].items()))
    model = told["model"] or "未估计（人数不足）"
    to.print(f"模型 {model}；转入统计审查 {told['ended']} 题；矩阵摘要 {told['digest'][:16]}…")
    to.print(f"[green]已记入题库[/green]，定标 {told['run']}" if told["run"] else "只作查看，没有写入题库。")


def _column_map(text: str, content: bytes, profile: str) -> dict[str, str]:
    """The map as given (`stem=题干,a=A`), else the one that the file's header suggests."""
    if not text:
        _header, guessed = selectors.columns_of(content, timezone.localdate(), profile)
        return guessed
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if wrong := [name for name, equals, column in pairs if not (equals and name.strip() and column.strip())]:
        raise ValueError(f"--map 中的“{wrong[0]}”应写成 字段=列名")
    return {name.strip(): column.strip() for name, _equals, column in pairs}


def _progress(*, quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=errors, transient=True, disable=quiet)


def _outcome(
    file: Path, occupation: str, level: int, analysis: selectors.Analysis, batch_id: UUID | None, *, committed: bool
) -> dict[str, object]:
    return {
        "file": file.name,
        "encoding": analysis.encoding,
        "occupation": occupation,
        "occupation_name": occupations.name_of(occupation),
        "level": level,
        "rows": len(analysis.rows),
        "good": analysis.good,
        "unbound": analysis.unbound,
        "bad": analysis.bad,
        "batch": str(batch_id) if batch_id else None,
        "state": "committed" if committed else "staged" if batch_id else "dry run",
        "repairs": [
            {"line": each.row.line, "place": each.row.place, "field": problem.field, "reason": str(problem)}
            for each in analysis.rows
            for problem in each.problems
        ],
    }


def _tell(outcome: dict[str, object], analysis: selectors.Analysis) -> None:
    faulty = [each for each in analysis.rows if each.problems]
    if faulty:
        table = Table("行", "项", "原因", title=f"待修改 {len(faulty)} 行")
        for each in faulty[:ROWS_SHOWN]:
            for problem in each.problems:
                table.add_row(str(each.row.line), problem.field, str(problem))
        console.print(table)
        if len(faulty) > ROWS_SHOWN:
            console.print(f"另有 {len(faulty) - ROWS_SHOWN} 行未列出；用 --json 查看全部。")
    summary = Table("职业", "等级", "编码", "行数", "可入库", "未归入", "待修改", title=str(outcome["file"]))
    summary.add_row(
        f"{outcome['occupation']} {outcome['occupation_name']}",
        str(outcome["level"]),
        *(str(outcome[name]) for name in ("encoding", "rows", "good", "unbound", "bad")),
    )
    console.print(summary)
    match outcome["state"]:
        case "committed":
            console.print(f"[green]已入库[/green] {outcome['good']} 道试题（草稿，归入鉴定点并经审题后方可组卷）。")
        case "staged":
            console.print(f"已暂存，批号 {outcome['batch']}。入库：kaogong bank commit {outcome['batch']}")
        case _:
            console.print("只作核对，没有保存任何内容。")


def _fail(problem: Exception, *, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"error": str(problem)}, ensure_ascii=False))
    else:
        errors.print(f"[red]{problem}[/red]")
        if isinstance(problem, Refusal) and problem.advice:
            errors.print(problem.advice)
    raise typer.Exit(1)
