"""Accounts: opened once per login, contacts sealed, and the measures that officers take on them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator

from kaogong.foundation.access import selectors, services
from kaogong.foundation.access.models import Account
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from tests.support.access import AT, FOUNDER, PASSWORD, acting, make_account, make_body, make_post
from tests.support.cast import officer, outsider

pytestmark = pytest.mark.django_db


class TestOpen:
    def test_by_phone_seals_it_and_names_nothing(self) -> None:
        account = make_account(phone="138 1234 5678")
        row = Account.objects.filter(pk=account.pk).values().get()
        assert "13812345678" not in repr(
            {key: bytes(value) if isinstance(value, memoryview) else value for key, value in row.items()}
        )
        assert account.phone_masked == "138****5678"
        assert account.username.startswith("u")
        assert account.check_password(PASSWORD)
        assert selectors.phone_of(Account.objects.get(pk=account.pk)) == "+8613812345678"

    def test_is_found_by_any_login(self) -> None:
        account = make_account(username="wu.kaowu", phone="13812345678", mail="Wu@Example.org")
        for login in ("wu.kaowu", "+86 138 1234 5678", "13812345678", "wu@example.org"):
            assert selectors.by_login(login) == account
        assert selectors.by_login("nobody") is None

    def test_what_the_public_opens_is_not_verified(self) -> None:
        account = services.open_account(
            actor=PUBLIC, at=AT, phone="13812345678", password=PASSWORD, display_name="孙", is_verified=True
        )
        assert not account.is_phone_verified
        assert selectors.by_phone("13812345678") is None

    def test_one_login_one_account(self) -> None:
        make_account(username="wu", phone="13812345678", mail="wu@example.org")
        for login in ({"username": "wu"}, {"phone": "+8613812345678"}, {"mail": "WU@example.org"}):
            with pytest.raises(services.LoginTaken):
                make_account(**login)  # type: ignore[arg-type]  # one login at a time

    def test_needs_a_login_and_sound_contacts(self) -> None:
        with pytest.raises(services.LoginMissing):
            services.open_account(actor=PUBLIC, at=AT, password=PASSWORD, display_name="孙")
        for contact in ({"phone": "1"}, {"mail": "x"}):
            with pytest.raises(services.ContactUnsound):
                make_account(**contact)  # type: ignore[arg-type]  # one contact at a time

    @pytest.mark.parametrize("password", ["short", "12345678901234", "password123", "qwertyuiop"])
    def test_weak_passwords_are_refused(self, password: str) -> None:
        with pytest.raises(services.PasswordWeak):
            services.open_account(actor=PUBLIC, at=AT, phone="13812345678", password=password, display_name="孙")

    def test_for_others_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            make_account(actor=officer("access.view"))


class TestOwnHand:
    def test_phone_mail_and_password(self) -> None:
        account = make_account(phone="13812345678")
        actor = acting(account)
        services.change_phone(actor=actor, at=AT, account_id=account.pk, phone="13900001111", is_verified=True)
        services.change_mail(actor=actor, at=AT, account_id=account.pk, mail="a@example.org", is_verified=True)
        services.set_password(actor=actor, at=AT, account_id=account.pk, password="Yan-Zi-Ji-88")
        found = selectors.by_login("13900001111")
        assert found == selectors.by_login("a@example.org") == account
        assert found is not None
        assert found.check_password("Yan-Zi-Ji-88")
        assert selectors.by_login("13812345678") is None

    def test_nobody_elses(self) -> None:
        account, other = make_account(phone="13812345678"), make_account()
        for actor in (acting(other), officer("access.appoint"), PUBLIC):
            with pytest.raises(NotFound):
                services.change_phone(actor=actor, at=AT, account_id=account.pk, phone="13900001111")
            with pytest.raises(NotFound):
                services.set_password(actor=actor, at=AT, account_id=account.pk, password="Yan-Zi-Ji-88")

    def test_a_recovered_password_is_said_so(self) -> None:
        account = make_account(phone="13812345678")
        services.set_password(actor=PUBLIC, at=AT, account_id=account.pk, password="Yan-Zi-Ji-88", how="recovered")
        assert TrailEntry.objects.filter(action="access.password_recovered", target_id=str(account.pk)).exists()


class TestOfficersHand:
    def administrator(self, region: str = "320100") -> Actor:
        return acting(make_post(organisation=make_body(region_code=region), role="administrator").account)

    def locked_out(self) -> Account:
        account = make_post(organisation=make_body(region_code="320100")).account
        Authenticator.objects.create(user=account, type="totp", data={"secret": "00"})
        Authenticator.objects.create(user=account, type="recovery_codes", data={})
        return account

    def test_takes_a_lost_second_factor_away(self) -> None:
        account = self.locked_out()
        services.reset_second_factor(
            actor=self.administrator(), at=AT, account_id=account.pk, reason="手机遗失，已当面核验身份证"
        )
        assert not Authenticator.objects.filter(user=account)
        line = TrailEntry.objects.get(action="access.second_factor_reset", target_id=str(account.pk))
        assert line.reason.startswith("手机遗失")

    def test_not_where_there_is_none(self) -> None:
        account = make_post(organisation=make_body(region_code="320100")).account
        with pytest.raises(services.NoSecondFactor):
            services.reset_second_factor(
                actor=self.administrator(), at=AT, account_id=account.pk, reason="手机遗失，已核验"
            )

    def test_never_ones_own(self) -> None:
        administrator = self.administrator()
        assert administrator.account_id is not None
        with pytest.raises(services.NotOneself):
            services.reset_second_factor(
                actor=administrator, at=AT, account_id=administrator.account_id, reason="手机遗失，已核验"
            )

    def test_needs_a_reason(self) -> None:
        with pytest.raises(services.ReasonMissing):
            services.reset_second_factor(
                actor=self.administrator(), at=AT, account_id=self.locked_out().pk, reason=" 丢 了 "
            )

    def test_needs_the_power_over_every_post(self) -> None:
        account = self.locked_out()
        make_post(account=account, organisation=make_body(region_code="370100"), role="fee_clerk")
        with pytest.raises(NotPermitted):
            services.reset_second_factor(
                actor=self.administrator(), at=AT, account_id=account.pk, reason="手机遗失，已核验"
            )

    def test_outsiders_cannot_even_find_it(self) -> None:
        for actor in (outsider("access.appoint"), self.administrator("370200")):
            with pytest.raises(NotFound):
                services.reset_second_factor(
                    actor=actor, at=AT, account_id=self.locked_out().pk, reason="手机遗失，已核验"
                )

    def test_replaces_a_lost_phone_unverified(self) -> None:
        account = make_account(phone="13812345678")
        make_post(account=account, organisation=make_body(region_code="320100"))
        services.replace_phone(
            actor=self.administrator(), at=AT, account_id=account.pk, phone="13900001111", reason="号码注销，已核验"
        )
        account.refresh_from_db()
        assert (account.phone_masked, account.is_phone_verified) == ("139****1111", False)

    def test_closes_an_account(self) -> None:
        account = self.locked_out()
        services.close_account(actor=self.administrator(), at=AT, account_id=account.pk, reason="离职已办手续")
        assert acting(account) is PUBLIC

    def test_finds_accounts_by_their_full_login_only(self) -> None:
        account = make_account(phone="13812345678")
        assert selectors.find_account(self.administrator(), "13812345678") == account
        with pytest.raises(NotFound):
            selectors.find_account(officer("persons.see"), "13812345678")

    def test_sees_accounts_in_reach(self) -> None:
        administrator, account = self.administrator(), self.locked_out()
        assert account in selectors.accounts_for(administrator)
        assert account not in selectors.accounts_for(outsider("access.appoint"))
        assert account not in selectors.accounts_for(officer("persons.see", region=""))
        assert account in selectors.accounts_for(FOUNDER)


def test_an_actor_is_of_the_living_person_after_a_merge() -> None:
    from kaogong.foundation.identity import services as identity
    from tests.support.identity import REGISTRAR, make_person

    kept, lost = make_person(), make_person()
    account = make_account()
    Account.objects.filter(pk=account.pk).update(person=lost, claimed_at=datetime(2026, 1, 1, tzinfo=UTC))
    identity.merge(actor=REGISTRAR, at=AT, keep_id=kept.pk, lose_id=lost.pk, reason="同一人重复录入")
    assert acting(account).person_id == kept.pk
