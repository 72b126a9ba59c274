"""`voice-worker integrations`: the systems an account's leads go to."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from config import load_settings
from pipelines.events import new_id
from voice_worker.cli import given
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, ask
from voice_worker.delivery.channels import Target, missing, usage
from voice_worker.delivery.http import http_client, usable_url
from voice_worker.delivery.message import Message
from voice_worker.delivery.outbox import send
from voice_worker.errors import NotFound, RowRefused
from voice_worker.store import integrations
from voice_worker.store.database import Database
from voice_worker.store.secrets import Keyring


class Type(StrEnum):
    slack = "slack"
    asana = "asana"
    webhook = "webhook"
    email = "email"
    crm = "crm"


NameArgument = Annotated[str, typer.Argument(help="The integration's name.")]

integrations_app = typer.Typer(
    help="Integrations: list them, add one, switch one on or off.", invoke_without_command=True
)


@integrations_app.callback()
def integrations_command(
    context: typer.Context, account: AccountSlug = "demo", as_json: JsonOption = False
) -> None:
    """List an account's integrations; secrets are never shown."""
    if context.invoked_subcommand:
        return
    print_rows(
        ask(account, integrations.list_integrations),
        ("name", "type", "active", "config", "has_secrets"),
        empty="No integrations yet.",
        as_json=as_json,
    )


@integrations_app.command("add")
def add_command(
    name: NameArgument,
    type: Annotated[Type, typer.Option("--type", help="What kind of system it is.")],
    account: AccountSlug = "demo",
    config: given.ConfigOption = [],  # noqa: B006
    secret: given.SecretOption = [],  # noqa: B006
) -> None:
    """Add an integration. Secrets are encrypted before they reach the database."""
    settings = load_settings()
    keyring = Keyring.load(settings.security.secret_keys, settings.home)
    pairs = given.pairs(config)
    if lacking := missing(type.value, pairs, dict.fromkeys(secret, "")):
        raise RowRefused(f"Missing: {', '.join(lacking)}. {usage(type.value)}")
    if "url" in pairs:
        usable_url(pairs["url"], allow_http=settings.delivery.allow_private_addresses)
    sealed = given.secrets(secret)
    ask(
        account,
        lambda database, account_id: integrations.add_integration(
            database, keyring, account_id,
            name=name, type=type.value, config=pairs, secrets=sealed,
        ),
    )  # fmt: skip
    note(f"added {name}")


@integrations_app.command("test")
def test_command(name: NameArgument, account: AccountSlug = "demo") -> None:
    """Send a made-up lead to an integration, now, and say what came of it."""
    settings = load_settings()
    keyring = Keyring.load(settings.security.secret_keys, settings.home)
    private = settings.delivery.allow_private_addresses

    async def run(database: Database, account_id: UUID) -> None:
        rows = await integrations.list_integrations(database, account_id)
        found = next((row for row in rows if row["name"] == name), None)
        if found is None:
            raise NotFound(
                f"There is no integration {name}. `voice-worker integrations` lists them."
            )
        secrets = await integrations.secrets_of(database, keyring, account_id, name)
        target = Target(name, found["type"], found["config"], secrets, private)
        async with http_client(allow_private_addresses=private) as client:
            await send(client, target, _made_up(account))

    ask(account, run)
    note(f"{name} took a test message")


def _made_up(account: str) -> Message:
    return Message(
        id=new_id(), at=datetime.now(UTC), account=account, campaign="test", call_id=new_id(),
        reason="Test message", payload={"note": "Sent by voice-worker integrations test"},
        lead={"name": "Jane Example", "email": "jane@example.com", "phone": "+12025550123"},
    )  # fmt: skip


@integrations_app.command("enable")
def enable_command(name: NameArgument, account: AccountSlug = "demo") -> None:
    """Switch an integration on."""
    _switch(name, account, True)


@integrations_app.command("disable")
def disable_command(name: NameArgument, account: AccountSlug = "demo") -> None:
    """Switch an integration off; nothing is delivered to it until it is on again."""
    _switch(name, account, False)


def _switch(name: str, account: str, active: bool) -> None:
    ask(
        account,
        lambda database, account_id: integrations.set_active(database, account_id, name, active),
    )
    note(f"{name} is {'on' if active else 'off'}")
