-- What third parties are still to be told of events over Kafka: noted in the transaction of the change with the event as it is then, deleted
-- once Kafka has it. A hub on Kafka turns the switch each minute; where none has for three days, nothing is noted.
create table event_feed (
  id                  bigint generated always as identity primary key,
  tenant_id           text not null references tenants,
  device_id           uuid not null,
  change              text not null,
  at                  timestamptz not null default now(),
  facts               jsonb not null
);
create index on event_feed (tenant_id, id);
alter table event_feed enable row level security;
alter table event_feed force row level security;
create policy tenant_rows on event_feed to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant());
do $$ begin
  execute format('create policy owner_rows on event_feed to %I using (true) with check (true)', current_user);
end $$;
grant select, insert, delete on event_feed to hub_app;

create table event_feed_switch (
  wanted              boolean primary key default true check (wanted),
  wanted_at           timestamptz not null default now()
);
grant select, insert, update on event_feed_switch to hub_app;

create function feed_event() returns trigger language plpgsql set search_path from current as $$
begin
  if exists (select from event_feed_switch where wanted_at > now() - interval '3 days') then
    insert into event_feed (tenant_id, device_id, change, facts)
    select new.tenant_id, e.device_id, substr(new.what, 7), jsonb_build_object(
             'event', jsonb_strip_nulls(jsonb_build_object('id', e.id, 'type', e.event_type, 'severity', e.severity, 'status', e.status,
                'active', e.resolved_at is null, 'family', e.family, 'rule', e.rule_id, 'message', e.message, 'metric', e.metric,
                'value', e.value, 'unit', e.unit, 'threshold', e.threshold, 'suppressed', e.suppressed, 'opened_at', e.opened_at,
                'cleared_at', e.resolved_at)),
             'device', jsonb_build_object('id', d.id, 'serial', d.serial, 'type', d.device_type),
             'asset', coalesce(e.asset_id, e.device_id::text))
      from events e join devices d on d.id = e.device_id
     where e.id = new.event_id;
  end if;
  return null;
end $$;
create trigger feed_event after insert on happenings for each row when (new.what like 'event.%') execute function feed_event();

create function tenants_with_event_feed() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct tenant_id from event_feed
$$;
revoke execute on function tenants_with_event_feed() from public;
grant execute on function tenants_with_event_feed() to hub_app;
