"""The table of roles: only powers that exist, and duties kept apart."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from kaogong.foundation.access.roles import ROLES, must_stay_apart, role, roles_in_force, title_of

TODAY = date(2026, 3, 2)
LISTED = """
regulations.edit occupations.edit standards.draft standards.publish organisations.edit calendar.edit
access.appoint access.view persons.enter persons.see persons.reveal persons.correct persons.merge
stations.license stations.edit personnel.grant personnel.view personnel.relate itembank.write itembank.review
itembank.approve itembank.assemble itembank.calibrate itembank.view itembank.import
sittings.plan sittings.announce sittings.move
registration.enter registration.see registration.decide registration.collect_fee seating.arrange seating.appoint
seating.see delivery.deliver delivery.run delivery.see scoring.mark scoring.finalise scoring.recheck scoring.see
scoring.grade scoring.decide_objection
blanks.receive blanks.move blanks.see certificates.issue certificates.print certificates.replace
certificates.suspend certificates.revoke certificates.reckon certificates.see audit.read audit.seal notices.see
"""
POWERS = frozenset(LISTED.split())


def test_roles_give_only_powers_that_exist_and_none_is_left_out() -> None:
    given = frozenset().union(*(each.powers for each in ROLES))
    assert given == POWERS


@pytest.mark.parametrize("each", ROLES, ids=lambda each: each.key)
def test_every_role_has_a_body_and_names_only_known_roles(each: object) -> None:
    from kaogong.foundation.access.roles import Role
    from kaogong.foundation.organisations.models import Organisation

    assert isinstance(each, Role)
    assert each.bodies <= set(Organisation.Kind.values)
    assert each.bodies
    assert each.apart <= {other.key for other in ROLES}
    assert each.key not in each.apart
    assert each.title


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("itembank.write", "itembank.review"),
        ("itembank.write", "itembank.approve"),
        ("itembank.write", "itembank.assemble"),
        ("itembank.review", "itembank.approve"),
        ("itembank.approve", "itembank.assemble"),
        ("itembank.write", "scoring.mark"),
        ("scoring.mark", "certificates.issue"),
        ("scoring.finalise", "certificates.issue"),
        ("blanks.receive", "certificates.issue"),
        ("certificates.issue", "certificates.revoke"),
        ("audit.seal", "registration.decide"),
        ("audit.seal", "access.appoint"),
    ],
)
def test_nobody_comes_to_hold_both(first: str, second: str) -> None:
    for each in ROLES:
        assert not {first, second} <= each.powers, each.key
    for one, other in combinations(ROLES, 2):
        pair = one.powers | other.powers
        crosses = {first, second} <= pair and not (first in one.powers and second in one.powers)
        if crosses and one.bodies & other.bodies:
            assert must_stay_apart(one.key, other.key, TODAY), (one.key, other.key)


def test_apartness_is_mutual() -> None:
    for one, other in combinations(ROLES, 2):
        assert must_stay_apart(one.key, other.key, TODAY) == must_stay_apart(other.key, one.key, TODAY)


def test_the_table_is_dated() -> None:
    assert role("registrar", date(1990, 1, 1)) is None
    assert role("registrar", TODAY) in roles_in_force(TODAY)
    assert role("nobody", TODAY) is None
    assert title_of("issuer") == "证书核发"
    assert title_of("nobody") == "nobody"
