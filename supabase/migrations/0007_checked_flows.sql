-- A campaign that takes calls runs a definition that was checked, and its own.

-- The database can't check a flow itself; it holds who says so. People have no grant on these two
-- columns: only the worker sets them, and it does where the check has just passed.
alter table public.flows
  add column checker integer check (checker > 0);
comment on column public.flows.checker is 'Version of the check that the definition has passed.';
update public.flows set checker = 1 where checked_at is not null;
-- The audit of these rows waits for the end of the transaction, and tables with such rows can't be
-- altered: write it now.
set constraints all immediate;
alter table public.flows
  add constraint checked_by_something check ((checked_at is null) = (checker is null));

-- A mark can be renewed by a later check, and never taken back: calls may run on it.
create function app_private.keep_checked() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  raise exception 'a flow that was checked stays checked: push a new version'
    using errcode = 'check_violation', table = 'flows', column = 'checked_at';
end
$$;
create trigger keep_checked before update on public.flows
  for each row when (old.checked_at is not null and new.checked_at is null)
  execute function app_private.keep_checked();

create function app_private.run_checked_flow() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  flow record;
begin
  select campaign_id, version, checked_at into flow
  from public.flows where account_id = new.account_id and id = new.primary_flow_id;
  -- A flow that does not exist is the foreign key's to refuse.
  if found and flow.campaign_id <> new.id then
    raise exception 'the flow belongs to another campaign: push it to this one'
      using errcode = 'check_violation', table = 'campaigns', column = 'primary_flow_id';
  elsif found and flow.checked_at is null then
    raise exception 'version % of the flow was not checked: push it with voice-worker flow push',
      flow.version
      using errcode = 'check_violation', table = 'campaigns', column = 'primary_flow_id';
  end if;
  return new;
end
$$;
create trigger run_checked_flow before insert or update of status, primary_flow_id
  on public.campaigns
  for each row when (new.status = 'active' and new.primary_flow_id is not null)
  execute function app_private.run_checked_flow();
