"""The first administrator, from the shell: once, with a line, and never beside another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from typer.testing import CliRunner

from kaogong.cli.access import app
from kaogong.foundation.access import services
from kaogong.foundation.access.models import Account, Post
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.actors import service
from kaogong.foundation.kernel.refusals import NotPermitted
from tests.support.access import PASSWORD, make_body, make_post
from tests.support.cast import outsider

INSTALLER = service("安装", "access.appoint", "organisations.edit", door="shell")
shell = CliRunner(env={"COLUMNS": "200"})


def begin(username: str = "administrator") -> Account:
    return services.appoint_first_administrator(
        actor=INSTALLER, at=datetime.now(UTC), username=username, display_name="林管理员", password=PASSWORD
    )


@pytest.mark.django_db
class TestFirstAdministrator:
    def test_is_the_ministrys_from_today_on(self) -> None:
        account = begin()
        post = Post.objects.select_related("organisation").get(account=account)
        assert (post.role, post.organisation.kind, post.since) == ("administrator", "ministry", timezone.localdate())
        assert set(TrailEntry.objects.filter(actor_name="安装").values_list("action", flat=True)) >= {
            "access.account_opened",
            "access.post_given",
        }

    def test_is_the_first(self) -> None:
        begin()
        with pytest.raises(services.AdministratorThere):
            begin("second")
        assert not Account.objects.filter(username="second").exists()

    def test_not_beside_one_elsewhere_or_one_to_come(self) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        make_post(organisation=make_body(), role="administrator", since=tomorrow)
        with pytest.raises(services.AdministratorThere):
            begin()

    def test_again_when_every_term_is_over(self) -> None:
        today = timezone.localdate()
        make_post(
            organisation=make_body(), role="administrator", since=today - timedelta(9), until=today - timedelta(1)
        )
        assert begin().username == "administrator"

    def test_needs_the_power_everywhere(self) -> None:
        with pytest.raises(NotPermitted):
            services.appoint_first_administrator(
                actor=outsider("access.appoint"),
                at=datetime.now(UTC),
                username="x",
                display_name="x",
                password=PASSWORD,
            )

    def test_the_command_prints_a_password_that_signs_in(self) -> None:
        done = shell.invoke(app, ["first-administrator", "--name", "林管理员"])
        assert done.exit_code == 0, done.output
        password = done.output.split("密码 ")[1].split("\n")[0].strip()
        assert Account.objects.get(username="administrator").check_password(password)

        again = shell.invoke(app, ["first-administrator", "--name", "别人", "--username", "other"])
        assert again.exit_code == 1
        assert "林管理员" in again.output


@pytest.mark.concurrency
@pytest.mark.usefixtures("real_database")
def test_of_two_at_once_one_is_the_first() -> None:
    def try_(username: str) -> bool:
        try:
            begin(username)
        except services.AdministratorThere:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_, ["one", "two"])) == [False, True]
