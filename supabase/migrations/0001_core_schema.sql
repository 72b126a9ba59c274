-- Core schema: accounts and their campaigns, flows, knowledge, calls, leads, hand-offs, audit, costs.
--
-- Every row belongs to an account. Row level security is enabled and forced on every table; the
-- worker acts as role voice_worker, which owns nothing, can't bypass policies, can't delete, and sees
-- only the account set for its transaction (app.account_id). Composite foreign keys keep a child
-- row from pointing into another account, where policies do not look.

create schema if not exists app_private;
revoke all on schema app_private from public;

-- Forced policies also bind the owner of security definer functions, which would recurse into them.
do $$
begin
  if not (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) then
    raise exception 'Migrations must run as a role with BYPASSRLS (on Supabase: postgres), not as %',
      current_user;
  end if;
  if not exists (select from pg_roles where rolname = 'voice_worker') then
    create role voice_worker login noinherit nobypassrls nosuperuser nocreatedb nocreaterole;
  end if;
  -- So that whoever migrates may also act as the worker, but only as the worker.
  execute format('grant voice_worker to %I', current_user);
end
$$;

grant usage on schema public, app_private to voice_worker;

-- Helpers --------------------------------------------------------------------------------------

create function app_private.worker_account() returns uuid
  language sql stable
  set search_path = pg_catalog, pg_temp
  -- A transaction-local setting reads as '' once its transaction is over.
  as $$ select nullif(current_setting('app.account_id', true), '')::uuid $$;

create function app_private.touch() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- Refuses any change of "status" that is not listed: arguments are 'from>to' pairs.
create function app_private.guard_status() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if new.status is distinct from old.status
     and not (old.status::text || '>' || new.status::text = any (tg_argv)) then
    raise exception 'a % can''t go from % to %', tg_table_name, old.status, new.status
      using errcode = 'check_violation';
  end if;
  return new;
end
$$;

create function app_private.refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- Tables ---------------------------------------------------------------------------------------

