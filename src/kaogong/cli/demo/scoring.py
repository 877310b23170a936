"""Chapter seven: marks, results, rechecks, objections to questions with a re-scoring, and the resits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from kaogong.cli.demo import arranging, sitting_day
from kaogong.cli.demo.reviewing import look_at_papers
from kaogong.cli.demo.season import BEIJING, Season
from kaogong.delivery import selectors as rooms
from kaogong.foundation.kernel.actors import Actor
from kaogong.registration import services as registration
from kaogong.scoring import selectors as results
from kaogong.scoring import services as scoring
from kaogong.sittings import selectors as sittings

if TYPE_CHECKING:
    from kaogong.delivery.models import ScoreSheet
    from kaogong.scoring.models import Result

RESITS = 60


def score(season: Season) -> None:
    """Mark and publish the main and the body's sittings, then decide rechecks."""
    plan = [
        *((each, "nanjing") for each in season.sittings["main"]),
        *((each, "skills") for each in season.sittings["body"]),
    ]
    published = _publish(season, plan, season.days.before(30))
    passed = sum(result.is_passed for result in published)
    season.reached("成绩发布", len(published))
    season.reached("合格", passed, f"合格率 {passed / max(1, len(published)):.1%}")
    _rechecks(season, published)
    _objections(season, published)


def _publish(season: Season, plan: Sequence[tuple[UUID, str]], at: datetime) -> list[Result]:
    held = [(each, organiser) for each, organiser in plan if sittings.of_id(each).state == "held"]
    published: list[Result] = []
    for sitting, organiser in season.each("评分与成绩发布", held):
        scorer = season.by(f"{organiser}/scorer")
        for part in sittings.parts_of(sitting):
            # The key of the centre's papers stays with the centre: it marks the filed body's theory too.
            marker = season.by("nanjing/scorer") if part.part == "theory" else scorer
            scoring.mark_part(actor=marker, at=at, part_id=part.pk)
        scoring.draft_results(actor=scorer, at=at, sitting_id=sitting)
        published += scoring.finalise(
            actor=season.by(f"{organiser}/centre_director"), at=at + timedelta(hours=6), sitting_id=sitting
        )
    return published


def _herself(result: Result) -> Actor:
    row = result.registration
    return Actor(kind="person", name=row.legal_name, person_id=row.person_id, door="shell")


def _rechecks(season: Season, published: Sequence[Result]) -> None:
    """Those whose sheet was keyed in wrongly ask and are corrected; one asks without cause; one asks too late."""
    skilled = [each for each in published if each.parts.get("skill", {}).get("outcome") == "scored"]
    slipped = [(each, sheet) for each in skilled if (sheet := _slipped_sheet(season, each)) is not None]
    asking, deciding = season.days.before(28), season.days.before(24)
    for result, sheet in season.each("成绩复核", slipped[:3]):
        recheck = scoring.request_recheck(
            actor=_herself(result),
            at=asking,
            result_id=result.pk,
            part="skill",
            reason="实操得分与现场感觉相差较大，请核对加分",
        )
        right = Decimal(sheet.note.removeprefix(sitting_day.PAPER_SUM))
        corrected = scoring.correct(
            actor=season.by("nanjing/centre_director"),
            at=deciding,
            recheck_id=recheck.pk,
            kind="adding",
            finding=f"纸质评分表合计 {right}，系统录入合计 {sheet.total}，漏录一项，已更正",
            sheet_totals={sheet.pk: right},
        )
        before, after = result.parts["skill"]["mark"], corrected.parts["skill"]["mark"]
        season.notes.append(f"成绩复核更正一处加分错误：技能成绩 {before} → {after}，原成绩与新成绩都保留在案。")
    others = [each for each in skilled if all(each.pk != result.pk for result, _sheet in slipped)]
    _without_cause(season, others)


def _objections(season: Season, published: Sequence[Result]) -> None:
    """Two object to questions of the theory paper: one question is sound; the other was unclear, so all get its marks.

    An expert of the province rules, who had no hand in any item; the city's scorer signs the list of who changes.
    """
    sat = [each for each in published if _is_city(season, each) and results.disputable(each)]
    if len(sat) < 2:
        return
    judge, scorer = season.by("province/item_approver-2"), season.by("nanjing/scorer")
    deciding, signing = season.days.before(24, 15), season.days.before(23)
    sound = _object(sat[0], 12, "key", "教材上的说法与所给答案不同，请核对", season.days.before(28))
    scoring.open_disputed(actor=judge, at=deciding, dispute_id=sound)
    reason = "经核对国家标准原文，答案无误；异议所引教材为旧版"
    scoring.dismiss_objections(actor=judge, at=deciding, dispute_id=sound, reason=reason)
    unclear = _object(sat[1], 31, "unclear", "题干没有说明使用条件，两种理解都说得通", season.days.before(28, 16))
    scoring.open_disputed(actor=judge, at=deciding, dispute_id=unclear)
    reason = "题干缺少使用条件，确有两种理解，整题作废，全体给分"
    scoring.uphold_objections(actor=judge, at=deciding, dispute_id=unclear, effect="void", reason=reason)
    seen = scoring.preview_rescoring(actor=scorer, at=signing, dispute_id=unclear)
    done = scoring.rescore(actor=scorer, at=signing, dispute_id=unclear, expected=seen.token)
    season.reached("试题异议成立后重新评分", done.counts["changed"], f"其中 {done.counts['to_passed']} 人变为合格")


