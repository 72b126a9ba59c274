-- Workers take up knowledge while they run, and say what became of it.

-- Both null: no worker has indexed the source as it is now.
alter table public.knowledge_sources
  add column passages integer check (passages >= 0),
  add column problem text check (length(problem) <= 2000);

create function app_private.changed_source() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
  as $$
begin
  new.updated_at := now();
  new.passages := null;
  new.problem := null;
  return new;
end
$$;

-- What a worker says of a source is no change of it: updated_at is the version it has indexed.
drop trigger touch on public.knowledge_sources;
create trigger touch before update on public.knowledge_sources for each row
  when ((old.name, old.type, old.config, old.campaign_id)
        is distinct from (new.name, new.type, new.config, new.campaign_id))
  execute function app_private.changed_source();

drop trigger audit on public.knowledge_sources;
create constraint trigger audit after insert or delete on public.knowledge_sources
  deferrable initially deferred for each row execute function app_private.audit('passages', 'problem');
create constraint trigger audit_changes after update on public.knowledge_sources
  deferrable initially deferred for each row
  when ((old.name, old.type, old.config, old.campaign_id)
        is distinct from (new.name, new.type, new.config, new.campaign_id))
  execute function app_private.audit('passages', 'problem');

-- Which versions there are, of accounts that have a campaign which takes calls: asked every few
-- seconds, and no contents leave it.
create function app_private.knowledge_versions()
  returns table (account_id uuid, source_id uuid, updated_at timestamptz)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$
    select s.account_id, s.id, s.updated_at from public.knowledge_sources s
    where s.type in ('manual_qna', 'uploaded_doc') and exists (
      select from public.campaigns c where c.account_id = s.account_id and c.status = 'active')
    order by s.created_at, s.id
  $$;

revoke all on function app_private.changed_source(), app_private.knowledge_versions() from public;
grant execute on function app_private.knowledge_versions() to voice_worker;
