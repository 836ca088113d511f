"""`auth.test`, `team.info` and `users.*`: who is here."""

from sandbox.slack import payloads
from sandbox.slack.limits import Tier
from sandbox.slack.methods.method import Args, Method, paged
from sandbox.slack.records import Account, Payload
from sandbox.slack.world import World


def auth_test(world: World, _args: Args) -> Payload:
    return {
        "url": f"https://{world.domain}.slack.com/",
        "team": world.name,
        "user": world.accounts[world.bot_user_id].handle,
        "team_id": world.team_id,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


def team_info(world: World, _args: Args) -> Payload:
    return {
        "team": {
            "id": world.team_id,
            "name": world.name,
            "domain": world.domain,
            "email_domain": f"{world.domain}.example",
            "icon": {"image_default": True},
        }
    }


def user_info(world: World, args: Args) -> Payload:
    return {"user": _user(world, world.account(args.text("user")), args)}


def user_list(world: World, args: Args) -> Payload:
    everyone = [_user(world, account, args) for account in world.accounts.values()]
    return {**paged(everyone, args, under="members"), "cache_ts": int(world.clock())}


def _user(world: World, account: Account, args: Args) -> Payload:
    locale = {"locale": account.locale} if args.flag("include_locale") else {}
    return {**payloads.user(world, account), **locale}


METHODS = {
    "auth.test": Method(run=auth_test, tier=Tier.SPECIAL),
    "team.info": Method(run=team_info, tier=Tier.THREE, scopes=("team:read",)),
    "users.info": Method(run=user_info, tier=Tier.FOUR, scopes=("users:read",), required=("user",)),
    "users.list": Method(run=user_list, tier=Tier.TWO, scopes=("users:read",)),
}
