-- Rules of tenants: every version that was saved, announced to every hub; what shadow rules would have raised.

-- An asset and those it is part of, nearest first. Assets that are part of one another are told once each.
create function asset_lineage(asset text) returns table (id text, depth int) language sql stable
as $$
  with recursive up as (
    select a.id, a.parent_id, 0 as depth, array[a.id] as seen from assets a where a.id = asset and a.tenant_id = hub_tenant()
    union all
    select p.id, p.parent_id, u.depth + 1, u.seen || p.id
      from up u join assets p on p.id = u.parent_id and p.tenant_id = hub_tenant()
     where p.id <> all (u.seen) and u.depth < 32)
  select up.id, up.depth from up union all select asset, 0 where asset is not null and not exists (select from up)
   order by 2
$$;

create table rule_versions (
  tenant_id           text not null references tenants,
  id                  text not null,
  version             int not null,
  definition          jsonb,
  author              text not null,
  at                  timestamptz not null default now(),
  primary key (tenant_id, id, version)
);

-- dedup_key as in events: one onset is one row, however often it is noticed.
create table shadow_events (
  tenant_id           text not null references tenants,
  dedup_key           text not null,
  device_id           uuid not null references devices,
  rule_id             text not null,
  event_type          text not null,
  severity            text not null,
  message             text not null,
  value               double precision,
  opened_at           timestamptz not null,
  resolved_at         timestamptz,
  created_at          timestamptz not null default now(),
  primary key (tenant_id, dedup_key)
);
create index on shadow_events (tenant_id, rule_id, opened_at desc);
create index on shadow_events (device_id, rule_id, opened_at desc);

do $$
declare
  t text;
begin
  foreach t in array array['rule_versions','shadow_events'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app, hub_writer using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert on rule_versions to hub_app;
grant select, insert, update on shadow_events to hub_app;

-- What is said twice in a transaction is heard once.
create function tell_rules() returns trigger language plpgsql as $$
begin
  perform pg_notify('hub_rules', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;
create trigger tell_rules after insert or update or delete on rules for each row execute function tell_rules();

-- What rules know of a device: they look at the registry when it has changed.
create function tell_registry() returns trigger language plpgsql as $$
begin
  perform pg_notify('hub_registry', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;
create trigger tell_registry after insert or delete or update of serial, device_type, manufacturer, model, installation_location, equipment_id,
  status, metadata on devices for each row execute function tell_registry();
