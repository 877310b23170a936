"""Sit an exam in a real browser while the server is killed in the middle: nothing that was answered is lost."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kaogong.delivery import selectors
from tests.support.delivery import Hall, hall_of_today

CHROMIUM = shutil.which("chromium")
PROJECT = Path(__file__).parents[3]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's Chromium")]


class Server:
    """A server process of our own on one port, that can be killed and started again."""

    def __init__(self, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "KAOGONG_DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "kaogong.config.settings",
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "django", "runserver", "--noreload", "--insecure", f"127.0.0.1:{self.port}"]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urlopen(f"{self.address}/room/exam/practice/", timeout=5).close()
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError("the server did not come up")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def hall(real_database: str) -> Hall:
    """A theory part that began a moment ago, its candidate checked in, its paper released."""
    return hall_of_today()


@pytest.fixture
def server(real_database: str, hall: Hall) -> Iterator[Server]:
    connections.close_all()
    found = Server(real_database)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def browser(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver's loop runs in this thread
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        connections.close_all()  # those of the driver's loop, which the database fixture cannot see
        found.close()


def sit_down(page: Page, server: Server, hall: Hall, code: str, ticket: str, tail: str) -> None:
    page.goto(f"{server.address}/room/exam/")
    page.fill("#id_ticket_number", ticket)
    page.fill("#id_document_tail", tail)
    page.fill("#id_room_code", code)
    page.click("button.btn-primary")
    page.click("[data-begin]:not([disabled])")
    page.wait_for_selector(".exam-choice")


def test_nothing_is_lost_when_the_server_dies(server: Server, hall: Hall, browser: Browser) -> None:
    code = selectors.room_code(hall.invigilator, hall.theory.pk, hall.room.pk, at=timezone.now()).code
    ticket, tail, attempt = hall.ticket(), hall.tail(), hall.attempt().pk
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    sit_down(page, server, hall, code, ticket, tail)
    saved = page.locator("[data-saved-text]")

    page.keyboard.press("1")
    expect(saved).to_contain_text("已保存", timeout=10_000)
    server.kill()
    for key in ("ArrowRight", "2", "ArrowRight", "1"):
        page.keyboard.press(key)
    expect(saved).to_contain_text("本机待传 2", timeout=10_000)
    assert len(selectors.submission(attempt)) == 1

    server.start()
    expect(saved).to_contain_text("本机待传 0", timeout=30_000)
    assert len(selectors.submission(attempt)) == 3

    page.reload()
    expect(page.locator("[data-progress]")).to_have_text("已答 3 / 100", timeout=20_000)
    page.click("[data-hand-in-open]")
    page.click("[data-hand-in-now]")
    expect(page.locator(".receipt h1")).to_have_text("已交卷", timeout=20_000)
    assert hall.attempt().receipt["answered"] == 3


def test_a_browser_that_dies_finds_its_answers_again(server: Server, hall: Hall, browser: Browser) -> None:
    code = selectors.room_code(hall.invigilator, hall.theory.pk, hall.room.pk, at=timezone.now()).code
    ticket, tail, attempt = hall.ticket(), hall.tail(), hall.attempt().pk
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    sit_down(page, server, hall, code, ticket, tail)
    context.set_offline(True)
    page.keyboard.press("1")
    expect(page.locator("[data-saved-text]")).to_contain_text("本机待传 1", timeout=10_000)
    page.close()
    assert selectors.submission(attempt) == {}

    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{server.address}/room/exam/paper/")
    expect(again.locator("[data-progress]")).to_have_text("已答 1 / 100", timeout=20_000)
    expect(again.locator("[data-saved-text]")).to_contain_text("本机待传 0", timeout=20_000)
    assert len(selectors.submission(attempt)) == 1