def _object(result: Result, number: int, kind: str, text: str, at: datetime) -> UUID:
    """She objects to a question by its number; gives the dispute's id."""
    attempt = results.disputable(result)
    assert attempt is not None  # the callers looked
    found = scoring.object_to_question(
        actor=_herself(result), at=at, attempt_id=attempt.pk, number=number, kind=kind, text=text
    )
    return found.dispute_id


def _is_city(season: Season, result: Result) -> bool:
    return result.registration.sitting_id in season.sittings["main"]


def _slipped_sheet(season: Season, result: Result) -> ScoreSheet | None:
    """The sheet whose paper sum differs from what was keyed in, when there is one (in the city's sittings)."""
    if not _is_city(season, result):
        return None
    skill = next(part for part in sittings.parts_of(result.registration.sitting_id) if part.part == "skill")
    attempt = rooms.attempts_of(skill.pk, season.by("nanjing/scorer")).filter(registration=result.registration_id).get()
    return next((each for each in rooms.score_sheets(attempt.pk) if each.note.startswith(sitting_day.PAPER_SUM)), None)


def _without_cause(season: Season, others: Sequence[Result]) -> None:
    mine = [each for each in others if _is_city(season, each)][:2]
    if len(mine) < 2:
        return
    asked = scoring.request_recheck(
        actor=_herself(mine[0]), at=season.days.before(27), result_id=mine[0].pk, part="skill", reason="希望复核"
    )
    scoring.uphold(
        actor=season.by("nanjing/centre_director"),
        at=season.days.before(24),
        recheck_id=asked.pk,
        finding="逐项核对评分表与合计，无漏评、错加、错录",
    )
    season.attempt(
        scoring.request_recheck,
        actor=_herself(mine[1]),
        at=season.days.before(2),
        result_id=mine[1].pk,
        part="skill",
        reason="希望复核",
    )
    season.attempt(
        scoring.request_recheck,
        actor=_herself(mine[1]),
        at=season.days.before(27),
        result_id=mine[1].pk,
        part="theory",
        reason="理论题目有疑问",
    )


def resit(season: Season) -> None:
    """Those who failed one part apply again for that part only, sit it, and are scored with the part they keep."""
    reader = season.by("nanjing/scorer")
    failed = [
        each
        for each in results.results_for(reader).filter(state="final", is_passed=False)
        if _is_city(season, each) and _failed_parts(each) in (["skill"], ["theory"])
    ]
    (sitting,) = season.sittings["resit"]
    known = {each.registration_id: each for each in season.candidates if each.registration_id}
    again = []
    for result in season.each("补考报名与审核", failed[:RESITS]):
        candidate = known[result.registration_id]
        entered = season.attempt(_apply_again, season, sitting, _herself(result))
        if entered is not None:
            candidate.registration_id = entered
            again.append(candidate)
    season.reached("单科补考", len(again), "只考未合格的科目，只收该科费用")
    if not again:
        return
    arranging.seat(season, sitting, "nanjing", season.days.before(18))
    sitting_day.hold(season, [(sitting, "nanjing")], "补考")
    held = max(part.ends_at for part in sittings.parts_of(sitting))
    marked = held.astimezone(BEIJING).replace(hour=9, minute=0) + timedelta(days=2)
    published = _publish(season, [(sitting, "nanjing")], marked)
    season.reached("补考后合格", sum(each.is_passed for each in published))
    if sat := [each for each in published if results.disputable(each)]:
        _object(sat[0], 7, "two", "两个选项在现行标准里都成立", marked + timedelta(days=1))


def _failed_parts(result: Result) -> list[str]:
    return [part for part, row in sorted(result.parts.items()) if not row["is_passed"]]


def _apply_again(season: Season, sitting: UUID, herself: Actor) -> UUID:
    """She applies from her phone: only the failed part, since the other is kept."""
    at, person = season.days.before(25), herself.person_id
    assert person is not None  # a candidate acts as herself
    begun = registration.start(actor=herself, at=at, sitting_id=sitting, person_id=person)
    since = season.days.before(900).date().isoformat()
    registration.claim(
        actor=herself,
        at=at,
        registration_id=begun.pk,
        condition_code="5-1",
        facts={"work": [{"occupation_code": begun.round.occupation_code, "since": since, "employer": "示例单位"}]},
        residence_code="320106",
        source="企业",
    )
    registration.promise(actor=herself, at=at, registration_id=begun.pk)
    registration.submit(actor=herself, at=at, registration_id=begun.pk)
    reviewer, reviewed_at = season.by("nanjing/registrar"), season.days.before(19, 14)
    look_at_papers(reviewer, reviewed_at, begun.pk)
    registration.admit(actor=reviewer, at=reviewed_at, registration_id=begun.pk)
    registration.collect_fee(
        actor=season.by("nanjing/fee_clerk"),
        at=season.days.before(19, 16),
        registration_id=begun.pk,
        receipt_number=f"补考{begun.pk.hex[-10:].upper()}",
    )
    return begun.pk
