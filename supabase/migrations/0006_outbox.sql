-- What the outbox needs to be worked off: which request a delivery belongs to, and a look-up of whose
-- deliveries are due that tells nothing else.

alter table public.deliveries
  add column request_id uuid,
  add column priority text not null default 'normal'
    check (priority in ('low', 'normal', 'high', 'urgent')),
  add column reason text not null default '' check (length(reason) <= 2000),
  add unique (request_id, integration_id);

create function app_private.accounts_with_due_deliveries() returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select distinct account_id from public.deliveries
    where status = 'pending' and next_attempt_at <= now()
  $$;
revoke all on function app_private.accounts_with_due_deliveries() from public;
grant execute on function app_private.accounts_with_due_deliveries() to voice_worker;
