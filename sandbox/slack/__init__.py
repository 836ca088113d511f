"""A simulated Slack workspace: a Web API over HTTP, and people who act at the screen."""

from sandbox.slack.delivery import SOCKETS, Answer
from sandbox.slack.errors import ApiError, CannotDo
from sandbox.slack.message import Channel, Message, Reply
from sandbox.slack.modal import Modal
from sandbox.slack.person import Person
from sandbox.slack.records import Sharing
from sandbox.slack.submission import SubmitResult
from sandbox.slack.view_screen import Home
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import Call

__all__ = [
    "SOCKETS",
    "Answer",
    "ApiError",
    "Call",
    "CannotDo",
    "Channel",
    "Home",
    "Message",
    "Modal",
    "Person",
    "Reply",
    "Sharing",
    "SubmitResult",
    "Workspace",
]
