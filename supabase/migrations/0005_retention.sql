-- Erasing what people said and who they are, while counts and costs stay.

alter table public.leads add column erased_at timestamptz;
alter table public.handoff_requests add column erased_at timestamptz;
alter table public.deliveries add column erased_at timestamptz;

create index on public.call_sessions (ended_at) where erased_at is null;

-- Append-only but for an erasure, which may delete and nothing else.
create function app_private.guard_events() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  if tg_op = 'DELETE' and app_private.erasing() then
    return old;
  end if;
  raise exception 'call_events is append-only' using errcode = 'insufficient_privilege';
end
$$;
drop trigger append_only on public.call_events;
create trigger append_only before update or delete on public.call_events
  for each row execute function app_private.guard_events();

-- Erases what was said on these calls of one account, and by whom. Events that hold no words (timings,
-- usage, beginning and end) stay, as do calls, leads' states, and costs; lists of what may stay, so that
-- whatever is added later goes unless somebody decides otherwise. Returns how many rows were touched.
create function app_private.erase_calls(of_account uuid, calls uuid[], why text) returns jsonb
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  open_call uuid;
  erased_leads uuid[];
  erased_handoffs uuid[];
  erased_deliveries uuid[];
  transcripts bigint;
  events bigint;
  audit_rows bigint;
begin
  select id into open_call from public.call_sessions
  where account_id = of_account and id = any (calls) and status in ('connecting', 'active') limit 1;
  if open_call is not null then
    raise exception 'call % is still going on: erase it when it has ended', open_call
      using errcode = 'object_not_in_prerequisite_state';
  end if;

  insert into app_private.erasures (account_id, reason, calls)
  values (of_account, why, cardinality(calls));

  delete from public.call_transcripts where account_id = of_account and call_session_id = any (calls);
  get diagnostics transcripts = row_count;
  delete from public.call_events
  where account_id = of_account and call_session_id = any (calls)
    and type not in ('call_active', 'used', 'turn_timed', 'call_ended');
  get diagnostics events = row_count;

  with gone as (
    update public.leads set name = null, email = null, phone = null, company = null,
      intent_summary = null, fields = '{}', erased_at = now()
    where account_id = of_account and call_session_id = any (calls)
    returning id
  ) select coalesce(array_agg(id), '{}') into erased_leads from gone;
  with gone as (
    update public.handoff_requests set reason = '', payload = '{}', erased_at = now()
    where account_id = of_account and call_session_id = any (calls)
    returning id
  ) select coalesce(array_agg(id), '{}') into erased_handoffs from gone;
  with gone as (
    update public.deliveries set payload = '{}', last_error = null, erased_at = now()
    where account_id = of_account and call_session_id = any (calls)
    returning id
  ) select coalesce(array_agg(id), '{}') into erased_deliveries from gone;
  update public.call_sessions s
  set erased_at = now(),
    metadata = (select coalesce(jsonb_object_agg(key, value), '{}')
                from jsonb_each(s.metadata)
                where key in ('turns', 'faults', 'answer_ms_median', 'answer_ms_max', 'consent'))
  where account_id = of_account and id = any (calls);

  update public.audit_logs set before = null, after = null, salt = null,
    erased_at = now(), updated_at = now()
  where account_id = of_account and erased_at is null
    and (entity_type, entity_id) in (
      select 'call_sessions', unnest(calls)
      union all select 'leads', unnest(erased_leads)
      union all select 'handoff_requests', unnest(erased_handoffs)
      union all select 'deliveries', unnest(erased_deliveries));
  get diagnostics audit_rows = row_count;

  return jsonb_build_object('calls', cardinality(calls), 'leads', cardinality(erased_leads),
    'handoffs', cardinality(erased_handoffs), 'deliveries', cardinality(erased_deliveries),
    'transcript_lines', transcripts, 'events', events, 'audit_rows', audit_rows);
end
$$;

revoke all on all functions in schema app_private from public;
