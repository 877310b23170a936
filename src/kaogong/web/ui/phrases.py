"""Phrases: says in the reader's language what rules and tables say in Chinese.

Rules are pure Python and know no translation: they give labels (`有效`) and composed sentences (`第 3 行`). A label is
looked up in the catalogue. A composed sentence is known again by its fixed words, kept under the context `composed`
with its values as `{1}`, `{2}` …; the values are said in turn. What nobody has put into words stays as it is: data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from django.utils import dateformat
from django.utils.safestring import SafeData
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.utils.translation.trans_real import translation

from kaogong.foundation.access.roles import ROLES
from kaogong.web.ui.formats import date_zh, datetime_zh

COMPOSED = "composed"
STATE = "state"
PAGE = "page"
FEW = 4
HAN = re.compile("[㐀-鿿]")
PLACE = re.compile(r"\{(\w+)\}")
DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
WRITTEN_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
WEEKDAY = re.compile("（周([一二三四五六日])）")
WEEKDAYS = dict(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
LOOSE = {"{1}（{2}）", "{scope}学徒期满", "{route}{scope}毕业"}
JOINTS = (("；", "; "), ("、", ", "))

# States that share their word with the deed that leads to them, and sentences put together from several pieces.
SHARED_WORDS = (
    pgettext_lazy("state", "暂停"),
    pgettext_lazy("state", "注销"),
    pgettext_lazy("state", "吊销"),
    pgettext_lazy("state", "冻结"),
    pgettext_lazy("state", "淘汰"),
    pgettext_lazy("state", "作废"),
)
# Names of pages that list many, where the same word elsewhere names one.
PAGE_NAMES = (
    pgettext_lazy("page", "鉴定批次"),
    pgettext_lazy("page", "试题"),
    pgettext_lazy("page", "试卷"),
    pgettext_lazy("page", "成绩复核"),
    pgettext_lazy("page", "评价类别"),
    pgettext_lazy("page", "职业技能标准"),
    pgettext_lazy("page", "鉴定所（站）"),
    pgettext_lazy("page", "报名"),
    pgettext_lazy("page", "考务"),
)
PUT_TOGETHER = (
    pgettext_lazy("composed", "{1}可以组织“{2}”"),
    pgettext_lazy("composed", "{1}不在可以组织“{2}”的机构之列"),
    pgettext_lazy("composed", "{1}在{2}的辖区（系统）之内"),
    pgettext_lazy("composed", "{1}不在{2}的辖区（系统）之内"),
    pgettext_lazy("composed", "{1}的机构类别可以承办“{2}”"),
    pgettext_lazy("composed", "{1}的机构类别不可以承办“{2}”"),
    pgettext_lazy("composed", "“{1}”可以鉴定{2}"),
    pgettext_lazy("composed", "“{1}”不能鉴定{2}"),
    pgettext_lazy("composed", "考评员 {1} 名，为单数"),
    pgettext_lazy("composed", "考评员 {1} 名，不为单数"),
    pgettext_lazy("composed", "{1}（{2}）"),
    pgettext_lazy("composed", "{1} 年"),
    pgettext_lazy("composed", "{1} 个月"),
    pgettext_lazy("composed", "{1} 天"),
    pgettext_lazy("composed", "{1} 年 {2} 个月"),
    pgettext_lazy("composed", "{1} 年 {2} 天"),
    pgettext_lazy("composed", "{1} 个月 {2} 天"),
    pgettext_lazy("composed", "{1} 年 {2} 个月 {3} 天"),
)


def said(value: object) -> object:
    """Return a Chinese text in the reader's language, and every day in it as people write days; all else as it is."""
    if isinstance(value, datetime):
        return datetime_zh(value)
    if isinstance(value, date):
        return date_zh(value)
    if isinstance(value, str) and not isinstance(value, SafeData):
        return WRITTEN_DAY.sub(_written_day, str(_in_language(value)))
    return value


def facts_said(facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of a refusal as people are told them: a missing power by the roles that hold it."""
    told = {name: said(value) for name, value in facts.items()}
    if "power" in facts:
        told["power"] = _holders(str(facts["power"]))
    return told


def _holders(power: str) -> str:
    """The roles that hold a power, for those who lack it."""
    titles = dict.fromkeys(str(said(role.title)) for role in ROLES if power in role.powers and role.until is None)
    names = gettext("、").join(list(titles)[:FEW])
    return gettext("需要的岗位：{roles}").format(roles=names) if names else gettext("只由本人或指派的人办理")


def _written_day(match: re.Match[str]) -> str:
    try:
        return date_zh(date.fromisoformat(match.group()))
    except ValueError:
        return match.group()


def _in_language(value: str) -> object:
    language = get_language() or ""
    if language.startswith("zh") or not HAN.search(value):
        return value
    told = _said(value, language)
    if told == value and not DAY.fullmatch(value):
        return value
    return WEEKDAY.sub(lambda found: f" ({WEEKDAYS[found[1]]})", DAY.sub(_day, told))


def page_name(title: str) -> str:
    """Return the name of a page or a group of pages for the navigation."""
    found = pgettext(PAGE, title)
    return found if found != title else gettext(title)


def said_state(word: str) -> str:
    """Return the name of a state; `暂停` is what it is here, not the deed."""
    found = pgettext(STATE, word)
    return found if found != word else str(said(word))


def _said(text: str, language: str) -> str:
    known = gettext(text)
    if known != text:
        return known
    for pattern, english in _sentences(language):
        if match := pattern.fullmatch(text):
            return _filled(english, {name: _said(value, language) for name, value in match.groupdict().items()})
    for joint, other in JOINTS:
        if joint in text:
            parts = text.split(joint)
            if (told := [_said(part, language) for part in parts]) != parts:
                return other.join(told)
    return text


@lru_cache(maxsize=8)
def _sentences(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The sentences of a catalogue that have places for values, those with the most fixed words first."""
    catalogue = translation(language)._catalog  # type: ignore[attr-defined]  # there is no public way to its words
    head = f"{COMPOSED}\x04"
    texts = [
        (key.removeprefix(head), words)
        for key, words in catalogue.items()
        if isinstance(key, str) and HAN.search(key) and PLACE.search(key) and words
    ]
    texts.sort(key=lambda pair: -len(PLACE.sub("", pair[0])))
    return tuple((_pattern(text), words) for text, words in texts)


def _pattern(text: str) -> re.Pattern[str]:
    """A sentence as a pattern; with few fixed words its values may not be Chinese, or it would match anything."""
    value = ".+?" if len(HAN.findall(text)) >= FEW or text in LOOSE else "[^㐀-鿿]+?"
    parts, seen = [], set()
    for at, part in enumerate(PLACE.split(text)):
        if at % 2 == 0:
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P=v_{part})" if part in seen else f"(?P<v_{part}>{value})")
            seen.add(part)
    return re.compile("".join(parts))


def _filled(words: str, values: dict[str, str]) -> str:
    """Words with the values at their places; a value that the words leave out is dropped."""
    return PLACE.sub(lambda each: values[f"v_{each.group(1)}"], words)


def _day(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    try:
        # Without a year, a leap year stands in: the 29th of February is a day too.
        return dateformat.format(date(int(year or 2000), int(month), int(day)), "j F Y" if year else "j F")
    except ValueError:
        return match.group()
