"""Standard setting: how many points a person needs who is only just competent, and how sure a panel is of it.

From judgements of items: `angoff` in rounds, `bookmark` in a booklet ordered by difficulty. From judgements of persons:
`contrasting_groups`, `borderline_group`, `borderline_regression`. From both sides at once: `hofstee`. Each says how
uncertain its cut is; none decides what to do with it.
"""

from psychometrics.standard_setting.angoff import Angoff, Movement, Reading, angoff, movement, readings
from psychometrics.standard_setting.bookmark import Booklet, Bookmark, Place, booklet, bookmark
from psychometrics.standard_setting.cuts import AbilityCut, Cut, ability_at
from psychometrics.standard_setting.groups import (
    Contrast,
    Regression,
    borderline_group,
    borderline_regression,
    contrasting_groups,
)
from psychometrics.standard_setting.hofstee import Hofstee, hofstee

__all__ = [
    "AbilityCut",
    "Angoff",
    "Booklet",
    "Bookmark",
    "Contrast",
    "Cut",
    "Hofstee",
    "Movement",
    "Place",
    "Reading",
    "Regression",
    "ability_at",
    "angoff",
    "booklet",
    "bookmark",
    "borderline_group",
    "borderline_regression",
    "contrasting_groups",
    "hofstee",
    "movement",
    "readings",
]
