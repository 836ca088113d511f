"""How Slack says no: to the app (ApiError) and to the person at the screen (CannotDo)."""

from typing import Any


class ApiError(Exception):
    """A refused Web API call: `{"ok": false, "error": code}` and what Slack adds to it."""

    def __init__(self, code: str, *, messages: list[str] | None = None, **detail: object) -> None:
        super().__init__(code if not messages else f"{code}: {'; '.join(messages)}")
        self.code = code
        self.messages = messages or []
        self.detail = detail

    def as_body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error": self.code, **self.detail}
        if self.messages:
            body["response_metadata"] = {"messages": self.messages}
        return body


class CannotDo(Exception):  # noqa: N818 - it says what a person at the screen finds.
    """The person asked for something that the screen in front of them does not offer."""
