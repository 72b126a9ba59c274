"""`voice-worker costs`: what a minute costs, and what it is made of."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import typer

from config import load_settings
from voice_worker.cli.output import JsonOption, note, print_json, print_table
from voice_worker.cli.store import AccountSlug, ask
from voice_worker.costs import load_prices
from voice_worker.counted import counted
from voice_worker.errors import NotFound
from voice_worker.store.campaigns import campaign_by_slug
from voice_worker.store.ledger import CostLine, costs


class By(StrEnum):
    component = "component"
    campaign = "campaign"
    day = "day"


def costs_command(
    account: AccountSlug = "demo",
    campaign: Annotated[
        str, typer.Option(help="Only this campaign (its slug).", show_default="all campaigns")
    ] = "",
    by: Annotated[By, typer.Option(help="What to break the costs down by.")] = By.component,
    as_json: JsonOption = False,
) -> None:
    """Dollars for a minute of call, beside the target, and what each part contributes.

    Counts calls that have ended. Prices and their assumptions stand in config/prices.yaml.
    """
    prices = load_prices(load_settings().costs.path)

    async def run(database: Any, account_id: Any) -> tuple[CostLine, list[CostLine]]:
        if campaign:
            found = await campaign_by_slug(database, campaign)
            if found is None or found.account_id != account_id:
                raise NotFound(f"The account {account} has no campaign {campaign}.")
        return await costs(database, account_id, campaign=campaign or None, by=by.value)

    total, lines = ask(account, run)
    sheet = prices.on(datetime.now(UTC).date())
    rows = [_row(line, sheet.assumptions.get(line.key, "") if line.key else "") for line in lines]
    target = prices.target_per_minute
    if as_json:
        print_json({"total": _row(total, ""), "target_per_minute": target, "by": by, "parts": rows})
        return
    if not total.calls:
        note("No call has ended yet.")
        return
    note(
        f"{counted(total.calls, 'call')}, {total.minutes:.1f} minutes, ${total.dollars:.6f}: "
        f"${total.dollars_per_minute:.6f} a minute "
        f"({total.dollars_per_minute / target:.1%} of the ${target} target)"
    )
    columns = ["name", "dollars", "dollars_per_minute", "share"]
    if by is By.component:
        columns += ["quantity"]
    else:
        columns += ["calls", "minutes"]
    for row in rows:
        row["share"] = f"{row['share']:.1%}"
        row["dollars_per_minute"] = f"{row['dollars_per_minute']:.7f}"
        row["minutes"] = f"{row['minutes']:.1f}"
    print_table(rows, columns, empty="")
    assumed: dict[str, list[str]] = {}
    for row in rows:
        assumed.setdefault(row["assumption"], []).append(row["name"])
    for assumption, names in assumed.items():
        if assumption:
            note(f"{', '.join(names)}: {assumption}")
    if not all(line.priced for line in lines):
        note("Some usage has no price in the sheet and counts as nothing: see `priced` in --json.")


def _row(line: CostLine, assumption: str) -> dict[str, Any]:
    return {
        "name": line.name,
        "calls": line.calls,
        "minutes": line.minutes.quantize(Decimal("0.0001")),
        "dollars": line.dollars,
        "dollars_per_minute": line.dollars_per_minute.quantize(Decimal("0.000000001")),
        "share": line.share.quantize(Decimal("0.0001")),
        "quantity": line.quantity,
        "priced": line.priced,
        "assumption": assumption,
    }