create table public.accounts (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  plan text not null default 'free' check (plan in ('free', 'pro', 'enterprise')),
  status text not null default 'active' check (status in ('active', 'suspended', 'closed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table public.campaigns (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  name text not null check (length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  status text not null default 'draft' check (status in ('draft', 'active', 'paused', 'archived')),
  entry_type text not null default 'web' check (entry_type in ('web', 'phone', 'both')),
  primary_flow_id uuid,
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id)
);

create table public.flows (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  campaign_id uuid not null,
  name text not null check (length(name) between 1 and 200),
  version integer not null check (version > 0),
  definition jsonb not null
    check (jsonb_typeof(definition) = 'object' and pg_column_size(definition) <= 1048576),
  checked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  unique (campaign_id, version),
  foreign key (account_id, campaign_id) references public.campaigns (account_id, id)
);

alter table public.campaigns
  add foreign key (account_id, primary_flow_id) references public.flows (account_id, id);

create table public.knowledge_sources (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  campaign_id uuid,
  name text not null check (length(name) between 1 and 200),
  type text not null check (type in ('uploaded_doc', 'web_crawl', 'manual_qna', 'api_sync')),
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  foreign key (account_id, campaign_id) references public.campaigns (account_id, id)
);

create table public.knowledge_documents (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  source_id uuid not null,
  status text not null default 'pending' check (status in ('pending', 'indexed', 'failed')),
  uri_or_path text not null check (length(uri_or_path) <= 2000),
  content_hash text,
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  unique (source_id, uri_or_path),
  foreign key (account_id, source_id) references public.knowledge_sources (account_id, id)
);

create table public.leads (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  campaign_id uuid not null,
  call_session_id uuid not null,
  name text check (length(name) <= 500),
  email text check (length(email) <= 254),
  phone text check (phone ~ '^\+[1-9][0-9]{3,14}$'),
  company text check (length(company) <= 500),
  status text not null default 'new'
    check (status in ('new', 'contacted', 'qualified', 'converted', 'unqualified')),
  score integer check (score between 0 and 100),
  intent_summary text check (length(intent_summary) <= 2000),
  -- For each field the value, the caller's own words, where in the call, and whether confirmed.
  fields jsonb not null default '{}' check (jsonb_typeof(fields) = 'object'),
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  foreign key (account_id, campaign_id) references public.campaigns (account_id, id)
);

create table public.call_sessions (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  campaign_id uuid not null,
  flow_id uuid not null,
  flow_version integer not null,
  lead_id uuid,
  status text not null default 'connecting'
    check (status in ('connecting', 'active', 'completed', 'failed', 'abandoned')),
  transport text not null check (transport in ('web', 'sip', 'media')),
  worker text check (length(worker) <= 200),
  outcome text check (length(outcome) <= 200),
  answered_at timestamptz,
  ended_at timestamptz,
  duration_ms bigint check (duration_ms >= 0),
  cost_cents numeric(14, 6) check (cost_cents >= 0),
  metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  foreign key (account_id, campaign_id) references public.campaigns (account_id, id),
  foreign key (account_id, flow_id) references public.flows (account_id, id),
  foreign key (account_id, lead_id) references public.leads (account_id, id)
);

alter table public.leads
  add foreign key (account_id, call_session_id) references public.call_sessions (account_id, id);

create table public.call_transcripts (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  call_session_id uuid not null,
  seq integer not null check (seq >= 0),
  speaker text not null check (speaker in ('caller', 'ai_agent', 'human_agent', 'system')),
  text text not null check (length(text) <= 20000),
  heard_text text check (length(heard_text) <= 20000),
  offset_ms bigint not null check (offset_ms >= 0),
  duration_ms bigint check (duration_ms >= 0),
  confidence real check (confidence between 0 and 1),
  interrupted boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (call_session_id, seq),
  foreign key (account_id, call_session_id) references public.call_sessions (account_id, id)
);

create table public.handoff_requests (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  call_session_id uuid not null,
  lead_id uuid,
  status text not null default 'pending' check (status in ('pending', 'claimed', 'resolved')),
  priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  reason text not null default '' check (length(reason) <= 2000),
  target text not null default '' check (length(target) <= 200),
  payload jsonb not null default '{}' check (jsonb_typeof(payload) = 'object'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  foreign key (account_id, call_session_id) references public.call_sessions (account_id, id),
  foreign key (account_id, lead_id) references public.leads (account_id, id)
);

create table public.call_events (
  id uuid primary key,
  account_id uuid not null references public.accounts,
  call_session_id uuid not null,
  seq integer not null check (seq >= 0),
  type text not null check (length(type) <= 60),
  offset_ms bigint not null,
  at timestamptz not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  unique (call_session_id, seq),
  foreign key (account_id, call_session_id) references public.call_sessions (account_id, id)
);

create table public.call_costs (
  account_id uuid not null references public.accounts,
  call_session_id uuid not null,
  minute integer not null check (minute >= 0),
  component text not null
    check (component in ('trunk', 'transport', 'stt', 'tts', 'llm', 'embedding', 'compute')),
  provider text not null check (length(provider) <= 100),
  unit text not null check (length(unit) <= 40),
  quantity numeric(20, 9) not null,
  micro_dollars bigint not null,
  priced boolean not null,
  created_at timestamptz not null default now(),
  primary key (call_session_id, minute, component, provider, unit),
  foreign key (account_id, call_session_id) references public.call_sessions (account_id, id)
);

create table public.audit_logs (
  id bigint generated always as identity primary key,
  account_id uuid not null references public.accounts,
  actor text not null,
  event_type text not null,
  entity_type text not null,
  entity_id uuid not null,
  before jsonb,
  after jsonb,
  created_at timestamptz not null default now()
);

-- Indexes: every foreign key, and what the worker and the command line look up ---------------------

create index on public.campaigns (account_id, status);
create index on public.campaigns (account_id, primary_flow_id);
create index on public.flows (account_id, campaign_id);
create index on public.knowledge_sources (account_id, campaign_id);
create index on public.knowledge_documents (account_id, source_id);
create index on public.leads (account_id, created_at desc);
create index on public.leads (account_id, campaign_id);
create index on public.leads (account_id, call_session_id);
create index on public.leads (account_id, email);
create index on public.call_sessions (account_id, created_at desc);
create index on public.call_sessions (account_id, campaign_id);
create index on public.call_sessions (account_id, flow_id);
create index on public.call_sessions (account_id, lead_id);
create index on public.call_sessions (status) where status in ('connecting', 'active');
create index on public.call_transcripts (account_id, call_session_id, seq);
create index on public.handoff_requests (account_id, status);
create index on public.handoff_requests (account_id, call_session_id);
create index on public.handoff_requests (account_id, lead_id);
create index on public.call_events (account_id, call_session_id);
create index on public.call_costs (account_id, call_session_id);
create index on public.audit_logs (account_id, created_at);
create index on public.audit_logs (account_id, entity_type, entity_id);

-- State machines and timestamps ------------------------------------------------------------------

create trigger guard_status before update on public.call_sessions
  for each row execute function app_private.guard_status(
    'connecting>active', 'connecting>failed', 'connecting>abandoned', 'connecting>completed',
    'active>completed', 'active>failed', 'active>abandoned');

create trigger guard_status before update on public.leads
  for each row execute function app_private.guard_status(
    'new>contacted', 'contacted>qualified', 'contacted>converted', 'contacted>unqualified');

create trigger guard_status before update on public.handoff_requests
  for each row execute function app_private.guard_status('pending>claimed', 'claimed>resolved');

do $$
declare
  name text;
begin
  foreach name in array array['accounts', 'campaigns', 'flows', 'knowledge_sources',
    'knowledge_documents', 'leads', 'call_sessions', 'call_transcripts', 'handoff_requests'] loop
    execute format('create trigger touch before update on public.%I
      for each row execute function app_private.touch()', name);
  end loop;
  foreach name in array array['call_events', 'audit_logs'] loop
    execute format('create trigger append_only before update or delete on public.%I
      for each row execute function app_private.refuse_change()', name);
  end loop;
end
$$;

-- Audit: written by triggers, so no way of changing state goes around it ----------------------------

create function app_private.audit() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  old_row jsonb := case when tg_op = 'INSERT' then null else to_jsonb(old) end;
  new_row jsonb := case when tg_op = 'DELETE' then null else to_jsonb(new) end;
  subject jsonb := coalesce(new_row, old_row);
begin
  if tg_op = 'UPDATE' and old_row - 'updated_at' = new_row - 'updated_at' then
    return null;
  end if;
  insert into public.audit_logs (account_id, actor, event_type, entity_type, entity_id, before, after)
  values (
    coalesce((subject ->> 'account_id')::uuid, (subject ->> 'id')::uuid),
    session_user, lower(tg_op), tg_table_name, (subject ->> 'id')::uuid, old_row, new_row);
  return null;
end
$$;

do $$
declare
  name text;
begin
  foreach name in array array['accounts', 'campaigns', 'flows', 'knowledge_sources', 'leads',
    'handoff_requests'] loop
    execute format('create trigger audit after insert or update or delete on public.%I
      for each row execute function app_private.audit()', name);
  end loop;
end
$$;

create trigger audit_created after insert or delete on public.call_sessions
  for each row execute function app_private.audit();
create trigger audit_status after update on public.call_sessions
  for each row when (old.status is distinct from new.status) execute function app_private.audit();

-- Row level security -----------------------------------------------------------------------------

do $$
declare
  name text;
  owner_column text;
begin
  for name in select tablename from pg_tables where schemaname = 'public' loop
    owner_column := case when name = 'accounts' then 'id' else 'account_id' end;
    execute format('alter table public.%I enable row level security', name);
    execute format('alter table public.%I force row level security', name);
    execute format('revoke all on public.%I from public, anon, authenticated', name);
    execute format('create policy worker_reads on public.%I for select to voice_worker
      using (%I = (select app_private.worker_account()))', name, owner_column);
    execute format('grant select on public.%I to voice_worker', name);
    -- Audit rows come from triggers only.
    if name <> 'audit_logs' then
      execute format('create policy worker_adds on public.%I for insert to voice_worker
        with check (%I = (select app_private.worker_account()))', name, owner_column);
      execute format('grant insert on public.%I to voice_worker', name);
    end if;
    if name not in ('audit_logs', 'call_events', 'call_costs') then
      execute format('create policy worker_changes on public.%I for update to voice_worker
        using (%2$I = (select app_private.worker_account()))
        with check (%2$I = (select app_private.worker_account()))', name, owner_column);
      execute format('grant update on public.%I to voice_worker', name);
    end if;
  end loop;
end
$$;

-- Look-ups the worker needs before it knows the account: as little as possible leaves them ---------

create function app_private.account_of_campaign(campaign_slug text) returns uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$ select account_id from public.campaigns where slug = campaign_slug $$;

create function app_private.account_by_slug(account_slug text) returns uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$ select id from public.accounts where slug = account_slug $$;

create function app_private.accounts_with_open_calls() returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select distinct account_id from public.call_sessions where status in ('connecting', 'active')
  $$;

revoke all on all functions in schema app_private from public;
grant execute on function
  app_private.worker_account(),
  app_private.account_of_campaign(text),
  app_private.account_by_slug(text),
  app_private.accounts_with_open_calls()
  to voice_worker;
