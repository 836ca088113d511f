"""What the app's answer to a submission does to the modals on the screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.delivery import Answer
from sandbox.slack.errors import ApiError
from sandbox.slack.records import Payload, View
from sandbox.slack.views import push_modal, update_view
from sandbox.slack.world import World

TROUBLE = "invalid_response"  # The client shows "We had some trouble connecting. Try again?"


@dataclass(frozen=True, kw_only=True)
class SubmitResult:
    """`errors` stand below fields, by label; `error` names why no usable answer came."""

    accepted: bool
    errors: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    error: str | None = None
    response_action: str | None = None


def settle(
    world: World, view: View, answer: Answer, labels: Mapping[str, str], *, was_open: bool
) -> SubmitResult:
    """Apply the answer; to a view that is gone by now, nothing can be done any more."""
    if not answer.accepted:
        return SubmitResult(accepted=False, status=answer.status, error=answer.error)
    try:
        body = answer.as_json()
        action = body.get("response_action")
        if action == "errors":
            return _show_errors(world, view, answer, _errors(body, labels), labels)
        _apply(world, _in_front(view, was_open=was_open), action, body)
    except (ValueError, AttributeError, ApiError) as error:
        return SubmitResult(accepted=False, status=answer.status, error=f"{TROUBLE}: {error}")
    return SubmitResult(accepted=True, status=answer.status, response_action=action)


def _in_front(view: View, *, was_open: bool) -> View:
    """Return what the answer meets: a modal opened while it was awaited is closed by it at once."""
    return view.gave_way_to if was_open and view.gave_way_to else view


def _apply(world: World, view: View, action: Any, body: Payload) -> None:  # noqa: ANN401 - whatever the app answered.
    if not view.is_open:
        return
    match action:
        case None:
            world.close_views(view.owner_id, down_to=view)
        case "clear":
            world.close_views(view.owner_id)
        case "update":
            update_view(world, view, body.get("view"))
        case "push":
            push_modal(world, user_id=view.owner_id, view=body.get("view"))
        case _:
            raise ValueError(f"unknown response_action {action!r}")


def _errors(body: Payload, labels: Mapping[str, str]) -> dict[str, str]:
    errors = body.get("errors")
    if not isinstance(errors, dict) or not errors:
        raise ValueError("errors must name at least one block")
    if unknown := errors.keys() - labels.keys():
        raise ValueError(f"errors name blocks that take no input: {sorted(unknown)}")
    return {block_id: str(text) for block_id, text in errors.items()}


def _show_errors(
    world: World, view: View, answer: Answer, errors: dict[str, str], labels: Mapping[str, str]
) -> SubmitResult:
    view.errors = errors
    world.changed()
    by_label = {labels[block_id]: text for block_id, text in errors.items()}
    return SubmitResult(
        accepted=False, errors=by_label, status=answer.status, response_action="errors"
    )
