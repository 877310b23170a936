"""Beside the chapters: a few items in Uyghur, Kazakh and Korean, and one candidate who sits in Uyghur.

The samples ship with the bank; nobody who speaks the languages has read them, so Nanjing's rule in the demo lets a
paper go out with hardly any of its questions translated. A real round needs four fifths.
"""

from __future__ import annotations

import csv
from importlib.resources import files

from kaogong.cli.demo.season import LEVEL, OCCUPATION, Season
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.clauses import Clause
from kaogong.itembank import selectors as bank
from kaogong.itembank import services as items
from kaogong.registration import services as registration
from kaogong.regulations import services as regulations

LANGUAGES = ("ug", "kk-Arab", "ko")
HERS = "ug"
SAMPLES = "electrician-5-language-samples.csv"
RULER = service("演示：试考民族文字", "regulations.edit", door="shell")


def prepare(season: Season) -> None:
    """The rule of the trial, and the samples: translated, edited, proofread and approved."""
    regulations.enter_provision(
        actor=RULER,
        at=season.days.before(112),
        key="delivery.language_share",
        value="0",
        clause=Clause("kaogong-language-rules", "share"),
        region_code="3201",
        since=season.days.before(111).date(),
        certainty="H",
        reason="演示：随附的译文样题很少",
    )
    writer, reviewer, approver = (season.by(f"province/item_{role}") for role in ("writer", "reviewer", "approver"))
    text = (files("kaogong.itembank") / "reference" / SAMPLES).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    for row in season.each("语言版本：翻译、编辑、校对、审定", rows):
        item_id = (
            bank.items_for(writer)
            .get(occupation_code=OCCUPATION, level=LEVEL, number__endswith=f"-{row['point']}-{int(row['place']):03d}")
            .pk
        )
        said = bank.Translated(row["stem"], tuple(filter(None, (row[letter] for letter in "abcd"))))
        made = items.translate_item(
            actor=writer, at=season.days.before(108), item_id=item_id, language=row["language"], said=said
        )
        items.edit_translation(actor=reviewer, at=season.days.before(107), translation_id=made.pk)
        items.proofread_translation(actor=reviewer, at=season.days.before(106), translation_id=made.pk)
        items.approve_translation(actor=approver, at=season.days.before(105), translation_id=made.pk)


def choose(season: Season) -> None:
    """One candidate of the main round asks for Uyghur before the tickets go out; she is told among the notes."""
    for each in season.candidates:
        if each.organiser != "nanjing" or each.registration_id is None:
            continue
        chosen = season.attempt(
            registration.choose_language,
            actor=Actor(kind="person", name=each.invented.name, person_id=each.person_id, door="shell"),
            at=season.days.before(66, 8),
            registration_id=each.registration_id,
            language=HERS,
        )
        if chosen is not None and chosen.state == "admitted":
            season.notes.append(f"用维吾尔文参加理论考试：{each.invented.name}（报名号 {chosen.number}）")
            return
