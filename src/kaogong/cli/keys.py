"""`kaogong keys`: how the keys stand, making, turning over and withdrawing them, and moving what they keep."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated

import typer
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from kaogong.cli import shell
from kaogong.foundation.audit import selectors as trail
from kaogong.foundation.audit import services as sealing
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.signing import custody, keys, places, ring, services

app = typer.Typer(no_args_is_help=True)
rotate = typer.Typer(no_args_is_help=True)
app.add_typer(
    rotate, name="rotate", help="Put a fresh key in the place of the current one: signing, encryption, digest."
)
console = Console(width=max(110, Console().width))
errors = Console(stderr=True)
READER = service("命令行", "audit.read", door="shell")
PASSES = 60
PAUSE_SECONDS = 0.5

Reason = Annotated[str, typer.Option("--reason", help="Why, for the trail.", prompt="事由")]


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, for machines.")] = False,
) -> None:
    """Show every key and what is still under each; exits 1 when a key is missing or a withdrawal was taken out."""
    begun = _beginnings()
    signing, rings, counts = _signing(begun), _rings(begun), _counts()
    doubts = [*custody.doubts(), *_taken_out()]
    if as_json:
        plain = {"folder": str(places.folder()), "signing": signing, "rings": rings, "values": counts, "doubts": doubts}
        print(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        console.print(f"密钥文件夹：{places.folder()}")
        console.print(_table("签名密钥", ("用途", "编号", "启用", "状态"), signing))
        console.print(_table("密钥环", ("密钥环", "编号", "启用", "状态", "所在"), rings))
        console.print(_table("库中的内容", ("列", "密钥", "数目", "说明"), counts))
        for each in doubts:
            errors.print(f"[red]{each}[/red]")
        if not doubts:
            console.print("[green]密钥齐全。[/green]")
    raise typer.Exit(1 if doubts else 0)


@app.command()
def make(reason: Reason) -> None:
    """Make the keys that are missing: before the first start, or when every copy of the old ones is lost for good."""
    with shell.refusals():
        for each in services.make(actor=shell.actor(services.TURN), at=datetime.now(UTC), reason=reason):
            console.print(f"已制作 {each.what}：{each.new}")
    _remind()


@rotate.command("signing")
def rotate_signing(
    purpose: Annotated[str, typer.Argument(help=f"One of: {', '.join(sorted(keys.PURPOSES))}; or all.")], reason: Reason
) -> None:
    """Begin a new generation of a signing key; what the old one signed stays valid."""
    if purpose not in {*keys.PURPOSES, "all"}:
        errors.print(f"[red]没有“{purpose}”这一用途[/red]；可用：{'、'.join(sorted(keys.PURPOSES))}、all")
        raise typer.Exit(2)
    with shell.refusals():
        for each in sorted(keys.PURPOSES) if purpose == "all" else [purpose]:
            _tell(
                services.rotate_signing(
                    actor=shell.actor(services.TURN), at=datetime.now(UTC), purpose=each, reason=reason
                )
            )
    _remind()


@rotate.command("encryption")
def rotate_encryption(reason: Reason) -> None:
    """Put a fresh encryption key in front; then run `kaogong keys reseal`."""
    _rotate_ring(ring.ENCRYPTION, reason)


@rotate.command("digest")
def rotate_digest(reason: Reason) -> None:
    """Put a fresh digest key in front; then run `kaogong keys reseal`."""
    _rotate_ring(ring.DIGEST, reason)


def _rotate_ring(place: ring.Place, reason: str) -> None:
    with shell.refusals():
        _tell(
            services.rotate_ring(actor=shell.actor(services.TURN), at=datetime.now(UTC), which=place.key, reason=reason)
        )
    console.print("新写入的内容已用新密钥。旧内容请用 kaogong keys reseal 移到新密钥下。")
    _remind()


@app.command()
def reseal(
    batch: Annotated[int, typer.Option(min=1, max=5000, help="Rows in one transaction.")] = 500,
) -> None:
    """Move everything sealed or digested to the newest keys while the site runs; safe to stop and run again."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    faults: list[str] = []
    left = 0
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console) as progress, shell.refusals():
        for holder in custody.holders():
            total = holder.waiting()
            task = progress.add_task(holder.label, total=total)
            found = _reseal(holder, batch, partial(progress.advance, task))
            faults += found
            left += max(0, holder.waiting() - len(found))
    for each in faults:
        errors.print(f"[red]未能更换：{each}[/red]")
    if left:
        errors.print(f"[yellow]还有 {left} 行正被其他业务占用，请稍后再执行一次。[/yellow]")
    if not faults and not left:
        console.print(
            "[green]能更换的内容都已在最新密钥之下。[/green] 不能更换的见 kaogong keys status；旧密钥请保留。"
        )
    raise typer.Exit(1 if faults or left else 0)


def _reseal(holder: custody.Holder, batch: int, tell: Callable[[int], None]) -> list[str]:
    """Pass over the holder until nothing that can be moved waits; gives the rows that cannot be moved at all."""
    faults: set[str] = set()
    for _pass in range(PASSES):
        if holder.waiting() <= len(faults):
            break
        rows = _one_pass(holder, batch, tell, faults)
        if not rows:  # all that is left is held by others
            time.sleep(PAUSE_SECONDS)
    return sorted(faults)


