-- Whoever claims a caller who waits on the line may have them put through.

alter table public.handoff_requests
  add column connect_to text not null default '' check (length(connect_to) <= 200);
comment on column public.handoff_requests.connect_to is
  'Number or SIP address the waiting caller is to be connected to; empty: they are called back.';

drop function public.claim_handoff(uuid);
create function public.claim_handoff(handoff_id uuid, connect_to text default '')
  returns public.handoff_requests
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
  as $$
declare
  me uuid := app_private.current_user_id();
  found_row public.handoff_requests;
begin
  -- One statement: of two agents the second waits for the first, then finds it taken.
  update public.handoff_requests h
  set status = 'claimed', assigned_to_user_id = me, claimed_at = now(),
      connect_to = claim_handoff.connect_to
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
comment on function public.claim_handoff(uuid, text) is
  'Takes a pending hand-off for the signed-in user, and says where its caller, if they wait, is to be
connected to; refused when somebody else was first.';
revoke all on function public.claim_handoff(uuid, text) from public, anon, authenticated;
grant execute on function public.claim_handoff(uuid, text) to authenticated;
