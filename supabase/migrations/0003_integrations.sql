-- Other systems an account's leads and hand-offs go to, and the outbox of what has to reach them.

create table public.integrations (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts,
  name text not null check (length(name) between 1 and 200),
  type text not null check (type in ('slack', 'asana', 'webhook', 'email', 'crm')),
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  -- Ciphertext: the worker holds the key, the database never sees what is in it.
  secrets bytea check (length(secrets) <= 65536),
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, name)
);
comment on table public.integrations is 'Slack, Asana, webhooks, mail and CRM systems of an account.';

create table public.deliveries (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts,
  integration_id uuid not null,
  call_session_id uuid not null,
  lead_id uuid,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  payload jsonb not null default '{}' check (jsonb_typeof(payload) = 'object'),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null default now(),
  delivered_at timestamptz,
  last_error text check (length(last_error) <= 2000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  foreign key (account_id, integration_id) references public.integrations (account_id, id),
  foreign key (account_id, call_session_id) references public.call_sessions (account_id, id),
  foreign key (account_id, lead_id) references public.leads (account_id, id)
);
comment on table public.deliveries is
  'The outbox: written with the lead, sent until the receiver took it; the id lets it tell repeats.';

create index on public.integrations (account_id, created_at);
create index on public.deliveries (account_id, integration_id);
create index on public.deliveries (account_id, call_session_id);
create index on public.deliveries (account_id, lead_id);
create index on public.deliveries (account_id, status);
create index on public.deliveries (account_id, created_at);
create index on public.deliveries (next_attempt_at) where status = 'pending';

create trigger touch before update on public.integrations
  for each row execute function app_private.touch();
create trigger touch before update on public.deliveries
  for each row execute function app_private.touch();
create trigger guard_status before update on public.deliveries
  for each row execute function app_private.guard_status(
    'pending>delivered', 'pending>failed', 'failed>pending');

revoke all on public.integrations, public.deliveries from public, anon, authenticated;

select app_private.protect('public.integrations', array['select', 'insert', 'update'],
  'member', 'admin', 'admin', 'admin');
-- Nobody but the worker reads secrets, not even as ciphertext.
grant
  select (id, account_id, name, type, config, active, created_at, updated_at),
  insert (id, account_id, name, type, config, active),
  update (name, config, active),
  delete
  on public.integrations to authenticated;

select app_private.protect('public.deliveries', array['select', 'insert', 'update'],
  'member', null, null, null);
grant select on public.deliveries to authenticated;