def _one_pass(holder: custody.Holder, batch: int, tell: Callable[[int], None], faults: set[str]) -> int:
    after, rows = None, 0
    while True:
        at = datetime.now(UTC)
        moved = services.reseal(actor=shell.actor(services.TURN), at=at, holder=holder.label, after=after, limit=batch)
        tell(moved.rows)
        faults |= set(moved.faults)
        rows, after = rows + moved.rows, moved.after
        if after is None:
            return rows


@app.command()
def withdraw(
    key_id: Annotated[str, typer.Argument(help="The id of a retired signing key, such as certificate-1-c88c9b99.")],
    since: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="From this day on it is not trusted any more.")
    ],
    reason: Reason,
) -> None:
    """Trust a signing key no more for what is dated that day or later: after a theft, once it was turned over.

    The trail is sealed first: what was written under the key until now is then held by its seal, and nothing that comes
    under the key later is sealed any more.
    """
    with shell.refusals():
        sealing.seal(actor=shell.actor(sealing.SEAL), at=datetime.now(UTC))
        done = services.withdraw(
            actor=shell.actor(services.TURN), at=datetime.now(UTC), key_id=key_id, since=since.date(), reason=reason
        )
    console.print(f"{key_id} 对 {done.since:%Y-%m-%d} 起的内容不再可信（由 {done.by} 签署）。")
    console.print("请执行 kaogong audit verify，并按 docs/operations/keys.md 核查此日以后的记录。")
    _remind()


def _tell(turned: services.Turned) -> None:
    console.print(f"{turned.what}：{turned.old} → [green]{turned.new}[/green]")


def _remind() -> None:
    console.print(f"请把 {places.folder()} 重新抄存到两处保险柜。")


# -- how things stand --------------------------------------------------------------------------------------------------


def _beginnings() -> dict[str, str]:
    """Since when each key is in force, as the trail says."""
    begun: dict[str, str] = {}
    for line in trail.entries(actor=READER, action="signing").filter(is_refused=False).order_by("recorded_at", "id"):
        day = timezone.localtime(line.recorded_at).strftime("%Y-%m-%d %H:%M")
        if line.action == "signing.keys_made":
            begun |= dict.fromkeys(line.facts["keys"].values(), day)
        elif "new_key" in line.facts:
            begun[line.facts["new_key"]] = day
    return begun


def _signing(begun: dict[str, str]) -> list[dict[str, str]]:
    withdrawn = keys.withdrawals_in_force()
    current = {_current(purpose) for purpose in keys.PURPOSES}
    rows = []
    for key_id in keys.known():
        standing = "在用" if key_id in current else "已更换，仍用于核验"
        if key_id in withdrawn:
            standing = f"自 {withdrawn[key_id].since:%Y-%m-%d} 起不可信：{withdrawn[key_id].reason}"
        purpose = keys.TITLES[key_id.partition("-")[0]]
        rows.append({"用途": purpose, "编号": key_id, "启用": begun.get(key_id, "轨迹无记录"), "状态": standing})
    return rows


def _current(purpose: str) -> str:
    try:
        return keys.current(purpose)
    except places.KeyMissing:
        return ""


def _rings(begun: dict[str, str]) -> list[dict[str, str]]:
    rows = []
    for place in ring.PLACES:
        try:
            found = ring.load(place)
        except places.KeyMissing:
            continue
        where = f"环境变量 {place.variable}" if place.is_in_environment else str(place.file)
        for key_id in found.keys:
            standing = "在用" if key_id == found.current else "只打开旧内容"
            since = begun.get(key_id, "轨迹无记录")
            rows.append({"密钥环": place.title, "编号": key_id, "启用": since, "状态": standing, "所在": where})
    return rows


def _counts() -> list[dict[str, str]]:
    current = {place.key: _current_of(place) for place in ring.PLACES}
    rows = []
    for each in (count for holder in custody.holders() for count in holder.counts()):
        remark = f"按其性质不更换：{each.fixed}" if each.fixed else ""
        if not each.fixed and each.key_id != current[each.ring]:
            remark = "待更换（kaogong keys reseal）" if each.key_id != custody.UNREADABLE else "不是本系统封存的内容"
        values = asdict(each)
        rows.append({"列": values["column"], "密钥": each.key_id, "数目": str(each.number), "说明": remark})
    return rows


def _current_of(place: ring.Place) -> str:
    try:
        return ring.load(place).current
    except places.KeyMissing:
        return ""


def _taken_out() -> Iterator[str]:
    """Withdrawals of which the trail knows and the trust list does not."""
    kept = keys.withdrawals_in_force()
    for line in trail.entries(actor=READER, action="signing.key_withdrawn").filter(is_refused=False):
        key_id, since = str(line.facts["key"]), date.fromisoformat(line.facts["since"])
        if key_id not in kept or kept[key_id].since.date() > since:
            yield (
                f"轨迹登记 {key_id} 自 {since} 起已撤销，文件夹 {places.folder() / 'trusted'} 中却没有这条撤销记录："
                "它被删去了。请从备份取回 withdrawn.jsonl。"
            )


def _table(title: str, columns: tuple[str, ...], rows: list[dict[str, str]]) -> Table:
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(row[column] for column in columns))
    return table
