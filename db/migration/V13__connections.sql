-- Connections of tenants with OEM clouds. credentials is an envelope of AES-GCM, never readable without the hub's key. state of the poll
-- (watermarks, entity tags) moves on only under the epoch of the lease that it was begun with, so that a hub that lost its lease cannot turn
-- the watermark back.
create table connections (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  oem                 text not null,
  name                text not null,
  kind                text not null check (kind in ('webhook','poll')),
  state               text not null default 'paused' check (state in ('enabled','paused')),
  devices             text not null default 'register' check (devices in ('register','claim')),
  settings            jsonb not null default '{}',
  credentials         bytea,
  every_seconds       int check (every_seconds between 10 and 604800),
  position            jsonb not null default '{}',
  lease_owner         text,
  lease_until         timestamptz,
  lease_epoch         bigint not null default 0,
  next_poll_at        timestamptz not null default now(),
  last_poll_at        timestamptz,
  last_success_at     timestamptz,
  last_error          text,
  failures            int not null default 0,
  polls               bigint not null default 0,
  polls_failed        bigint not null default 0,
  requests            bigint not null default 0,
  messages            bigint not null default 0,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, oem, name)
);
create index on connections (next_poll_at) where state = 'enabled' and kind = 'poll';

-- The devices that a cloud has named, under its own stable ids, and when it last did.
create table connection_devices (
  tenant_id           text not null references tenants,
  connection_id       uuid not null references connections on delete cascade,
  external_id         text not null,
  device_id           uuid not null references devices,
  name                text not null default '',
  model               text not null default '',
  firmware            text not null default '',
  first_seen_at       timestamptz not null default now(),
  last_seen_at        timestamptz not null default now(),
  vanished_at         timestamptz,
  primary key (connection_id, external_id)
);

do $$
declare
  t text;
begin
  foreach t in array array['connections','connection_devices'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update, delete on connections, connection_devices to hub_app;

-- The connections that are due, of all tenants, each for one hub: whoever calls has the lease and its epoch.
create function claim_connections(who text, lease interval, most int) returns table (tenant_id text, id uuid, epoch bigint)
language sql security definer set search_path from current
as $$
  update connections c set lease_owner = who, lease_until = now() + lease, lease_epoch = c.lease_epoch + 1
    from (select d.id from connections d
           where d.state = 'enabled' and d.kind = 'poll' and d.next_poll_at <= now() and (d.lease_until is null or d.lease_until < now())
           order by d.next_poll_at limit most for update skip locked) due
   where c.id = due.id
  returning c.tenant_id, c.id, c.lease_epoch
$$;
revoke execute on function claim_connections(text, interval, int) from public;
grant execute on function claim_connections(text, interval, int) to hub_app;
