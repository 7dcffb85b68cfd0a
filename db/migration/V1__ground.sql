-- The ground every later migration stands on: tenants, registry, telemetry, events, outbox, dead letters, audit.
--
-- Roles. The login user that runs Flyway owns everything. The hub itself works only as
--   hub_app     API, console, rules, orchestration: ordinary tables under row-level security
--   hub_writer  the pipeline's batch writer: telemetry and nothing else
-- Both see a row only when its tenant_id is the session's hub.tenant. Neither owns a table, is superuser or may bypass row security.
do $$
begin
  if not exists (select from pg_roles where rolname = 'hub_app') then
    create role hub_app nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'hub_writer') then
    create role hub_writer nologin;
  end if;
  execute format('grant hub_app, hub_writer to %I', current_user);
  execute format('grant usage on schema %I to hub_app, hub_writer', current_schema());
end $$;

create function hub_tenant() returns text language sql stable parallel safe
as $$ select nullif(current_setting('hub.tenant', true), '') $$;

create table tenants (
  id                  text primary key check (id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name                text not null,
  auto_register       boolean not null default false,
  settings            jsonb not null default '{}',
  created_at          timestamptz not null default now()
);

-- A token is kept only as its SHA-256; subject is a device id for the role device, a user's name otherwise.
create table tokens (
  hash                bytea primary key,
  tenant_id           text not null references tenants,
  role                text not null check (role in ('admin','engineer','dispatcher','technician','viewer','device','gateway')),
  subject             text not null,
  created_at          timestamptz not null default now(),
  revoked_at          timestamptz
);
create index on tokens (tenant_id, subject);

create table gateways (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  serial              text not null,
  name                text not null,
  status              text not null default 'active' check (status in ('active','decommissioned')),
  last_seen_at        timestamptz,
  settings            jsonb not null default '{}',
  created_at          timestamptz not null default now(),
  unique (tenant_id, serial)
);

-- key is the surrogate that telemetry rows carry; it is unique over all tenants.
create table devices (
  id                  uuid primary key default gen_random_uuid(),
  key                 int generated always as identity unique,
  tenant_id           text not null references tenants,
  serial              text not null,
  device_type         text not null,
  manufacturer        text not null default '',
  model               text not null default '',
  installation_location text not null default '',
  connection_type     text not null,
  connection          jsonb not null default '{}',
  mapping             text,
  building_id         text,
  equipment_id        text,
  gateway_id          uuid references gateways,
  status              text not null default 'active' check (status in ('unclaimed','active','maintenance','decommissioned')),
  metadata            jsonb not null default '{}',
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, serial)
);
create index on devices (tenant_id, building_id);
create index on devices (tenant_id, equipment_id);

