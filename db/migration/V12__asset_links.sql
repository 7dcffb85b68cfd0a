-- Links of devices with assets, one after the other in time: at each port a device has one primary asset at a time. metrics gives a
-- device's metric the name it has on the asset, or null when it says nothing of it. A first link begins at -infinity unless it is told
-- a time: what the device said before is of the asset it stood at.
alter table bindings
  add column metrics   jsonb not null default '{}',
  add column linked_at timestamptz not null default now(),
  add column linked_by text not null default '',
  add check (valid_to is null or valid_to >= valid_from);

update bindings set linked_at = valid_from;
update bindings b set role = 'secondary'
 where role = 'primary'
   and exists (select from bindings o
                where o.device_id = b.device_id and o.role = 'primary' and coalesce(o.port, '') = coalesce(b.port, '')
                  and (o.valid_from, o.id) < (b.valid_from, b.id)
                  and tstzrange(o.valid_from, o.valid_to) && tstzrange(b.valid_from, b.valid_to));
update bindings b set valid_from = '-infinity'
 where not exists (select from bindings o where o.device_id = b.device_id and (o.valid_from, o.id) < (b.valid_from, b.id));

do $$
declare
  name text;
begin
  select indexrelid::regclass::text into name from pg_index
   where indrelid = 'bindings'::regclass and indisunique and not indisprimary;
  execute 'drop index ' || name;
end $$;
create index bindings_of_device on bindings (device_id, valid_from);

-- An exclusion constraint would need the extension btree_gist. The device's row is locked, so links of one device are entered one after
-- the other.
create function check_binding() returns trigger language plpgsql
set search_path from current
as $$
declare
  other record;
begin
  perform 1 from devices where id = new.device_id for no key update;
  select b.asset_id, b.role into other from bindings b
   where b.device_id = new.device_id and b.id <> new.id
     and tstzrange(b.valid_from, b.valid_to) && tstzrange(new.valid_from, new.valid_to)
     and ((b.asset_id = new.asset_id and (b.port is null or new.port is null or b.port = new.port))
          or (b.role = 'primary' and new.role = 'primary' and coalesce(b.port, '') = coalesce(new.port, '')))
   limit 1;
  if found then
    raise exception 'the device is linked with asset % in that time already', other.asset_id using errcode = 'exclusion_violation';
  end if;
  return new;
end $$;
create trigger check_binding before insert or update of device_id, asset_id, role, port, valid_from, valid_to on bindings
  for each row execute function check_binding();

-- The name that a device's metric has on an asset, or null when it says nothing of it: a link at a port takes the metrics that end in _ and
-- the port, without that ending; after that its own names count.
create function link_metric(metric text, port text, names jsonb) returns text language sql immutable parallel safe
as $$
  select case when jsonb_exists(names, m.name) then names ->> m.name else m.name end
    from (select case when port is null then metric
                      when right(metric, length(port) + 1) = '_' || port then nullif(left(metric, -length(port) - 1), '') end as name) m
$$;
grant execute on function link_metric(text, text, jsonb) to hub_app;

-- The virtual device at a port is given the link's names as well, for they count after the port's ending.
create or replace function give_port_link(device uuid, link bindings) returns void language sql as $$
  insert into bindings (tenant_id, device_id, asset_id, role, valid_from, metrics, linked_by)
  select link.tenant_id, device, link.asset_id, link.role,
         greatest(link.valid_from, (select max(o.valid_to) from bindings o where o.device_id = device)), link.metrics, link.linked_by
   where not exists (select from bindings o where o.device_id = device and o.valid_to is null)
$$;
