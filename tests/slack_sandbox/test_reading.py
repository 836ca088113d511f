"""Messages read as people read them, and what would have notified a whole channel."""

import pytest

from sandbox.slack import Person
from sandbox.slack.mrkdwn import Reader, read
from tests.slack_sandbox.conftest import START, Caller
from tests.slack_sandbox.kit import a_section, mrkdwn, plain

BERLIN = Reader(
    name_of_user={"U1": "Anna Berg"}.__getitem__,
    name_of_channel={"C1": "alerts"}.__getitem__,
    now=lambda: START,
    tz="Europe/Berlin",
)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("Tom &amp; Jerry &lt;Ltd&gt;", "Tom & Jerry <Ltd>"),
        ("&amp;lt;", "&lt;"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<!channel> look", "@channel look"),
        ("<@U1> paid", "@Anna Berg paid"),
        ("<@U1|anna>", "@anna"),
        ("<#C1>", "#alerts"),
        ("<https://qbo.example/1?a=1&amp;b=2|P-1001>", "P-1001"),
        ("<https://qbo.example/1?a=1&amp;b=2>", "https://qbo.example/1?a=1&b=2"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("*Amount* _due_ ~old~", "Amount due old"),
        ("2*3*4 a_b_c", "2*3*4 a_b_c"),
        ("`*not bold*` but *bold*", "*not bold* but bold"),
        ("```<@U1>\n*x*```", "@Anna Berg\n*x*"),
        ("<!date^1700000000^{date_num} at {time_secs}|later>", "2023-11-14 at 11:13:20\u202fPM"),
        ("<!date^1700000000^{date_long}|later>", "Tuesday, November 14, 2023"),
        ("<!date^1700000000^{date_short_pretty}|later>", "today"),
        ("<!date^1699900000^{date_pretty}|later>", "yesterday"),
        ("<!date^soon^{date}|later>", "later"),
        ("<!date^999999999999^{date}|later>", "later"),
        ("<!date^1700000000|later>", "later"),
        ("<!date^1699992800^{ago}|later>", "2 hours ago"),
        ("<!subteam^S1>", "@subteam"),
    ],
)
def test_mrkdwn_reads_as(source: str, seen: str) -> None:
    assert read(source, BERLIN) == seen


async def test_a_date_is_read_in_the_readers_zone_and_language(call: Caller) -> None:
    clara = call.workspace.add_person("Clara Weiss", locale="de-DE", tz="Europe/Berlin")
    text = "<!date^1700000000^{date} {time}|later>"
    await call("chat.postMessage", channel=clara.id, text=text)
    assert clara.direct_messages[0].plain == "14. November 2023 23:13"


async def test_blocks_are_read_line_by_line(call: Caller, anna: Person) -> None:
    row = [{"type": "raw_text", "text": "P-1001"}, {"type": "raw_number", "value": 5}]
    rich = {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich"}]}
    blocks = [
        {"type": "header", "text": plain("Payments")},
        a_section("*Two* of", fields=[mrkdwn("_three_"), plain("*literal*")]),
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("by"), mrkdwn(f"<@{anna.id}>")]},
        {"type": "table", "rows": [row]},
        {"type": "rich_text", "elements": [rich]},
    ]
    await call("chat.postMessage", channel=anna.id, text="x", blocks=blocks)
    assert anna.direct_messages[0].plain.splitlines() == [
        "Payments",
        "Two of",
        "three",
        "*literal*",
        "by @Anna Berg",
        "P-1001 | 5",
        "rich",
    ]


@pytest.mark.parametrize("mention", ["<!channel>", "<!here>", "<!everyone>", "<!here|all>"])
async def test_a_mass_mention_is_reported(call: Caller, anna: Person, mention: str) -> None:
    await call("chat.postMessage", channel=anna.id, text=f"Hello {mention}")
    assert anna.direct_messages[0].mass_mentions == [mention]
    assert call.workspace.mass_mentions == [mention]


async def test_mass_mentions_are_found_in_blocks_but_not_in_plain_text(
    call: Caller, anna: Person
) -> None:
    blocks = [a_section("<!here>"), {"type": "header", "text": plain("<!channel>")}]
    await call("chat.postMessage", channel=anna.id, text="x", blocks=blocks)
    assert anna.direct_messages[0].mass_mentions == ["<!here>"]


async def test_an_escaped_mention_notifies_nobody(call: Caller, anna: Person) -> None:
    await call("chat.postMessage", channel=anna.id, text="&lt;!channel&gt;")
    assert anna.direct_messages[0].plain == "<!channel>"
    assert call.workspace.mass_mentions == []
