-- Which campaigns may be called: a worker renders their prompts before the first caller asks for one.

create function app_private.active_campaigns() returns setof text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$ select slug from public.campaigns where status = 'active' order by created_at $$;

revoke all on function app_private.active_campaigns() from public;
grant execute on function app_private.active_campaigns() to voice_worker;
