"""`voice-worker trunks`: the carriers an account's calls come and go by."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from config import load_settings
from voice_worker.cli import given
from voice_worker.cli.findings import show_findings
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, account_id_of, ask, open_as_owner
from voice_worker.errors import NotFound
from voice_worker.sip.trunk_settings import check_trunk_settings
from voice_worker.store import trunks
from voice_worker.store.database import Database
from voice_worker.store.secrets import Keyring


class Kind(StrEnum):
    register = "register"
    address = "address"
    twilio = "twilio"
    telnyx = "telnyx"
    plivo = "plivo"


NameArgument = Annotated[str, typer.Argument(help="The trunk's name.")]

trunks_app = typer.Typer(
    help="Trunks: list them, add one, remove one, check one.", invoke_without_command=True
)


@trunks_app.callback()
def trunks_command(
    context: typer.Context, account: AccountSlug = "demo", as_json: JsonOption = False
) -> None:
    """List an account's trunks; secrets are never shown."""
    if context.invoked_subcommand:
        return
    print_rows(
        ask(account, trunks.list_trunks),
        ("name", "kind", "active", "config", "has_secrets"),
        empty="No trunks yet.",
        as_json=as_json,
    )


@trunks_app.command("add")
def add_command(
    name: NameArgument,
    kind: Annotated[
        Kind,
        typer.Option(
            help="register: sign on with user and password; address: the carrier knows our "
            "address; twilio, telnyx, plivo: media over WebSocket."
        ),
    ],
    account: AccountSlug = "demo",
    config: given.ConfigOption = [],  # noqa: B006
    secret: given.SecretOption = [],  # noqa: B006
) -> None:
    """Add a trunk. Secrets are encrypted before they reach the database.

    A carrier that wants a registration: `trunks add acme --kind register
    --config host=sip.acme.example --config user=4711 --secret password`. Other keys: auth_user,
    transport (udp, tcp, tls), domain, caller_id, prefix, plus=no, expires, provider (key of the
    price sheet). A running worker notices within a minute.
    """
    settings = load_settings()
    keyring = Keyring.load(settings.security.secret_keys, settings.home)
    pairs, sealed = given.pairs(config), given.secrets(secret)
    check_trunk_settings(name, kind, pairs, sealed)
    ask(
        account,
        lambda database, account_id: trunks.add_trunk(
            database, keyring, account_id,
            name=name, kind=kind.value, config=pairs, secrets=sealed,
        ),
    )  # fmt: skip
    note(f"added {name}; `voice-worker trunks check {name}` tries it")


@trunks_app.command("remove")
def remove_command(name: NameArgument, account: AccountSlug = "demo") -> None:
    """Remove a trunk and its secrets."""

    async def run() -> None:
        async with open_as_owner(load_settings()) as connection:
            account_id = await account_id_of(connection, account)
            gone = await connection.execute(
                "delete from trunks where account_id = $1 and name = $2", account_id, name
            )
            if gone == "DELETE 0":
                raise NotFound(f"There is no trunk {name}. `voice-worker trunks` lists them.")

    asyncio.run(run())
    note(f"removed {name}")


@trunks_app.command("check")
def check_command(
    name: NameArgument, account: AccountSlug = "demo", as_json: JsonOption = False
) -> None:
    """Try a trunk: its settings, its carrier, its password. Exit status 1 when something is wrong.

    Signs on for a moment where the trunk registers; a running worker's own registration stays.
    """
    # Only here: the SIP stack is native code that other commands do without.
    from voice_worker.sip.checkup import check_trunk

    settings = load_settings()
    keyring = Keyring.load(settings.security.secret_keys, settings.home)

    async def of(database: Database, account_id: UUID) -> trunks.Trunk:
        found = await trunks.active_trunks(database, keyring, account_id)
        for trunk in found:
            if trunk.name == name:
                return trunk
        raise NotFound(f"There is no trunk {name}. `voice-worker trunks` lists them.")

    trunk = ask(account, of)
    show_findings(asyncio.run(check_trunk(trunk, settings)), as_json=as_json)
