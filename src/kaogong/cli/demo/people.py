"""The people of the demo season: invented, with names by Faker and document numbers that obey GB 11643.

No number belongs to anyone on purpose: address, day of birth and order number come from a seeded generator.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from faker import Faker

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
# Districts where the season's people were born, most of them in Jiangsu; codes that were good at their time.
BIRTHPLACES = ("320102", "320104", "320106", "320111", "320115", "320502", "320582", "321084", "341126", "411522")
RARE_NAMES = ("𠮷田海", "䶮云帆", "欧阳㛃", "买买提·吐尔逊", "阿卜杜热西提·艾合买提", "尼")


@dataclass(frozen=True, slots=True)
class Invented:
    """A person as she would fill in a form."""

    name: str
    document_number: str
    born_on: date
    is_male: bool
    phone: str


def with_check_digit(first17: str) -> str:
    """Append the check character of GB 11643-1999 (ISO 7064, MOD 11-2) to seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True))
    return first17 + CHECKS[total % 11]


def old_form(number18: str) -> str:
    """The fifteen-digit number that someone born before 2000 carried before 2000: no century, no check character."""
    return number18[:6] + number18[8:17]


class Registry:
    """Invents people one after another, no document number or phone twice; the same seed, the same people."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # a reproducible season, not a secret
        self.faker = Faker("zh_CN")
        self.faker.seed_instance(seed)
        self._numbers: set[str] = set()
        self._phones = iter(range(10_000_000))
        self._rare = iter(RARE_NAMES)

    def invent(self, *, born_from: date, born_until: date, rare: bool = False) -> Invented:
        """A person born between two days; with `rare`, one of the names that break careless systems."""
        is_male = self.random.random() < 0.86
        name = next(self._rare, None) if rare else None
        return Invented(
            name=name or (self.faker.name_male() if is_male else self.faker.name_female()),
            document_number=(number := self._number(born_from, born_until, is_male)),
            born_on=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
            is_male=is_male,
            phone=f"199{next(self._phones):08d}",
        )

    def many(self, count: int, *, born_from: date, born_until: date) -> Iterator[Invented]:
        """`count` people, the rare names first."""
        for index in range(count):
            yield self.invent(born_from=born_from, born_until=born_until, rare=index < len(RARE_NAMES))

    def _number(self, born_from: date, born_until: date, is_male: bool) -> str:
        while True:
            born = born_from + timedelta(days=self.random.randrange((born_until - born_from).days + 1))
            order = self.random.randrange(1, 500) * 2 - (1 if is_male else 0)
            number = with_check_digit(f"{self.random.choice(BIRTHPLACES)}{born:%Y%m%d}{order % 1000:03d}")
            if number not in self._numbers:
                self._numbers.add(number)
                return number
