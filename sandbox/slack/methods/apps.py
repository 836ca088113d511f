"""`apps.connections.open`: where the app opens its next socket."""

from sandbox.slack.errors import ApiError
from sandbox.slack.limits import Tier
from sandbox.slack.methods.method import Args, Method
from sandbox.slack.records import Payload
from sandbox.slack.world import World


def open_connection(world: World, _args: Args) -> Payload:
    if not world.sockets.url:
        raise ApiError("internal_error")  # Nobody serves sockets here.
    return {"url": world.sockets.issue_url()}


METHODS = {
    "apps.connections.open": Method(run=open_connection, tier=Tier.THREE, for_app=True),
}
