-- What a tenant says of the types of its devices: how their messages are read, split and judged. A device carries the name of its type; a
-- type without a row here is a word and nothing else. Rows are changed through the API, which audits each change with what was before.
create table device_types (
  tenant_id           text not null references tenants,
  name                text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  description         text not null default '',
  processing_mode     text not null default 'endpoint' check (processing_mode in ('endpoint','gateway','gateway_chunked','rtu_multiport')),
  message_schema      jsonb,
  mapping             text,
  jsonata             text,
  fields              text,
  demultiplexing      jsonb,
  chunking            jsonb,
  limits              jsonb not null default '{}',
  defaults            jsonb not null default '{}',
  version             int not null default 1,
  author              text not null,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  primary key (tenant_id, name),
  check (mapping is null or (jsonata is null and fields is null))
);

-- Counts the changes of a tenant's types, so that every hub sees with one look a second whether what it remembers still holds.
create table device_type_changes (
  tenant_id           text primary key references tenants,
  change              bigint not null default 1
);

-- Virtual devices: parts of another device's messages. The port is that of a device with several, as its messages name it.
alter table devices add column parent_id uuid references devices, add column port text;
create index on devices (parent_id) where parent_id is not null;

-- Messages that come in several: each chunk is here before it is acknowledged. A set is open until all of its chunks are there, complete until
-- what it says is stored or a dead letter, and then done for a while, that chunks which come again are known. deadline is when somebody has to
-- look: an open set is given up, a complete one tried again, one that is done forgotten.
create table chunk_sets (
  tenant_id           text not null references tenants,
  device_id           uuid not null references devices,
  correlation_id      text not null,
  total               int not null,
  state               text not null default 'open' check (state in ('open','complete','done')),
  bytes               bigint not null default 0,
  headers             jsonb not null,
  deadline            timestamptz not null,
  created_at          timestamptz not null default now(),
  primary key (tenant_id, device_id, correlation_id)
);
create index on chunk_sets (deadline);

create table telemetry_chunks (
  tenant_id           text not null,
  device_id           uuid not null,
  correlation_id      text not null,
  sequence            int not null,
  hash                bytea not null,
  payload             bytea,
  received_at         timestamptz not null default now(),
  primary key (tenant_id, device_id, correlation_id, sequence),
  foreign key (tenant_id, device_id, correlation_id) references chunk_sets on delete cascade
);

do $$
declare
  t text;
begin
  foreach t in array array['device_types','device_type_changes','chunk_sets','telemetry_chunks'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app, hub_writer using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update, delete on device_types, chunk_sets, telemetry_chunks to hub_app;
grant select, insert, update on device_type_changes to hub_app;

create function note_device_type_change() returns trigger language plpgsql as $$
begin
  insert into device_type_changes as c (tenant_id) values (coalesce(new.tenant_id, old.tenant_id))
  on conflict (tenant_id) do update set change = c.change + 1;
  return null;
end $$;
create trigger device_types_changed after insert or update or delete on device_types
  for each row execute function note_device_type_change();

-- Asked for all tenants at once.
create function changed_device_types() returns table (tenant_id text, change bigint)
language sql stable security definer set search_path from current
as $$ select c.tenant_id, c.change from device_type_changes c $$;
create function due_chunk_sets(most int) returns table (tenant_id text, device_id uuid, correlation_id text)
language sql stable security definer set search_path from current
as $$ select s.tenant_id, s.device_id, s.correlation_id from chunk_sets s where s.deadline < now() order by s.deadline limit most $$;
revoke execute on function changed_device_types(), due_chunk_sets(int) from public;
grant execute on function changed_device_types(), due_chunk_sets(int) to hub_app;

-- A port of a device is linked to an asset by linking the device with that port; what watches the asset is the port's virtual device, so it
-- has the link too, whichever of both came first. A virtual device that somebody has linked by itself keeps that link.
create function give_port_link(device uuid, link bindings) returns void language sql as $$
  insert into bindings (tenant_id, device_id, asset_id, role, valid_from)
  select link.tenant_id, device, link.asset_id, link.role,
         greatest(link.valid_from, (select max(o.valid_to) from bindings o where o.device_id = device))
   where not exists (select from bindings o where o.device_id = device and o.valid_to is null)
$$;

create function mirror_port_link() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform give_port_link(d.id, new) from devices d where d.parent_id = new.device_id and d.port = new.port and new.valid_to is null;
  elsif new.valid_to is not null and old.valid_to is null then
    update bindings b set valid_to = new.valid_to
      from devices d
     where d.parent_id = new.device_id and d.port = new.port and b.device_id = d.id and b.asset_id = new.asset_id and b.valid_to is null
       and b.valid_from <= new.valid_to;
  end if;
  return null;
end $$;
create trigger port_linked after insert or update of valid_to on bindings
  for each row when (new.port is not null) execute function mirror_port_link();

create function take_port_links() returns trigger language plpgsql as $$
begin
  perform give_port_link(new.id, b) from bindings b where b.device_id = new.parent_id and b.port = new.port and b.valid_to is null;
  return null;
end $$;
create trigger port_taken after insert on devices
  for each row when (new.parent_id is not null and new.port is not null) execute function take_port_links();
