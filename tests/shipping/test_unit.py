"""The systemd unit: what it says of the program is true of the program."""

import re
from collections import defaultdict
from configparser import RawConfigParser
from pathlib import PurePosixPath

from bot.commands.terminal import MISUSED
from bot.config import Config
from tests.bot.conftest import STOPS_WITHIN
from tests.shipping.conftest import ROOT
from tests.shipping.orders import complaint_about

TEXT = (ROOT / "deploy" / "counterfoil.service").read_text()
SETTINGS = {name.upper() for name in Config.model_fields}


def directives() -> dict[str, list[str]]:
    """Of the service; systemd lets some of them be said more than once."""
    parser = RawConfigParser(strict=False)
    parser.read_string(TEXT)
    assert parser.sections() == ["Unit", "Service", "Install"]
    said: dict[str, list[str]] = defaultdict(list)
    service = TEXT.partition("[Service]")[2].partition("[Install]")[0]
    for name, value in re.findall(r"^(\w+)=(.*)$", service, re.MULTILINE):
        said[name].append(value)
    assert {name.lower() for name in said} == set(parser["Service"])
    return said


def test_what_it_starts_is_what_make_install_leaves_and_a_command_of_the_programs() -> None:
    [start] = directives()["ExecStart"]
    program, *words = start.split()
    assert PurePosixPath(program).relative_to("/opt/counterfoil") == PurePosixPath(
        ".venv/bin/counterfoil"
    )
    assert "leaves .venv/bin/counterfoil" in (ROOT / "Makefile").read_text()
    assert complaint_about(words) is None


def test_every_setting_is_one_that_the_program_reads() -> None:
    named = {each.split("=")[0] for each in directives()["Environment"]}
    assert named
    assert named <= SETTINGS


def test_the_ledger_is_in_the_folder_that_it_may_write_in() -> None:
    said = directives()
    folder = f"/var/lib/{said['StateDirectory'][0]}"
    assert said["WorkingDirectory"] == [folder]
    assert f"DATABASE_URL=sqlite:///{folder}/counterfoil.db" in said["Environment"]
    assert (said["StateDirectoryMode"], said["UMask"]) == (["0700"], ["0077"])
    assert said["ProtectSystem"] == ["strict"]


def test_it_is_started_anew_where_that_may_help_and_gets_the_time_that_it_takes_to_stop() -> None:
    said = directives()
    assert said["Restart"] == ["on-failure"]
    assert said["RestartPreventExitStatus"] == [str(MISUSED)]
    assert int(said["TimeoutStopSec"][0]) > STOPS_WITHIN


def test_it_serves_as_nobody_in_particular() -> None:
    said = directives()
    assert said["User"] == ["counterfoil"]
    assert said["CapabilityBoundingSet"] == [""]
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert said[name] == ["yes"], name
