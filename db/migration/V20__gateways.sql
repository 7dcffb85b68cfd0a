-- Gateways: which records of their spools the hub has, how they are, and what they were told to do.

-- The newest health as it came, and when.
alter table gateways add column health jsonb;
alter table gateways add column health_at timestamptz;

-- The sequence numbers of a spool file that are stored here, or kept as dead letters. What lies below the floor is not held by the gateway any
-- more and cut off.
create table gateway_sequences (
  tenant_id           text not null references tenants,
  gateway_id          uuid not null references gateways,
  epoch               uuid not null,
  received            int8multirange not null,
  floor               bigint not null default 0,
  updated_at          timestamptz not null default now(),
  primary key (gateway_id, epoch)
);

-- One row a minute and gateway: the last health that came in it. What counts up does so since the gateway's start.
create table gateway_health (
  tenant_id           text not null references tenants,
  gateway_id          uuid not null references gateways,
  at                  timestamptz not null,
  spool_records       bigint,
  spool_bytes         bigint,
  dropped             bigint,
  uplink              text,
  rss_mb              double precision,
  disk_free_mb        double precision,
  temperature_c       double precision,
  clock_offset_ms     bigint,
  connections         int,
  connections_down    int,
  reads               bigint,
  errors              bigint,
  reconnects          bigint,
  primary key (gateway_id, at)
);
create index on gateway_health (at);

create table gateway_commands (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  gateway_id          uuid not null references gateways,
  device_id           uuid not null references devices,
  metric              text not null,
  value               jsonb not null,
  state               text not null default 'PENDING' check (state in ('PENDING','SENT','DONE','REFUSED','FAILED','EXPIRED')),
  read_back           jsonb,
  reason              text,
  actor               text not null,
  created_at          timestamptz not null default now(),
  sent_at             timestamptz,
  answered_at         timestamptz,
  expires_at          timestamptz not null
);
create index on gateway_commands (tenant_id, device_id, created_at desc);
create index on gateway_commands (gateway_id, created_at desc);
create index on gateway_commands (expires_at) where state in ('PENDING','SENT');

do $$
declare
  t text;
begin
  foreach t in array array['gateway_sequences','gateway_health','gateway_commands'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update, delete on gateway_sequences, gateway_health to hub_app;
grant select, insert, update, delete on gateway_commands to hub_app;

-- The tenants that have commands under way, for the clock that sends and ends them.
create function tenants_with_commands() returns setof text language sql stable security definer set search_path from current
as $$ select distinct tenant_id from gateway_commands where state in ('PENDING','SENT') $$;
revoke execute on function tenants_with_commands() from public;
grant execute on function tenants_with_commands() to hub_app;
