-- Telephony: the trunks an account's calls come and go by, whom it must not call, and which campaign
-- a dialled number reaches.

create table public.trunks (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts,
  name text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  -- register: we sign on at the carrier; address: it knows our address; the rest: media over WebSocket.
  kind text not null check (kind in ('register', 'address', 'twilio', 'telnyx', 'plivo')),
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  -- Ciphertext, as with integrations.
  secrets bytea check (length(secrets) <= 65536),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, name)
);
comment on table public.trunks is 'Carriers of an account: SIP accounts and media streams.';

create table public.do_not_call (
  account_id uuid not null references public.accounts,
  number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
  reason text not null default '' check (length(reason) <= 500),
  created_at timestamptz not null default now(),
  primary key (account_id, number)
);
comment on table public.do_not_call is 'Numbers an account must not call, whatever the campaign.';

create index on public.trunks (account_id, created_at);
create index on public.campaigns using gin ((settings -> 'phone_numbers'));

create trigger touch before update on public.trunks
  for each row execute function app_private.touch();

revoke all on public.trunks, public.do_not_call from public, anon, authenticated;

select app_private.protect('public.trunks', array['select', 'insert', 'update'],
  'member', 'admin', 'admin', 'admin');
-- Nobody but the worker reads secrets, not even as ciphertext.
grant
  select (id, account_id, name, kind, config, active, created_at, updated_at),
  insert (id, account_id, name, kind, config, active),
  update (name, config, active),
  delete
  on public.trunks to authenticated;

select app_private.protect('public.do_not_call', array['select', 'insert'],
  'agent', 'agent', null, 'admin');
grant select, insert (account_id, number, reason), delete on public.do_not_call to authenticated;

-- A number reaches one campaign: two active ones with the same would be decided by chance.
create function app_private.guard_phone_numbers() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  taken text;
begin
  if new.settings ? 'phone_numbers' then
    if jsonb_typeof(new.settings -> 'phone_numbers') <> 'array'
       or exists (select from jsonb_array_elements(new.settings -> 'phone_numbers') as n
                  where jsonb_typeof(n) <> 'string' or n #>> '{}' !~ '^\+?[0-9]{2,15}$') then
      raise exception 'phone_numbers must be a list of numbers like "+15035550142"'
        using errcode = 'check_violation', column = 'numbers';
    end if;
    if new.status = 'active' then
      perform pg_advisory_xact_lock(7240115009);
      select n into taken
      from public.campaigns c, jsonb_array_elements_text(c.settings -> 'phone_numbers') as n
      where c.status = 'active' and c.id <> new.id
        and jsonb_typeof(c.settings -> 'phone_numbers') = 'array'
        and (new.settings -> 'phone_numbers') ? n
      limit 1;
      if taken is not null then
        raise exception '% reaches another active campaign already', taken
          using errcode = 'unique_violation', column = 'numbers';
      end if;
    end if;
  end if;
  return new;
end
$$;
create trigger guard_phone_numbers before insert or update of settings, status on public.campaigns
  for each row execute function app_private.guard_phone_numbers();

create function app_private.campaign_by_number(dialled text)
  returns table (account_id uuid, slug text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select account_id, slug from public.campaigns
    where status = 'active' and settings -> 'phone_numbers' ? dialled
  $$;

create function app_private.accounts_with_trunks() returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$ select distinct account_id from public.trunks where active $$;

revoke all on function
  app_private.guard_phone_numbers(), app_private.campaign_by_number(text),
  app_private.accounts_with_trunks() from public;
grant execute on function
  app_private.campaign_by_number(text), app_private.accounts_with_trunks() to voice_worker;
