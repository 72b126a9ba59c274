-- Users, their memberships, and what each role may do with every table.
--
-- People act as role "authenticated" (Supabase's name) and are known by auth.uid(). A user may belong
-- to many accounts, in one of four roles; each role may do what the ones below it may. The matrix is
-- told in docs/data-model.md, and a test holds the two together.

-- Declared from the least to the most: comparing roles is comparing rights.
create type public.account_role as enum ('agent', 'member', 'admin', 'owner');

create table public.users (
  id uuid primary key default gen_random_uuid(),
  -- Empty once the login is deleted: what the person did stays theirs.
  auth_user_id uuid unique references auth.users on delete set null,
  email text check (length(email) <= 254),
  name text not null default '' check (length(name) <= 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.users is 'People who can sign in; made when their login is made.';

create table public.account_memberships (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts,
  user_id uuid not null references public.users,
  role public.account_role not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, user_id)
);
comment on table public.account_memberships is 'Who belongs to an account, and in which role.';

create index on public.users (email);
create index on public.users (created_at);
create index on public.account_memberships (user_id);
create index on public.account_memberships (account_id, created_at);

create trigger touch before update on public.users
  for each row execute function app_private.touch();
create trigger touch before update on public.account_memberships
  for each row execute function app_private.touch();

-- A login is a user ------------------------------------------------------------------------------

create function app_private.follow_login() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if tg_op = 'INSERT' then
    insert into public.users (auth_user_id, email, name)
    values (new.id, left(new.email, 254),
            left(coalesce(to_jsonb(new) #>> '{raw_user_meta_data,name}', ''), 200));
  else
    update public.users set email = left(new.email, 254) where auth_user_id = new.id;
  end if;
  return null;
end
$$;

create trigger voice_worker_login_made after insert on auth.users
  for each row execute function app_private.follow_login();
create trigger voice_worker_login_changed after update on auth.users
  for each row when (old.email is distinct from new.email)
  execute function app_private.follow_login();

insert into public.users (auth_user_id, email) select id, left(email, 254) from auth.users;

-- Who am I, and where may I do what ----------------------------------------------------------------
--
-- Security definer: they read the very tables whose policies call them. They can't recurse because
-- their owner is not bound by policies; the end of this file makes sure of it. Policies use the
-- functions that return sets, wrapped as "= any (array(select …))": evaluated once for a statement,
-- where has_account_role(account_id, …) would be called for every row.

create function app_private.current_user_id() returns uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$ select id from public.users where auth_user_id = auth.uid() $$;

create function app_private.account_ids_with_role(lowest public.account_role) returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select m.account_id
    from public.account_memberships m join public.users u on u.id = m.user_id
    where u.auth_user_id = auth.uid() and m.role >= account_ids_with_role.lowest
  $$;

create function public.get_user_account_ids() returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$ select app_private.account_ids_with_role('agent') $$;
comment on function public.get_user_account_ids() is 'Accounts the signed-in user belongs to.';

create function public.has_account_role(account_id uuid, role public.account_role) returns boolean
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select has_account_role.account_id in (
      select app_private.account_ids_with_role(has_account_role.role))
  $$;
comment on function public.has_account_role(uuid, public.account_role) is
  'Whether the signed-in user has this role in the account, or a higher one.';

create function app_private.fellow_user_ids() returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select user_id from public.account_memberships
    where account_id in (select app_private.account_ids_with_role('agent'))
    union
    select app_private.current_user_id()
  $$;

-- Owners -------------------------------------------------------------------------------------------

create function app_private.keep_an_owner() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if old.role = 'owner' and (tg_op = 'DELETE' or new.role <> 'owner') then
    -- Two owners who leave at once wait for each other here.
    perform from public.accounts where id = old.account_id for no key update;
    if not exists (select from public.account_memberships
                   where account_id = old.account_id and role = 'owner' and id <> old.id) then
      raise exception 'the last owner of an account can''t leave: make somebody else owner first'
        using errcode = 'check_violation', table = 'account_memberships', column = 'role';
    end if;
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end
$$;

create trigger keep_an_owner before update or delete on public.account_memberships
  for each row execute function app_private.keep_an_owner();

create function app_private.refuse_move() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  raise exception '% of a % can''t be changed: make a new one', tg_argv[0], tg_table_name
    using errcode = 'check_violation', table = tg_table_name, column = tg_argv[0];
end
$$;

-- A membership stays with its person, and a flow's version stays what calls have run.
create trigger same_person before update on public.account_memberships
  for each row when (old.user_id <> new.user_id or old.account_id <> new.account_id)
  execute function app_private.refuse_move('user_id');
create trigger same_definition before update on public.flows
  for each row when (old.definition <> new.definition or old.version <> new.version
                     or old.campaign_id <> new.campaign_id)
  execute function app_private.refuse_move('definition');

create function public.create_account(name text, slug text) returns uuid
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  me uuid := app_private.current_user_id();
  made uuid := gen_random_uuid();
begin
  if me is null then
    raise exception 'sign in to make an account' using errcode = 'insufficient_privilege';
  end if;
  insert into public.accounts (id, name, slug)
  values (made, create_account.name, create_account.slug);
  insert into public.account_memberships (account_id, user_id, role) values (made, me, 'owner');
  return made;
end
$$;
comment on function public.create_account(text, text) is
  'Makes an account and the signed-in user its owner.';

create function public.add_member(account_id uuid, email text, role public.account_role)
  returns uuid
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  person uuid;
  made uuid;
begin
  if not public.has_account_role(
       add_member.account_id, greatest('admin', add_member.role)) then
    raise exception 'only % may add a member as %',
      case add_member.role when 'owner' then 'an owner' else 'an admin' end, add_member.role
      using errcode = 'insufficient_privilege';
  end if;
  select u.id into person from public.users u
  where lower(u.email) = lower(add_member.email) and u.auth_user_id is not null
  order by u.created_at limit 1;
  if person is null then
    raise exception 'nobody has signed up as %', left(add_member.email, 254)
      using errcode = 'no_data_found', column = 'email';
  end if;
  insert into public.account_memberships (account_id, user_id, role)
  values (add_member.account_id, person, add_member.role)
  returning id into made;
  return made;
end
$$;
comment on function public.add_member(uuid, text, public.account_role) is
  'Adds somebody who has signed up; admins may add anybody but an owner.';

-- Hand-offs are claimed by people --------------------------------------------------------------------

alter table public.handoff_requests
  add column assigned_to_user_id uuid,
  add column deadline timestamptz,
  add column claimed_at timestamptz,
  add column resolved_at timestamptz,
  add foreign key (account_id, assigned_to_user_id)
    references public.account_memberships (account_id, user_id)
    on delete set null (assigned_to_user_id);
create index on public.handoff_requests (account_id, assigned_to_user_id);
create index on public.handoff_requests (account_id, created_at);

create function public.claim_handoff(handoff_id uuid) returns public.handoff_requests
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  me uuid := app_private.current_user_id();
  found_row public.handoff_requests;
begin
  -- One statement: of two agents the second waits for the first, then finds it taken.
  update public.handoff_requests h
  set status = 'claimed', assigned_to_user_id = me, claimed_at = now()
  where h.id = claim_handoff.handoff_id and h.status = 'pending'
    and h.account_id = any (array(select public.get_user_account_ids()))
  returning * into found_row;
  if found then
    return found_row;
  end if;
  select * into found_row from public.handoff_requests h
  where h.id = claim_handoff.handoff_id
    and h.account_id = any (array(select public.get_user_account_ids()));
  if not found then
    raise exception 'there is no such hand-off' using errcode = 'no_data_found';
  end if;
  -- Asking twice is no mistake.
  if found_row.status = 'claimed' and found_row.assigned_to_user_id = me then
    return found_row;
  end if;
  raise exception 'this hand-off is % already', found_row.status
    using errcode = 'object_not_in_prerequisite_state';
end
$$;
comment on function public.claim_handoff(uuid) is
  'Takes a pending hand-off for the signed-in user; refused when somebody else was first.';

create function public.resolve_handoff(handoff_id uuid) returns public.handoff_requests
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  found_row public.handoff_requests;
begin
  update public.handoff_requests h
  set status = 'resolved', resolved_at = now()
  where h.id = resolve_handoff.handoff_id and h.status = 'claimed'
    and (h.account_id = any (array(select app_private.account_ids_with_role('admin')))
         or (h.account_id = any (array(select public.get_user_account_ids()))
             and h.assigned_to_user_id = app_private.current_user_id()))
  returning * into found_row;
  if not found then
    raise exception 'there is no such hand-off for you to resolve: claim it first'
      using errcode = 'object_not_in_prerequisite_state';
  end if;
  return found_row;
end
$$;
comment on function public.resolve_handoff(uuid) is
  'Closes a hand-off; for whoever claimed it, and for admins.';

-- State machines -------------------------------------------------------------------------------------

create trigger guard_status before update on public.accounts
  for each row execute function app_private.guard_status(
    'active>suspended', 'suspended>active', 'active>closed', 'suspended>closed');
create trigger guard_status before update on public.campaigns
  for each row execute function app_private.guard_status(
    'draft>active', 'active>paused', 'paused>active',
    'draft>archived', 'active>archived', 'paused>archived');
create trigger guard_status before update on public.knowledge_documents
  for each row execute function app_private.guard_status(
    'pending>indexed', 'pending>failed', 'indexed>pending', 'failed>pending');

-- No call is completed that was never active.
drop trigger guard_status on public.call_sessions;
create trigger guard_status before update on public.call_sessions
  for each row execute function app_private.guard_status(
    'connecting>active', 'connecting>failed', 'connecting>abandoned',
    'active>completed', 'active>failed', 'active>abandoned');

-- Columns and indexes the first migration left out ------------------------------------------------------

alter table public.call_events add column updated_at timestamptz not null default now();
alter table public.call_costs add column updated_at timestamptz not null default now();
alter table public.audit_logs add column updated_at timestamptz not null default now();

create index on public.accounts (status);
create index on public.accounts (created_at);
create index on public.campaigns (account_id, created_at);
create index on public.flows (account_id, created_at);
create index on public.knowledge_sources (account_id, created_at);
create index on public.knowledge_documents (account_id, status);
create index on public.knowledge_documents (account_id, created_at);
create index on public.leads (account_id, status);
create index on public.leads (account_id, phone);
create index on public.call_sessions (account_id, status);
-- The page of a call's transcript, in the order it is read.
create index on public.call_transcripts (account_id, created_at);

-- What belongs to users may be made without choosing an id.
do $$
declare
  name text;
begin
  foreach name in array array['accounts', 'campaigns', 'flows', 'knowledge_sources',
    'knowledge_documents', 'leads', 'call_sessions', 'call_transcripts', 'handoff_requests',
    'call_events'] loop
    execute format('alter table public.%I alter column id set default gen_random_uuid()', name);
  end loop;
end
$$;

-- Row level security -----------------------------------------------------------------------------------

-- Puts a table under its account: forced policies for the worker (what it may do) and for people (the
-- least role for each verb; null: nobody). Which columns people may write are column grants.
create function app_private.protect(
    of_table regclass, worker_may text[], reads public.account_role, adds public.account_role,
    changes public.account_role, removes public.account_role, account_column text default 'account_id')
  returns void
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
declare
  verb record;
begin
  execute format('alter table %s enable row level security', of_table);
  execute format('alter table %s force row level security', of_table);
  for verb in
    select * from (values
      ('select', 'reads', 'using', reads), ('insert', 'adds', 'check', adds),
      ('update', 'changes', 'both', changes), ('delete', 'removes', 'using', removes)
    ) as v (command, word, clause, lowest)
  loop
    if verb.command = any (worker_may) then
      execute format('create policy worker_%s on %s for %s to voice_worker %s',
        verb.word, of_table, verb.command,
        app_private.policy_body(verb.clause, format(
          '%I = (select app_private.worker_account())', account_column)));
      execute format('grant %s on %s to voice_worker', verb.command, of_table);
    end if;
    if verb.lowest is not null then
      execute format('create policy members_%s on %s for %s to authenticated %s',
        verb.word, of_table, verb.command,
        app_private.policy_body(verb.clause, format(
          '%I = any (array(select app_private.account_ids_with_role(%L)))',
          account_column, verb.lowest)));
    end if;
  end loop;
end
$$;

create function app_private.policy_body(clause text, condition text) returns text
  language sql immutable
  set search_path = pg_catalog, pg_temp
  as $$
    select case clause
      when 'using' then format('using (%s)', condition)
      when 'check' then format('with check (%s)', condition)
      else format('using (%1$s) with check (%1$s)', condition)
    end
  $$;

-- Supabase grants everything on new tables and functions to its roles; here nothing is a gift.
revoke all on public.users, public.account_memberships from public, anon, authenticated;

select app_private.protect('public.accounts', '{}', 'agent', null, 'admin', null, 'id');
grant select, update (name) on public.accounts to authenticated;

select app_private.protect('public.campaigns', '{}', 'agent', 'member', 'member', null);
grant select,
  insert (id, account_id, name, slug, status, entry_type, primary_flow_id, settings),
  update (name, slug, status, entry_type, primary_flow_id, settings)
  on public.campaigns to authenticated;

select app_private.protect('public.flows', '{}', 'agent', 'member', 'member', null);
grant select, insert (id, account_id, campaign_id, name, version, definition), update (name)
  on public.flows to authenticated;

select app_private.protect('public.knowledge_sources', '{}', 'agent', 'member', 'member', null);
grant select, insert (id, account_id, campaign_id, name, type, config),
  update (campaign_id, name, config)
  on public.knowledge_sources to authenticated;

select app_private.protect('public.knowledge_documents', '{}', 'agent', 'member', 'member', null);
grant select, insert (id, account_id, source_id, uri_or_path, metadata), update (status, metadata)
  on public.knowledge_documents to authenticated;

select app_private.protect('public.leads', '{}', 'agent', null, 'agent', null);
grant select, update (name, email, phone, company, status, score, intent_summary)
  on public.leads to authenticated;

select app_private.protect('public.call_sessions', '{}', 'agent', null, null, null);
select app_private.protect('public.call_transcripts', '{}', 'agent', null, null, null);
select app_private.protect('public.handoff_requests', '{}', 'agent', null, 'member', null);
select app_private.protect('public.call_events', '{}', 'member', null, null, null);
select app_private.protect('public.call_costs', '{}', 'member', null, null, null);
select app_private.protect('public.audit_logs', '{}', 'admin', null, null, null);
grant select on public.call_sessions, public.call_transcripts, public.handoff_requests,
  public.call_events, public.call_costs, public.audit_logs to authenticated;
grant update (priority, deadline) on public.handoff_requests to authenticated;
-- What was said is written once.
drop policy worker_changes on public.call_transcripts;
revoke update on public.call_transcripts from voice_worker;

select app_private.protect('public.account_memberships', '{}', 'agent', null, null, null);
-- Owners are made, changed and removed by owners; everybody may leave.
create policy members_adds on public.account_memberships for insert to authenticated
  with check (
    account_id = any (array(select app_private.account_ids_with_role('owner')))
    or (role < 'owner'
        and account_id = any (array(select app_private.account_ids_with_role('admin')))));
create policy members_changes on public.account_memberships for update to authenticated
  using (
    account_id = any (array(select app_private.account_ids_with_role('owner')))
    or (role < 'owner'
        and account_id = any (array(select app_private.account_ids_with_role('admin')))))
  with check (
    account_id = any (array(select app_private.account_ids_with_role('owner')))
    or (role < 'owner'
        and account_id = any (array(select app_private.account_ids_with_role('admin')))));
create policy members_removes on public.account_memberships for delete to authenticated
  using (
    user_id = (select app_private.current_user_id())
    or account_id = any (array(select app_private.account_ids_with_role('owner')))
    or (role < 'owner'
        and account_id = any (array(select app_private.account_ids_with_role('admin')))));
grant select, insert (account_id, user_id, role), update (role), delete
  on public.account_memberships to authenticated;

alter table public.users enable row level security;
alter table public.users force row level security;
create policy members_reads on public.users for select to authenticated
  using (id = any (array(select app_private.fellow_user_ids())));
create policy members_changes on public.users for update to authenticated
  using (id = (select app_private.current_user_id()))
  with check (id = (select app_private.current_user_id()));
grant select, update (name) on public.users to authenticated;

-- Who may call what ---------------------------------------------------------------------------------------

revoke all on function
  public.get_user_account_ids(), public.has_account_role(uuid, public.account_role),
  public.create_account(text, text), public.add_member(uuid, text, public.account_role),
  public.claim_handoff(uuid), public.resolve_handoff(uuid)
  from public, anon, authenticated;
revoke all on all functions in schema app_private from public;
grant usage on schema public, app_private to authenticated;
grant execute on function
  app_private.current_user_id(), app_private.account_ids_with_role(public.account_role),
  app_private.fellow_user_ids(),
  public.get_user_account_ids(), public.has_account_role(uuid, public.account_role),
  public.create_account(text, text), public.add_member(uuid, text, public.account_role),
  public.claim_handoff(uuid), public.resolve_handoff(uuid)
  to authenticated;

-- Forced policies bind an ordinary owner too: a helper that reads a table whose policy calls the helper
-- would then never end. So every security definer function must belong to a role that policies do not bind.
create function app_private.functions_that_could_recurse() returns setof text
  language sql stable
  set search_path = pg_catalog, pg_temp
  as $$
    select p.oid::regprocedure::text
    from pg_proc p join pg_roles r on r.oid = p.proowner
    where p.pronamespace in ('public'::regnamespace, 'app_private'::regnamespace)
      and p.prosecdef and not (r.rolsuper or r.rolbypassrls)
  $$;
revoke all on function app_private.functions_that_could_recurse() from public;

do $$
declare
  culprit text;
begin
  for culprit in select app_private.functions_that_could_recurse() loop
    raise exception 'function % belongs to a role bound by row level security and could recurse',
      culprit;
  end loop;
end
$$;
