"""Posts: given for a term, kept apart, stood in for; and the Actor that they make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from kaogong.foundation.access import selectors, services
from kaogong.foundation.access.models import Account
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.actors import PUBLIC
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, Refusal
from kaogong.foundation.outbox.models import OutboxEvent
from tests.support.access import AT, FOUNDER, acting, make_account, make_body, make_post
from tests.support.cast import officer, outsider

pytestmark = pytest.mark.django_db
TODAY = AT.date()


class TestActorOf:
    def test_the_public_and_closed_accounts_hold_nothing(self) -> None:
        account = make_account()
        account.is_active = False
        assert selectors.actor_of(None, AT) is PUBLIC
        assert selectors.actor_of(account, AT) is PUBLIC

    def test_an_account_without_a_post_is_a_person(self) -> None:
        actor = acting(make_account(name="孙同学"))
        assert (actor.kind, actor.name, actor.grants, actor.person_id) == ("person", "孙同学", (), None)

    def test_a_post_gives_its_powers_over_the_bodys_territory(self) -> None:
        post = make_post(role="registrar")
        actor = acting(post.account)
        assert actor.kind == "officer"
        assert actor.may("registration.decide", region="320102")
        assert actor.may("registration.decide", organisation=post.organisation_id)
        assert not actor.may("registration.decide", region="320201")
        assert not actor.may("certificates.issue", region="320102")

    def test_a_station_reaches_itself_only(self) -> None:
        station = make_body(kind="station", region_code="320102")
        actor = acting(make_post(organisation=station, role="station_head").account)
        assert actor.may("stations.edit", organisation=station.pk)
        assert not actor.may("stations.edit", region="320102")

    @pytest.mark.parametrize(
        ("day", "holds"),
        [
            (date(2026, 2, 28), False),
            (date(2026, 3, 1), True),
            (date(2026, 3, 31), True),
            (date(2026, 4, 1), False),
        ],
    )
    def test_the_term_counts_both_its_days(self, day: date, holds: bool) -> None:
        post = make_post(since=date(2026, 3, 1), until=date(2026, 3, 31))
        at = datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)
        assert acting(post.account, at).holds("registration.see") is holds

    def test_the_day_is_that_of_beijing(self) -> None:
        post = make_post(since=date(2026, 3, 1))
        assert acting(post.account, datetime(2026, 2, 28, 16, 0, tzinfo=UTC)).holds("registration.see")
        assert not acting(post.account, datetime(2026, 2, 28, 15, 59, tzinfo=UTC)).holds("registration.see")

    def test_without_a_second_factor_posts_give_nothing(self) -> None:
        post = make_post()
        actor = selectors.actor_of(post.account, AT, has_second_factor=False)
        assert (actor.kind, actor.grants) == ("person", ())

    def test_a_closed_body_gives_nothing(self) -> None:
        from kaogong.foundation.organisations import services as organisations

        post = make_post()
        organisations.close(
            actor=FOUNDER, at=AT, organisation_id=post.organisation_id, closed_on=TODAY, reason="机构改革"
        )
        assert not acting(post.account, AT + timedelta(days=2)).holds("registration.see")


class TestAppoint:
    def test_is_told_by_the_trail_and_the_outbox(self) -> None:
        post = make_post()
        assert TrailEntry.objects.filter(action="access.post_given", target_id=str(post.pk)).exists()
        assert OutboxEvent.objects.get(name="access.post_given").payload["post_id"] == str(post.pk)

    def give(self, account: Account, role: str, **given: object) -> None:
        body = given.pop("organisation", None) or make_body()
        services.appoint(
            **(
                {  # type: ignore[arg-type]  # what the test names wins
                    "actor": FOUNDER,
                    "at": AT,
                    "account_id": account.pk,
                    "organisation_id": body.pk,  # type: ignore[attr-defined]  # a body
                    "role": role,
                    "since": date(2026, 1, 1),
                }
                | given
            )
        )

    @pytest.mark.parametrize(
        ("role", "given", "refusal"),
        [
            ("emperor", {}, services.RoleUnknown),
            ("registrar", {"since": date(1990, 1, 1)}, services.RoleUnknown),
            ("station_head", {}, services.RoleNotHere),
            ("registrar", {"until": date(2025, 12, 31)}, services.TermImpossible),
        ],
    )
    def test_refused(self, role: str, given: dict[str, object], refusal: type[Refusal]) -> None:
        with pytest.raises(refusal):
            self.give(make_account(), role, **given)

    def test_roles_that_must_stay_apart(self) -> None:
        account = make_post(role="scorer").account
        with pytest.raises(services.RolesApart) as caught:
            self.give(account, "issuer")
        assert "成绩管理" in str(caught.value)

    def test_but_not_after_the_first_has_ended(self) -> None:
        account = make_post(role="scorer", until=date(2026, 1, 31)).account
        self.give(account, "issuer", since=date(2026, 2, 1))
        assert [post.role for post in selectors.posts_in_force(account.pk, TODAY)] == ["issuer"]

    def test_the_same_post_twice(self) -> None:
        post = make_post()
        with pytest.raises(services.PostHeldAlready):
            self.give(post.account, "registrar", organisation=post.organisation, since=date(2026, 2, 1))

    def test_nobody_appoints_themselves(self) -> None:
        body = make_body()
        post = make_post(organisation=body, role="administrator")
        with pytest.raises(services.NotOneself):
            self.give(post.account, "fee_clerk", actor=acting(post.account), organisation=body)

    def test_needs_the_power_over_the_body(self) -> None:
        body = make_body()
        for actor in (officer("access.view"), outsider("access.appoint")):
            with pytest.raises(NotPermitted):
                self.give(make_account(), "registrar", actor=actor, organisation=body)

    def test_an_unknown_account_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            services.appoint(
                actor=FOUNDER,
                at=AT,
                account_id=uuid7(),
                organisation_id=make_body().pk,
                role="registrar",
                since=TODAY,
            )


class TestEndPost:
    def test_the_last_day_still_counts(self) -> None:
        post = make_post()
        services.end_post(actor=FOUNDER, at=AT, post_id=post.pk, until=TODAY, reason="调任他处")
        assert acting(post.account, AT).holds("registration.see")
        assert not acting(post.account, AT + timedelta(days=1)).holds("registration.see")

    def test_refused_when_over_or_impossible(self) -> None:
        post = make_post(until=date(2026, 1, 31))
        with pytest.raises(services.PostOver):
            services.end_post(actor=FOUNDER, at=AT, post_id=post.pk, until=date(2026, 1, 30), reason="调任他处")
        post = make_post(until=date(2026, 12, 31))
        for until in (date(2025, 12, 1), date(2027, 1, 1)):
            with pytest.raises(services.TermImpossible):
                services.end_post(actor=FOUNDER, at=AT, post_id=post.pk, until=until, reason="调任他处")

    def test_needs_a_reason_and_the_power(self) -> None:
        post = make_post()
        with pytest.raises(services.ReasonMissing):
            services.end_post(actor=FOUNDER, at=AT, post_id=post.pk, until=TODAY, reason="")
        with pytest.raises(NotPermitted):
            services.end_post(actor=officer("access.view"), at=AT, post_id=post.pk, until=TODAY, reason="调任他处")

    def test_outsiders_cannot_even_find_it(self) -> None:
        with pytest.raises(NotFound):
            services.end_post(
                actor=outsider("access.appoint"), at=AT, post_id=make_post().pk, until=TODAY, reason="调任他处"
            )


class TestDepute:
    def stand_in(self, post_id: object, account: Account, **given: object) -> None:
        services.depute(
            **(
                {  # type: ignore[arg-type]  # what the test names wins
                    "actor": FOUNDER,
                    "at": AT,
                    "post_id": post_id,
                    "account_id": account.pk,
                    "since": TODAY,
                    "until": TODAY + timedelta(days=6),
                    "reason": "年休假",
                }
                | {"reason": "年休假代理"}
                | given
            )
        )

    def test_the_deputy_has_the_posts_powers_for_these_days(self) -> None:
        post, account = make_post(role="registrar"), make_account(name="吴代理")
        self.stand_in(post.pk, account)
        assert acting(account).may("registration.decide", region="320102")
        held = selectors.posts_in_force(account.pk, TODAY)
        assert held[0].stands_in_for == str(post.account)
        assert not acting(account, AT + timedelta(days=7)).holds("registration.decide")
        assert acting(post.account).holds("registration.decide")

    def test_nobody_names_themselves(self) -> None:
        post, director = make_post(role="scorer"), make_account(name="高主任")
        herself = replace(FOUNDER, account_id=director.pk)
        with pytest.raises(services.NotOneself):
            self.stand_in(post.pk, director, actor=herself)

    def test_the_holder_may_name_one(self) -> None:
        post, account = make_post(), make_account()
        self.stand_in(post.pk, account, actor=acting(post.account))
        assert acting(account).holds("registration.see")

    def test_but_not_without_the_second_factor(self) -> None:
        post = make_post()
        bare = selectors.actor_of(post.account, AT, has_second_factor=False)
        with pytest.raises(NotPermitted):
            self.stand_in(post.pk, make_account(), actor=bare)

    def test_ends_with_the_post(self) -> None:
        post, account = make_post(), make_account()
        self.stand_in(post.pk, account)
        services.end_post(actor=FOUNDER, at=AT, post_id=post.pk, until=TODAY, reason="调任他处")
        assert not acting(account, AT + timedelta(days=1)).holds("registration.see")

    def test_recalled_at_once(self) -> None:
        post, account = make_post(), make_account()
        self.stand_in(post.pk, account)
        deputy = selectors.deputies_of([post.pk]).get()
        services.recall_deputy(actor=acting(post.account), at=AT, deputy_id=deputy.pk)
        assert not acting(account).holds("registration.see")
        self.stand_in(post.pk, make_account())
        with pytest.raises(NotFound):
            services.recall_deputy(actor=acting(post.account), at=AT, deputy_id=deputy.pk)

    def test_refused(self) -> None:
        post = make_post(role="scorer", until=TODAY + timedelta(days=30))
        with pytest.raises(services.DeputyIsHolder):
            self.stand_in(post.pk, post.account)
        with pytest.raises(services.TermImpossible):
            self.stand_in(post.pk, make_account(), until=TODAY + timedelta(days=31))
        with pytest.raises(services.TermImpossible):
            self.stand_in(post.pk, make_account(), since=TODAY + timedelta(days=9))
        with pytest.raises(services.RolesApart):
            self.stand_in(post.pk, make_post(role="issuer").account)
        self.stand_in(post.pk, make_account())
        with pytest.raises(services.DeputyThere):
            self.stand_in(post.pk, make_account())

    def test_needs_the_post_or_the_power(self) -> None:
        post = make_post()
        with pytest.raises(NotPermitted):
            self.stand_in(post.pk, make_account(), actor=officer("access.view"))
        with pytest.raises(NotFound):
            self.stand_in(post.pk, make_account(), actor=outsider("access.appoint"))
