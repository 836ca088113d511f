"""The demo as whoever tries Counterfoil first meets it."""

import asyncio
import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from bot.demo import Story, run
from bot.demo.closing import LATE
from bot.demo.program import BotDied, Program, serving
from bot.demo.stage import Stage
from bot.demo.story import CASH, CHEQUE, TRANSFER, close_the_books
from bot.demo.teller import Teller

PATIENCE = 60  # Seconds for the whole story, which takes ten.


def enter_by_hand(*amounts: Decimal) -> Story:
    """A story in which a person enters these payments in QuickBooks, and the day ends."""

    async def story(stage: Stage, teller: Teller) -> None:
        (customer,) = stage.company.customers()
        for amount in amounts:
            stage.company.add_payment(customer["Id"], amount)
        await close_the_books(stage, teller)

    return story


def test_the_whole_story_ends_with_the_books_as_they_should_be(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot", "demo", "--check"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path), "COLUMNS": "60", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert (told.returncode, told.stderr) == (0, ""), told.stdout
    assert "✗" not in told.stdout
    assert "☐ Sync this payment to QuickBooks" in told.stdout
    assert "P-1003 · Synced" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 60
    assert list(tmp_path.iterdir()) == []


def test_a_payment_that_is_entered_twice_fails_the_demo(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(paced=False, story=enter_by_hand(CHEQUE, TRANSFER, CASH, CASH, *LATE)) == 1
    shown = capsys.readouterr().out
    assert "✗ Five payments, each of them once" in shown
    assert "✓ The trial balance is zero" in shown
    assert "payments 45.00, 80.00, 240.00, 400.00, 400.00, 600.00" in shown


def test_ctrl_c_ends_the_bot_too() -> None:
    bots: list[Program] = []

    async def interrupted(stage: Stage, _: Teller) -> None:
        bots.append(stage.bot)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    assert run(paced=False, story=interrupted) == 130
    assert [bot.process.returncode is not None for bot in bots] == [True]


def test_a_bot_that_dies_fails_the_demo_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    async def deserted(stage: Stage, _: Teller) -> None:
        stage.bot.process.kill()
        await asyncio.Event().wait()

    assert run(paced=False, story=deserted) == 1
    assert "The bot ended by itself, with exit code -9." in capsys.readouterr().out


async def test_a_bot_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(BotDied, match="ENCRYPTION_KEYS"):
        async with serving({"PUBLIC_URL": "http://127.0.0.1:9"}, tmp_path):
            pass
