"""`oauth.v2.access`: a code from the install page becomes the bot's token, once."""

from sandbox.slack.errors import ApiError
from sandbox.slack.limits import Tier
from sandbox.slack.methods.method import Args, Method
from sandbox.slack.records import Payload
from sandbox.slack.world import World


def access(world: World, args: Args) -> Payload:
    if args.text("client_id") != world.client_id:
        raise ApiError("invalid_client_id")
    if args.text("client_secret") != world.client_secret:
        raise ApiError("bad_client_secret")
    installer = world.permissions.redeem(args.text("code"))
    return {
        "access_token": world.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(world.scopes)),
        "bot_user_id": world.bot_user_id,
        "app_id": world.app_id,
        "team": {"id": world.team_id, "name": world.name},
        "enterprise": None,
        "authed_user": {"id": installer},
        "is_enterprise_install": False,
    }


METHODS = {"oauth.v2.access": Method(run=access, tier=Tier.SPECIAL, open=True)}
