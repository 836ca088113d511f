"""Tells the app what happened, and tells it again: at once, after a minute, after five."""

from collections.abc import Mapping

from sandbox.slack.delivery import Answer, event
from sandbox.slack.payloads import event_callback
from sandbox.slack.records import Payload
from sandbox.slack.world import World

RETRY_DELAYS = (0.0, 60.0, 300.0)  # Seconds.
MOST_TOLD_AGAIN = 1_000  # Events that wait for a retry; Slack gives up on an app long before.


async def tell(world: World, inner: Payload) -> Answer:
    """Deliver once and return that answer; retries go on behind the caller's back."""
    payload = event_callback(world, inner)
    answer = await world.courier.deliver(event(payload))
    if _again(answer) and len(world.tasks) < MOST_TOLD_AGAIN:
        world.go_on(_tell_again(world, payload, answer))
    return answer


async def verify_url(world: World) -> Answer:
    """Ask the app to prove that the URL is its own, as Slack does when it is entered."""
    challenge = world.mint.word(52)
    payload = {
        "token": world.verification_token,
        "challenge": challenge,
        "type": "url_verification",
    }
    answer = await world.courier.deliver(event(payload))
    if answer.accepted and challenge not in answer.body:
        return Answer(status=answer.status, body=answer.body, error="url_verification_failed")
    return answer


async def _tell_again(world: World, payload: Payload, answer: Answer) -> None:
    for number, delay in enumerate(RETRY_DELAYS, start=1):
        await world.sleep(delay)
        headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": _reason(answer)}
        answer = await world.courier.deliver(event(payload, headers=headers))
        if not _again(answer):
            break


def _again(answer: Answer) -> bool:
    return not answer.accepted and not _no_retry(answer.headers)


def _no_retry(headers: Mapping[str, str]) -> bool:
    return headers.get("x-slack-no-retry") == "1"


def _reason(answer: Answer) -> str:
    if answer.error == "operation_timeout":
        return "http_timeout"
    return "connection_failed" if answer.status is None else "http_error"
