"""Trigger ids, response urls and install codes: short permissions from a person's act."""

from collections import OrderedDict
from dataclasses import dataclass

from sandbox.slack.errors import ApiError
from sandbox.slack.mint import Clock, Mint
from sandbox.slack.records import Post

TRIGGER_LIFE = 3.0  # Seconds.
RESPONSE_LIFE = 30 * 60.0  # Seconds.
RESPONSE_USES = 5
CODE_LIFE = 10 * 60.0  # Seconds between the install page and `oauth.v2.access`.
MOST_KEPT = 10_000  # Older permissions are forgotten, and then are as good as invalid.


@dataclass(kw_only=True)
class Trigger:
    user_id: str
    view_id: str | None
    expires_at: float
    exchanged: bool = False


@dataclass(kw_only=True)
class ResponseUrl:
    user_id: str
    channel_id: str
    source: Post | None  # The message whose button was pressed.
    expires_at: float
    uses: int = 0


@dataclass(frozen=True, kw_only=True)
class InstallCode:
    """`scopes` are None where those that the app has are meant."""

    user_id: str
    expires_at: float
    scopes: frozenset[str] | None
    redirect_uri: str


class Permissions:
    def __init__(self, *, mint: Mint, clock: Clock) -> None:
        self._mint = mint
        self._clock = clock
        self._triggers: OrderedDict[str, Trigger] = OrderedDict()
        self._responses: OrderedDict[str, ResponseUrl] = OrderedDict()
        self._codes: dict[str, InstallCode] = {}

    def issue_trigger(self, *, user_id: str, view_id: str | None = None) -> str:
        trigger_id = self._mint.trigger()
        expires_at = self._clock() + TRIGGER_LIFE
        self._triggers[trigger_id] = Trigger(
            user_id=user_id, view_id=view_id, expires_at=expires_at
        )
        _forget_oldest(self._triggers)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if trigger.exchanged:
            raise ApiError("exchanged_trigger_id")
        if self._clock() > trigger.expires_at:
            raise ApiError("expired_trigger_id")
        trigger.exchanged = True
        return trigger

    def issue_response(self, *, user_id: str, channel_id: str, source: Post | None) -> str:
        """Return the path of a new response url."""
        path = f"{self._mint.word(12)}/{self._mint.word(24)}"
        self._responses[path] = ResponseUrl(
            user_id=user_id,
            channel_id=channel_id,
            source=source,
            expires_at=self._clock() + RESPONSE_LIFE,
        )
        _forget_oldest(self._responses)
        return path

    def knows(self, permission: str) -> bool:
        """Whether a response's path or an install code is of this workspace."""
        return permission in self._responses or permission in self._codes

    def use_response(self, path: str) -> ResponseUrl:
        response = self._responses.get(path)
        if response is None:
            raise ApiError("invalid_url")
        if self._clock() > response.expires_at:
            raise ApiError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise ApiError("used_url")
        response.uses += 1
        return response

    def issue_code(
        self, *, user_id: str, scopes: frozenset[str] | None = None, redirect_uri: str = ""
    ) -> str:
        """Replace any code before it: a person installs one app at a time."""
        code = f"{self._mint.secret(12)}.{self._mint.secret(12)}.{self._mint.secret(64)}"
        self._codes = {
            code: InstallCode(
                user_id=user_id,
                expires_at=self._clock() + CODE_LIFE,
                scopes=scopes,
                redirect_uri=redirect_uri,
            )
        }
        return code

    def redeem(self, code: str, *, redirect_uri: str) -> InstallCode:
        """It comes from where the install page sent it."""
        found = self._codes.pop(code, None)
        if found is None or self._clock() > found.expires_at:
            raise ApiError("invalid_code")
        if redirect_uri != found.redirect_uri:
            raise ApiError("bad_redirect_uri")
        return found


def _forget_oldest(kept: OrderedDict[str, Trigger] | OrderedDict[str, ResponseUrl]) -> None:
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
