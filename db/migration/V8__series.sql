-- Which metrics each device has ever sent. Whoever asks for all of a device's metrics finds them here and not among its rows, of which
-- there are thousands for each metric. Noted in the transaction that stores the first row; a metric whose rows were all dropped stays.
create table telemetry_series (
  device_id int not null,
  metric_id int not null,
  primary key (device_id, metric_id)
);
-- Days outlive telemetry in their rollup, and hold what each whole day of it held in numbers.
insert into telemetry_series
select device_id, metric_id from telemetry union select device_id, metric_id from telemetry_rollup_1d;
grant insert on telemetry_series to hub_writer;

create view device_metrics with (security_barrier) as
  select s.device_id as device_key, s.metric_id
    from telemetry_series s
   where (select d.tenant_id from devices d where d.key = s.device_id) = hub_tenant();
grant select on device_metrics to hub_app;

-- For rows that a replay is about to store for devices of the session's tenant.
create function note_telemetry_series(devices int[], metric_ids int[]) returns void language sql security definer
set search_path from current
as $$
  insert into telemetry_series
  select distinct n.device, n.metric
    from unnest(devices, metric_ids) n(device, metric) join devices d on d.key = n.device and d.tenant_id = hub_tenant()
   order by 1, 2
  on conflict do nothing
$$;
revoke execute on function note_telemetry_series(int[], int[]) from public;
grant execute on function note_telemetry_series(int[], int[]) to hub_app;
