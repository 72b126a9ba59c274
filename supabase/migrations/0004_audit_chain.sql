-- The audit log as a chain: each row's hash covers the row before it in its account, so a row that was
-- changed, removed or moved shows. `voice-worker db audit-verify` walks it.
--
-- before and after are covered through a salted digest: erasing a person empties them and forgets the
-- salt, and the chain still holds.

alter table public.audit_logs
  add column user_id uuid references public.users,
  add column seq bigint,
  add column salt bytea,
  add column body_digest bytea,
  add column hash bytea,
  add column erased_at timestamptz;

-- The end of each chain: without it, cutting off the newest rows would not show. Locked while a row is
-- added, so the rows of an account have one order.
create table app_private.audit_heads (
  account_id uuid primary key references public.accounts,
  seq bigint not null default 0,
  hash bytea not null default '\x'
);
alter table app_private.audit_heads enable row level security;
alter table app_private.audit_heads force row level security;

-- Erasures, by the function of the next migration; also how triggers know that one is under way.
create table app_private.erasures (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts,
  reason text not null check (reason in ('person', 'retention')),
  calls integer not null,
  transaction xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now()
);
create index on app_private.erasures (account_id);
create index on app_private.erasures (transaction);
alter table app_private.erasures enable row level security;
alter table app_private.erasures force row level security;

create function app_private.erasing() returns boolean
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  -- A restored cluster may count transactions anew: the time tells old ones from this one.
  as $$
    select exists (select from app_private.erasures
                   where transaction = pg_current_xact_id_if_assigned() and created_at = now())
  $$;

create function app_private.audit_body_digest(salt bytea, before jsonb, after jsonb) returns bytea
  language sql immutable
  set search_path = pg_catalog, pg_temp
  as $$
    select sha256(salt || convert_to(
      coalesce(before::text, '') || E'\x1f' || coalesce(after::text, ''), 'UTF8'))
  $$;

create function app_private.audit_hash(previous bytea, entry public.audit_logs) returns bytea
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select sha256(previous || convert_to(concat_ws(E'\x1f',
      entry.account_id, entry.seq, entry.actor, coalesce(entry.user_id::text, ''),
      entry.event_type, entry.entity_type, entry.entity_id,
      (extract(epoch from entry.created_at) * 1000000)::bigint,
      encode(entry.body_digest, 'hex')), 'UTF8'))
  $$;

create function app_private.append_audit(entry public.audit_logs) returns void
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  head app_private.audit_heads;
begin
  insert into app_private.audit_heads (account_id) values (entry.account_id)
    on conflict do nothing;
  select * into head from app_private.audit_heads where account_id = entry.account_id for update;
  entry.seq := head.seq + 1;
  entry.salt := uuid_send(gen_random_uuid());
  entry.body_digest := app_private.audit_body_digest(entry.salt, entry.before, entry.after);
  entry.hash := app_private.audit_hash(head.hash, entry);
  insert into public.audit_logs (account_id, user_id, actor, event_type, entity_type, entity_id,
    before, after, created_at, updated_at, seq, salt, body_digest, hash)
  values (entry.account_id, entry.user_id, entry.actor, entry.event_type, entry.entity_type,
    entry.entity_id, entry.before, entry.after, entry.created_at, entry.created_at, entry.seq,
    entry.salt, entry.body_digest, entry.hash);
  update app_private.audit_heads set seq = entry.seq, hash = entry.hash
  where account_id = entry.account_id;
end
$$;

-- Rows written before there was a chain enter it as they are.
drop trigger append_only on public.audit_logs;
do $$
declare
  entry public.audit_logs;
  head app_private.audit_heads;
begin
  insert into app_private.audit_heads (account_id) select distinct account_id from public.audit_logs;
  for entry in select * from public.audit_logs order by id loop
    select * into head from app_private.audit_heads where account_id = entry.account_id;
    entry.seq := head.seq + 1;
    entry.salt := uuid_send(gen_random_uuid());
    entry.body_digest := app_private.audit_body_digest(entry.salt, entry.before, entry.after);
    entry.hash := app_private.audit_hash(head.hash, entry);
    update public.audit_logs
    set seq = entry.seq, salt = entry.salt, body_digest = entry.body_digest, hash = entry.hash
    where id = entry.id;
    update app_private.audit_heads set seq = entry.seq, hash = entry.hash
    where account_id = entry.account_id;
  end loop;