create table assets (
  id                  text not null,
  tenant_id           text not null references tenants,
  name                text not null,
  asset_type          text not null default '',
  parent_id           text,
  location            text not null default '',
  customer            text not null default '',
  metadata            jsonb not null default '{}',
  created_at          timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- Which device watches which asset, with validity in time.
create table bindings (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  device_id           uuid not null references devices,
  asset_id            text not null,
  role                text not null default 'primary',
  port                text,
  valid_from          timestamptz not null default now(),
  valid_to            timestamptz,
  foreign key (tenant_id, asset_id) references assets (tenant_id, id)
);
create unique index on bindings (tenant_id, device_id, asset_id) where valid_to is null;
create index on bindings (tenant_id, asset_id);

-- The metric catalogue: rows without a tenant are everybody's, others were met in a tenant's own payloads. unit is a UCUM code; kind says
-- whether values are numbers (true and false count as 1 and 0) or texts, and never changes.
create table metrics (
  id                  int generated always as identity primary key,
  tenant_id           text references tenants,
  key                 text not null,
  kind                text not null default 'number' check (kind in ('number','text')),
  unit                text,
  min_value           double precision,
  max_value           double precision,
  description         text not null default '',
  created_at          timestamptz not null default now()
);
create unique index on metrics (coalesce(tenant_id, ''), key);

create table mappings (
  id                  int generated always as identity primary key,
  tenant_id           text not null references tenants,
  name                text not null,
  version             int not null,
  status              text not null default 'published' check (status in ('draft','published','superseded')),
  content             text not null,
  sha256              text not null,
  author              text not null,
  note                text not null default '',
  created_at          timestamptz not null default now(),
  unique (tenant_id, name, version)
);

-- Lean rows on surrogate keys, in UTC day partitions that the writer asks for before it writes. No foreign keys in either direction.
create table telemetry (
  device_id           int not null,
  metric_id           int not null,
  ts                  timestamptz not null,
  value               double precision,
  text_value          text,
  quality             smallint not null default 0,
  batch_id            bigint not null default 0,
  unique (device_id, metric_id, ts)
) partition by range (ts);

-- Makes the partition of one UTC day; harmless when it is there, safe when two writers ask at once.
create function ensure_telemetry_day(day date) returns void language plpgsql security definer
set search_path from current
as $$
declare
  part text := 'telemetry_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(part) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('telemetry_partition'));
  if to_regclass(part) is null then
    execute format('create table %I partition of telemetry for values from (%L) to (%L)', part,
      day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  end if;
end $$;

create table rules (
  id                  text not null,
  tenant_id           text not null references tenants,
  version             int not null default 1,
  enabled             boolean not null default true,
  definition          jsonb not null,
  source              text not null,
  author              text not null,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table policies (
  id                  text not null,
  tenant_id           text not null references tenants,
  definition          jsonb not null,
  enabled             boolean not null default true,
  updated_at          timestamptz not null default now(),
  primary key (tenant_id, id)
);

-- dedup_key makes raising an event idempotent: the same rule on the same device at the same onset is the same event.
create table events (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  dedup_key           text not null,
  device_id           uuid not null references devices,
  asset_id            text,
  rule_id             text not null,
  family              text not null,
  event_type          text not null check (event_type in ('warning','maintenance_due','likely_failure','critical_fault')),
  severity            text not null check (severity in ('low','medium','high','critical')),
  status              text not null default 'open' check (status in ('open','acknowledged','linked_to_work_order','dismissed','resolved')),
  metric              text,
  value               double precision,
  unit                text,
  threshold           double precision,
  message             text not null,
  evidence            jsonb not null default '{}',
  opened_at           timestamptz not null,
  last_seen_at        timestamptz not null,
  resolved_at         timestamptz,
  created_at          timestamptz not null default now(),
  unique (tenant_id, dedup_key)
);
create index on events (tenant_id, opened_at desc);
create index on events (tenant_id, device_id, rule_id) where status in ('open','acknowledged','linked_to_work_order');

-- The outbox. A row is written in the event's own transaction and leaves only through the dispatcher.
create table actions (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  event_id            uuid not null references events,
  kind                text not null check (kind in ('work_order','quote','task','notification')),
  state               text not null default 'PLANNED'
    check (state in ('PLANNED','HELD','SENDING','UNKNOWN','ACCEPTED','IN_PROGRESS','ON_HOLD','COMPLETED','CANCELLED','DEAD')),
  external_identifier text not null,
  idempotency_key     text not null,
  payload             jsonb not null,
  fsm_id              text,
  attempts            int not null default 0,
  next_attempt_at     timestamptz not null default now(),
  last_error          text,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, idempotency_key)
);
create index on actions (tenant_id, next_attempt_at) where state in ('PLANNED','SENDING','UNKNOWN');
create index on actions (tenant_id, created_at desc);

create table dead_letters (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  device              text,
  source              text not null,
  field               text,
  reason              text not null,
  payload             bytea not null,
  headers             jsonb not null default '{}',
  tries               int not null default 1,
  status              text not null default 'kept' check (status in ('kept','replayed','discarded')),
  created_at          timestamptz not null default now()
);
create index on dead_letters (tenant_id, created_at desc);

create table audit (
  id                  bigint generated always as identity primary key,
  tenant_id           text not null references tenants,
  actor               text not null,
  verb                text not null,
  subject             text not null,
  before              jsonb,
  after               jsonb,
  at                  timestamptz not null default now()
);
create index on audit (tenant_id, at desc);

-- Row-level security on every ordinary table, in force for the owner too. The owner's own policy is what lets the
-- functions below look across tenants; nothing else runs as owner after the migration.
do $$
declare
  t text;
begin
  foreach t in array array['tokens','gateways','devices','assets','bindings','mappings','rules','policies','events','actions',
                           'dead_letters','audit'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app, hub_writer using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
  foreach t in array array['tenants','metrics'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
create policy tenant_rows on tenants to hub_app, hub_writer using (id = hub_tenant()) with check (id = hub_tenant());
create policy tenant_reads on metrics for select to hub_app, hub_writer using (tenant_id is null or tenant_id = hub_tenant());
create policy tenant_writes on metrics for insert to hub_app with check (tenant_id = hub_tenant());
create policy tenant_changes on metrics for update to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant());

grant select, insert, update on gateways, devices, assets, bindings, metrics, mappings, rules, policies, events, actions, dead_letters, tokens to hub_app;
grant delete on rules, policies, dead_letters to hub_app;
grant select, update on tenants to hub_app;
grant select, insert on audit to hub_app;
grant select, insert on telemetry to hub_writer;
grant execute on function ensure_telemetry_day(date) to hub_writer;
revoke execute on function ensure_telemetry_day(date) from public;

-- What readers see of telemetry: only their own tenant's, by name. Partitions themselves are granted to nobody.
create view telemetry_values with (security_barrier) as
  select d.tenant_id, d.id as device_id, d.key as device_key, m.id as metric_id, m.key as metric, t.ts, t.value, t.text_value, m.unit, t.quality
    from telemetry t
    join devices d on d.key = t.device_id
    join metrics m on m.id = t.metric_id
   where d.tenant_id = hub_tenant();
grant select on telemetry_values to hub_app;

-- The three questions that must be asked before a tenant is known.
create function authenticate(token_hash bytea) returns table (tenant_id text, role text, subject text)
language sql stable security definer set search_path from current
as $$ select t.tenant_id, t.role, t.subject from tokens t where t.hash = token_hash and t.revoked_at is null $$;
create function tenant_ids() returns setof text language sql stable security definer set search_path from current
as $$ select id from tenants order by id $$;
create function create_tenant(new_id text, new_name text) returns boolean language plpgsql security definer set search_path from current
as $$
begin
  insert into tenants (id, name) values (new_id, new_name) on conflict do nothing;
  return found;
end $$;
revoke execute on function authenticate(bytea), tenant_ids(), create_tenant(text, text) from public;
grant execute on function authenticate(bytea), tenant_ids(), create_tenant(text, text) to hub_app;

insert into metrics (key, unit, min_value, max_value, description) values
  ('supply_air_temp', 'Cel', -40, 90, 'Air leaving the unit'),
  ('return_air_temp', 'Cel', -40, 90, 'Air coming back from the space'),
  ('outdoor_air_temp', 'Cel', -60, 70, 'Air outside'),
  ('coil_temp', 'Cel', -50, 120, 'Evaporator coil surface'),
  ('cooling_setpoint', 'Cel', 0, 50, 'Wanted space temperature when cooling'),
  ('suction_pressure', 'kPa', -100, 5000, 'Refrigerant, compressor inlet, absolute'),
  ('discharge_pressure', 'kPa', -100, 8000, 'Refrigerant, compressor outlet, absolute'),
  ('superheat', 'K', -20, 80, 'Suction gas above saturation'),
  ('compressor_current', 'A', 0, 1000, 'Compressor motor'),
  ('fan_current', 'A', 0, 500, 'Supply fan motor'),
  ('motor_current', 'A', 0, 2000, 'Motor line current'),
  ('filter_pressure_drop', 'Pa', -100, 2500, 'Across the air filter'),
  ('vibration_rms', 'mm/s', 0, 200, 'Velocity, RMS, 10 to 1000 Hz'),
  ('bearing_temp', 'Cel', -40, 250, 'Bearing housing'),
  ('flow', 'm3/h', -10, 20000, 'Volume flow'),
  ('inlet_pressure', 'kPa', -100, 10000, 'Pump suction side, gauge'),
  ('outlet_pressure', 'kPa', -100, 20000, 'Pump discharge side, gauge'),
  ('power', 'kW', -1000, 100000, 'Active electrical power'),
  ('runtime', 'h', 0, null, 'Hours in operation'),
  ('temperature', 'Cel', -273.15, 2000, 'Temperature, of no particular place'),
  ('humidity', '%', 0, 100, 'Relative humidity'),
  ('pressure', 'kPa', -101.4, 100000, 'Pressure, of no particular place'),
  ('voltage', 'V', -100000, 1000000, 'Voltage'),
  ('current', 'A', -100000, 100000, 'Current'),
  ('energy', 'kW.h', 0, null, 'Counted energy');
insert into metrics (key, kind, description) values
  ('compressor_status', 'text', 'on or off'),
  ('fault_code', 'text', 'The fault that the device itself names');

insert into tenants (id, name) values ('default', 'Default tenant');
