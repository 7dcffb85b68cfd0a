-- What clocks ask of all tenants at once, so that one with nothing for them to do costs no statement of its own.

-- Whose dead letters may grow, or were said to.
create function tenants_with_letters() returns setof text language sql stable security definer set search_path from current
as $$
  select t.id from tenants t where exists (select from dead_letters d where d.tenant_id = t.id and d.status = 'kept')
  union
  select tenant_id from notices where kind = 'dead_letters_growing' and resolved_at is null
  order by 1
$$;
-- Who has gateways that told of their health before and were not heard of for so long, or had them.
create function tenants_with_silent_gateways(seconds bigint) returns setof text language sql stable security definer set search_path from current
as $$
  select tenant_id from gateways where health_at is not null and status = 'active' and last_seen_at < now() - make_interval(secs => seconds)
  union
  select tenant_id from notices where kind like 'gateway-silent:%' and resolved_at is null
$$;
create function tenants_with_rules() returns setof text language sql stable security definer set search_path from current
as $$ select distinct tenant_id from rules $$;
create function tenants_with_asset_definitions() returns setof text language sql stable security definer set search_path from current
as $$ select distinct tenant_id from asset_definitions $$;

-- Whose replays are not at their end.
create index replays_open on replays (tenant_id) where state in ('queued', 'running');
create function tenants_with_replays() returns setof text language sql stable security definer set search_path from current
as $$ select distinct tenant_id from replays where state in ('queued', 'running') order by 1 $$;

-- Who has calls to the FSM, and messages, on their way.
create function tenants_with_actions_out() returns setof text language sql stable security definer set search_path from current
as $$ select t.id from tenants t where exists (select from actions a where a.tenant_id = t.id and a.state = 'SENDING') $$;
create function tenants_with_messages_out() returns setof text language sql stable security definer set search_path from current
as $$ select distinct tenant_id from messages where state = 'SENDING' $$;
-- Who has messages that are to be deleted.
create index on escalations (ended_at) where ended_at is not null;
create function tenants_with_old_messages(days int) returns setof text language sql stable security definer set search_path from current
as $$
  select t.id from tenants t
   where exists (select from messages m where m.tenant_id = t.id and m.state in ('SENT', 'DEAD', 'SUPPRESSED') and m.created_at < now() - days * interval '1 day')
      or exists (select from inbox i where i.tenant_id = t.id and i.created_at < now() - days * interval '1 day')
  union
  select tenant_id from escalations where ended_at < now() - days * interval '1 day'
$$;

-- Whose links have begun or ended by the clock since then, which nobody announces. The first row has no tenant and the time for the next look;
-- what is committed after it was looked for is announced.
create index bindings_begin on bindings (valid_from);
create index bindings_end on bindings (valid_to) where valid_to is not null;
create function links_turned(since timestamptz) returns table (at timestamptz, tenant_id text)
language sql stable security definer set search_path from current
as $$
  select now(), ''::text
  union all
  (select now(), b.tenant_id from bindings b where b.valid_from > since and b.valid_from <= now()
   union
   select now(), b.tenant_id from bindings b where b.valid_to > since and b.valid_to <= now())
$$;
-- Whatever rules know of a device is announced, so that nobody has to look for it.
create or replace trigger tell_registry after insert or delete or update of serial, device_type, manufacturer, model, installation_location, equipment_id,
  status, metadata, connection_type, parent_id, port on devices for each row execute function tell_registry();

do $$
declare
  f text;
begin
  foreach f in array array['tenants_with_letters()', 'tenants_with_silent_gateways(bigint)', 'tenants_with_rules()', 'tenants_with_asset_definitions()',
                           'tenants_with_replays()', 'tenants_with_actions_out()', 'tenants_with_messages_out()', 'tenants_with_old_messages(int)',
                           'links_turned(timestamptz)'] loop
    execute format('revoke execute on function %s from public', f);
    execute format('grant execute on function %s to hub_app', f);
  end loop;
end $$;
