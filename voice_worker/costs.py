"""What a call cost: usage times dated price sheet, in integer micro-dollars that add up.

A quantity used during a minute is charged to that minute. Rounding would lose or invent money, so
each row is rounded down and the millionths left over go to the rows with the largest remainders:
the rows of a call sum exactly to the call's rounded total.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from pipelines.events import Used
from voice_worker.errors import PriceSheetInvalid

MICRO = Decimal(1_000_000)
MICRO_PER_CENT = Decimal(10_000)
MINUTE_MS = 60_000


@dataclass(frozen=True)
class Price:
    """US dollars for one unit."""

    component: str
    provider: str
    unit: str
    dollars: Decimal


@dataclass(frozen=True)
class PriceSheet:
    valid_from: date
    prices: dict[tuple[str, str, str], Decimal]
    assumptions: dict[tuple[str, str, str], str]
    """What each price rests on, in words."""


@dataclass(frozen=True)
class PriceList:
    """All sheets, and the price a minute should stay under."""

    target_per_minute: Decimal
    sheets: tuple[PriceSheet, ...]

    def on(self, day: date) -> PriceSheet:
        """The sheet in force on a day; before the first, the first."""
        valid = [sheet for sheet in self.sheets if sheet.valid_from <= day]
        return valid[-1] if valid else self.sheets[0]


@dataclass(frozen=True)
class CostRow:
    """One component's cost in one minute of the call. `priced` is False when no price was found."""

    minute: int
    component: str
    provider: str
    unit: str
    quantity: Decimal
    micro_dollars: int
    priced: bool


def load_prices(path: Path) -> PriceList:
    """Read a price sheet file.

    Raises:
        PriceSheetInvalid: says which entry is wrong.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
        sheets = tuple(
            sorted(
                (
                    PriceSheet(
                        valid_from=_day(sheet["valid_from"]),
                        prices={_key(item): _money(item) for item in sheet["prices"]},
                        assumptions={
                            _key(item): str(item.get("assumption", "")) for item in sheet["prices"]
                        },
                    )
                    for sheet in document["sheets"]
                ),
                key=lambda sheet: sheet.valid_from,
            )
        )
        if not sheets:
            raise PriceSheetInvalid(f"{path} holds no sheet. Add one with valid_from and prices.")
        return PriceList(Decimal(str(document["target_per_minute"])), sheets)
    except OSError as error:
        raise PriceSheetInvalid(f"{path} can't be read: {error.strerror}.") from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise PriceSheetInvalid(
            f"{path} is not a price sheet ({type(error).__name__}: {error}). "
            "See config/prices.yaml for the form."
        ) from error


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _key(item: dict[str, Any]) -> tuple[str, str, str]:
    return item["component"], item["provider"], item["per"]


def _money(item: dict[str, Any]) -> Decimal:
    price = Decimal(str(item["price"]))
    if price < 0:
        raise PriceSheetInvalid(f"The price of {item['component']} is negative.")
    return price


def price_call(used: Iterable[Used], sheet: PriceSheet) -> tuple[CostRow, ...]:
    """Cost rows of one call, by minute, component and provider."""
    totals: dict[tuple[int, str, str, str], Decimal] = {}
    for item in used:
        key = (item.offset_ms // MINUTE_MS, str(item.component), item.provider, item.unit)
        totals[key] = totals.get(key, Decimal(0)) + item.quantity
    exact = {
        key: quantity * sheet.prices.get(key[1:], Decimal(0)) * MICRO
        for key, quantity in totals.items()
    }
    whole = {key: int(value.to_integral_value(ROUND_FLOOR)) for key, value in exact.items()}
    total = int(sum(exact.values(), Decimal(0)).to_integral_value(ROUND_HALF_UP))
    by_remainder = sorted(exact, key=lambda key: (whole[key] - exact[key], key))
    for key in by_remainder[: total - sum(whole.values())]:
        whole[key] += 1
    return tuple(
        CostRow(*key, totals[key], whole[key], key[1:] in sheet.prices) for key in sorted(totals)
    )


def cents(rows: Iterable[CostRow]) -> Decimal:
    """Exact cents of a call."""
    return Decimal(sum(row.micro_dollars for row in rows)) / MICRO_PER_CENT
