"""What Intuit's webhooks say, held against what Intuit publishes of them."""

import json
import re
from pathlib import Path

import pytest

from services.quickbooks.webhooks import read_changes


@pytest.mark.parametrize("name", ["cloudevents_account_created", "legacy_account_create"])
def test_what_intuit_publishes_is_read(samples: Path, name: str) -> None:
    body = (samples / "webhooks" / f"{name}.json").read_bytes()
    assert {each.entity for each in read_changes(body)} == {"account"}
    assert all(each.realm_id.isdecimal() for each in read_changes(body))


def test_all_types_that_intuit_names_are_read(samples: Path) -> None:
    file = samples / "webhooks" / "event_types_2026.json"
    types = re.findall(r'"(qbo\..+?)"', file.read_text())
    assert len(types) > 100
    for each in types:
        (change,) = read_changes(json.dumps([{"type": each, "intuitaccountid": "1"}]).encode())
        assert change.entity == each.split(".")[1]