end
$$;

alter table public.audit_logs
  alter column seq set not null,
  alter column body_digest set not null,
  alter column hash set not null,
  add unique (account_id, seq);
create index on public.audit_logs (user_id);

-- Append-only, whoever asks; emptying the bodies is for an erasure only.
create function app_private.guard_audit() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if tg_op = 'UPDATE' and app_private.erasing() then
    if new.before is null and new.after is null and new.salt is null
       and to_jsonb(new) - '{before,after,salt,erased_at,updated_at}'::text[]
         = to_jsonb(old) - '{before,after,salt,erased_at,updated_at}'::text[] then
      return new;
    end if;
  end if;
  raise exception 'audit_logs is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete on public.audit_logs
  for each row execute function app_private.guard_audit();
create trigger keep_all before truncate on public.audit_logs
  for each statement execute function app_private.refuse_change();
create trigger keep_all before truncate on public.call_events
  for each statement execute function app_private.refuse_change();

-- Columns named as arguments are left out of before and after: secrets, and what another table keeps.
create or replace function app_private.audit() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  old_row jsonb := case when tg_op = 'INSERT' then null else to_jsonb(old) end;
  new_row jsonb := case when tg_op = 'DELETE' then null else to_jsonb(new) end;
  subject jsonb := coalesce(new_row, old_row);
  entry public.audit_logs;
begin
  if tg_op = 'UPDATE' and old_row - 'updated_at' = new_row - 'updated_at' then
    return null;
  end if;
  entry.account_id := coalesce((subject ->> 'account_id')::uuid, (subject ->> 'id')::uuid);
  entry.user_id := app_private.current_user_id();
  entry.actor := session_user;
  entry.event_type := lower(tg_op);
  entry.entity_type := tg_table_name;
  entry.entity_id := (subject ->> 'id')::uuid;
  if tg_op = 'UPDATE' and app_private.erasing() then
    entry.event_type := 'erase';
  else
    entry.before := old_row - coalesce(tg_argv, '{}');
    entry.after := new_row - coalesce(tg_argv, '{}');
  end if;
  entry.created_at := clock_timestamp();
  perform app_private.append_audit(entry);
  return null;
end
$$;

-- Deferred to the commit: the head of the chain is then the last thing a transaction locks, so two
-- transactions of an account never wait for each other in a circle.
do $$
declare
  name text;
begin
  foreach name in array array['accounts', 'campaigns', 'flows', 'knowledge_sources', 'leads',
    'handoff_requests'] loop
    execute format('drop trigger audit on public.%I', name);
  end loop;
  foreach name in array array['accounts', 'account_memberships', 'campaigns',
    'knowledge_sources', 'knowledge_documents', 'leads', 'handoff_requests', 'deliveries'] loop
    execute format('create constraint trigger audit after insert or update or delete on public.%I
      deferrable initially deferred for each row execute function app_private.audit()', name);
  end loop;
end
$$;
create constraint trigger audit after insert or update or delete on public.flows
  deferrable initially deferred for each row execute function app_private.audit('definition');
create constraint trigger audit after insert or update or delete on public.integrations
  deferrable initially deferred for each row execute function app_private.audit('secrets');
create constraint trigger audit after insert on app_private.erasures
  deferrable initially deferred for each row execute function app_private.audit('transaction');

drop trigger audit_created on public.call_sessions;
drop trigger audit_status on public.call_sessions;
alter table public.call_sessions add column erased_at timestamptz;
create constraint trigger audit_created after insert or delete on public.call_sessions
  deferrable initially deferred for each row execute function app_private.audit();
create constraint trigger audit_status after update on public.call_sessions
  deferrable initially deferred for each row
  when (old.status is distinct from new.status or old.erased_at is distinct from new.erased_at)
  execute function app_private.audit();

revoke all on app_private.audit_heads, app_private.erasures from public;
revoke all on all functions in schema app_private from public;
