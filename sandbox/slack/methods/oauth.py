"""`oauth.v2.access`: a code from the install page becomes a token, a refresh token the next."""

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
    match args.text("grant_type"):
        case "" | "authorization_code":
            return _install(world, args)
        case "refresh_token":
            token, lasts = args.text("refresh_token"), world.registration.tokens_last
            return _told(world, world.tokens.refresh(token, lasts=lasts))
        case _:
            raise ApiError("invalid_grant_type")


def _install(world: World, args: Args) -> Payload:
    code = world.permissions.redeem(args.text("code"), redirect_uri=args.text("redirect_uri"))
    world.has_app, world.scopes = True, set(code.scopes or world.scopes)
    app = world.registration
    granted = world.tokens.grant(lasts=app.tokens_last if app.rotates_tokens else None)
    return {**_told(world, granted), "authed_user": {"id": code.user_id}}


def _told(world: World, granted: Payload) -> Payload:
    organisation = world.installs_in
    return {
        **granted,
        "token_type": "bot",
        "scope": ",".join(sorted(world.scopes)),
        "bot_user_id": world.bot_user_id,
        "app_id": world.app_id,
        "team": None if organisation else {"id": world.team_id, "name": world.name},
        "enterprise": {"id": organisation, "name": world.name} if organisation else None,
        "is_enterprise_install": organisation is not None,
    }


METHODS = {"oauth.v2.access": Method(run=access, tier=Tier.SPECIAL, open=True)}
