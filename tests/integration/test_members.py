"""Members of an account, from the command line."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import asyncpg

from tests.integration.test_campaigns import command


async def sign_up(url: str, email: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("insert into auth.users (id, email) values ($1, $2)", uuid4(), email)
    await connection.close()


def test_people_who_signed_up_are_let_in_and_out(database_urls: tuple[str, str]) -> None:
    def accounts(*arguments: str) -> str:
        return command(database_urls[0], "accounts", *arguments)

    def members(*arguments: str) -> str:
        return accounts("members", *arguments, "--account", "garage")

    def listed() -> list[tuple[str, str]]:
        rows = accounts("members", "--account", "garage", "--json").splitlines()
        return [(row["email"], row["role"]) for row in map(json.loads, rows)]

    for email in ("ann@example.com", "ben@example.com"):
        asyncio.run(sign_up(database_urls[0], email))
    assert "There is no account garage" in members("add", "ann@example.com", "--role", "owner")
    accounts("add", "garage", "--name", "The Garage")
    assert "garage has no members yet" in accounts("members", "--account", "garage")
    assert "Nobody has signed up as zoe@example.com" in members(
        "add", "zoe@example.com", "--role", "agent"
    )
    assert "ann@example.com is owner" in members("add", "ann@example.com", "--role", "owner")
    assert "Ben@Example.com is agent" in members("add", "Ben@Example.com", "--role", "agent")
    assert listed() == [("ann@example.com", "owner"), ("ben@example.com", "agent")]
    for gone in (("remove", "ann@example.com"), ("add", "ann@example.com", "--role", "admin")):
        assert "the last owner" in members(*gone)
    assert "ben@example.com is admin" in members("add", "ben@example.com", "--role", "admin")
    assert listed() == [("ann@example.com", "owner"), ("ben@example.com", "admin")]
    assert "no member of garage any more" in members("remove", "BEN@example.com")
    assert "BEN@example.com is no member of this account" in members("remove", "BEN@example.com")
    assert listed() == [("ann@example.com", "owner")]
