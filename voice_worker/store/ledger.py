"""What calls have cost: sums over the rows the recorder priced."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from voice_worker.costs import MICRO
from voice_worker.store.database import Database

GroupBy = Literal["campaign", "component", "day"]

# Minutes belong to calls, costs to their rows: summed apart, or a call's minutes would be counted
# once for every row.
_TOTAL = """
select count(*) as calls, coalesce(sum(duration_ms), 0) as milliseconds,
       coalesce(sum(cost_cents) * 10000, 0)::bigint as micro_dollars
from call_sessions s join campaigns c on c.account_id = s.account_id and c.id = s.campaign_id
where s.cost_cents is not null and ($1::text is null or c.slug = $1)
"""
_GROUPED = {
    "campaign": """
        select c.slug as name, count(*) as calls, coalesce(sum(s.duration_ms), 0) as milliseconds,
               (sum(s.cost_cents) * 10000)::bigint as micro_dollars, true as priced
        from call_sessions s
        join campaigns c on c.account_id = s.account_id and c.id = s.campaign_id
        where s.cost_cents is not null and ($1::text is null or c.slug = $1)
        group by c.slug order by c.slug""",
    "day": """
        select to_char(s.ended_at at time zone 'utc', 'YYYY-MM-DD') as name, count(*) as calls,
               coalesce(sum(s.duration_ms), 0) as milliseconds,
               (sum(s.cost_cents) * 10000)::bigint as micro_dollars, true as priced
        from call_sessions s
        join campaigns c on c.account_id = s.account_id and c.id = s.campaign_id
        where s.cost_cents is not null and ($1::text is null or c.slug = $1)
        group by 1 order by 1""",
    "component": """
        select k.component || ' ' || k.provider || ' ' || k.unit as name,
               k.component, k.provider, k.unit, sum(k.quantity) as quantity,
               count(distinct s.id) as calls, null::bigint as milliseconds,
               sum(k.micro_dollars)::bigint as micro_dollars, bool_and(k.priced) as priced
        from call_costs k
        join call_sessions s on s.account_id = k.account_id and s.id = k.call_session_id
        join campaigns c on c.account_id = s.account_id and c.id = s.campaign_id
        where s.cost_cents is not null and ($1::text is null or c.slug = $1)
        group by k.component, k.provider, k.unit
        order by sum(k.micro_dollars) desc, k.component""",
}


@dataclass(frozen=True)
class CostLine:
    """A group's calls, minutes and dollars."""

    name: str
    calls: int
    minutes: Decimal
    """Of the group's own calls; for a component, of all calls."""
    dollars: Decimal
    share: Decimal
    """0..1 of the total."""
    priced: bool
    """False when some of it has no price in the sheet."""
    key: tuple[str, str, str] | None = None
    """(component, provider, unit), for components."""
    quantity: Decimal | None = None

    @property
    def dollars_per_minute(self) -> Decimal:
        return self.dollars / self.minutes if self.minutes else Decimal(0)


async def costs(
    database: Database, account_id: UUID, *, campaign: str | None, by: GroupBy
) -> tuple[CostLine, list[CostLine]]:
    """The total of an account's ended calls, and its parts; the parts' dollars sum to the total."""
    async with database.tenant(account_id) as connection:
        total = await connection.fetchrow(_TOTAL, campaign)
        rows = await connection.fetch(_GROUPED[by], campaign)
    assert total is not None
    everything = Decimal(total["micro_dollars"])

    def line(name: str, row: object) -> CostLine:
        values = dict(row)  # type: ignore[call-overload]
        milliseconds = values["milliseconds"]
        own = total["milliseconds"] if milliseconds is None else milliseconds
        micro = Decimal(values["micro_dollars"])
        return CostLine(
            name=name,
            calls=values["calls"],
            minutes=Decimal(own) / 60_000,
            dollars=micro / MICRO,
            share=micro / everything if everything else Decimal(0),
            priced=values.get("priced", True),
            key=(values["component"], values["provider"], values["unit"])
            if "component" in values
            else None,
            quantity=values.get("quantity"),
        )

    return line("total", total), [line(row["name"], row) for row in rows]
