-- What is to be made of an asset's readings: derived metrics and how its health is judged, for all assets of a type or for one asset. json
-- and not jsonb, for it is given back as it was written.
create table asset_definitions (
  tenant_id           text not null references tenants,
  kind                text not null check (kind in ('type','asset')),
  name                text not null,
  version             int not null default 1,
  definition          json not null,
  author              text not null,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  primary key (tenant_id, kind, name)
);

-- The health of each asset as last judged, with its reasons. The score over time is telemetry: the metric health_score of the device that
-- stands for the asset.
create table asset_health (
  tenant_id           text not null references tenants,
  asset_id            text not null,
  at                  timestamptz not null,
  score               double precision not null check (score between 0 and 100),
  band                text not null check (band in ('Healthy','Degrading','At Risk','Critical')),
  reasons             jsonb not null default '[]',
  undecided           jsonb not null default '[]',
  judged_by           text not null,
  primary key (tenant_id, asset_id),
  foreign key (tenant_id, asset_id) references assets (tenant_id, id)
);

do $$
declare
  t text;
begin
  foreach t in array array['asset_definitions','asset_health'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update, delete on asset_definitions, asset_health to hub_app;
