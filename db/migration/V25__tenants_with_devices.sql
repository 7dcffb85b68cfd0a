-- Which tenants have devices of a kind of connection that the hub reads itself: asked every two seconds, of all tenants at once.
create index devices_read on devices (connection_type, tenant_id) where gateway_id is null and status in ('active', 'maintenance');

create function tenants_with_devices(of_type text) returns setof text language sql stable security definer set search_path from current
as $$
  select distinct tenant_id from devices
   where connection_type = of_type and gateway_id is null and status in ('active', 'maintenance')
$$;
revoke execute on function tenants_with_devices(text) from public;
grant execute on function tenants_with_devices(text) to hub_app;
