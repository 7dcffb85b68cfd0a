-- As before, and a mapping version whose id has no room in 22 bits is none: it would number another run.
create or replace function replay_telemetry(run bigint, devices int[], metric_ids int[], micros bigint[], vals float8[], texts text[], qualities int2[],
                                 old_devices int[], old_metrics int[], old_micros bigint[], mappings int[] default null, out changed bigint, out removed bigint)
language plpgsql security definer
set search_path from current
as $$
declare
  day date;
  replaced bigint := -(4611686018427387904 | (-run << 22));
begin
  if exists (select from unnest(devices || old_devices) k(key)
              where not exists (select from devices d where d.key = k.key and d.tenant_id = hub_tenant())) then
    raise exception 'not a device of this tenant' using errcode = '42501';
  end if;
  for day in select distinct ((timestamptz 'epoch' + m * interval '1 microsecond') at time zone 'UTC')::date from unnest(micros) m loop
    perform ensure_telemetry_day(day);
  end loop;
  delete from telemetry t using unnest(old_devices, old_metrics, old_micros) o(device, metric, at)
   where t.device_id = o.device and t.metric_id = o.metric and t.ts = timestamptz 'epoch' + o.at * interval '1 microsecond'
     and telemetry_run(t.batch_id) <> run;
  get diagnostics removed = row_count;
  select count(*) into changed
    from unnest(devices, metric_ids, micros, vals, texts, qualities) r(device, metric, at, val, txt, quality)
    left join telemetry t on t.device_id = r.device and t.metric_id = r.metric and t.ts = timestamptz 'epoch' + r.at * interval '1 microsecond'
   where t.device_id is null
      or (telemetry_run(t.batch_id) <> run and (t.value, t.text_value, t.quality) is distinct from (r.val, r.txt, r.quality));
  insert into telemetry as t (device_id, metric_id, ts, value, text_value, quality, batch_id)
  select r.device, r.metric, timestamptz 'epoch' + r.at * interval '1 microsecond', r.val, r.txt, r.quality,
         replaced - case when r.mapping between 0 and 4194303 then r.mapping else 0 end
    from unnest(devices, metric_ids, micros, vals, texts, qualities, mappings) r(device, metric, at, val, txt, quality, mapping)
  on conflict (device_id, metric_id, ts) do update
     set value = excluded.value, text_value = excluded.text_value, quality = excluded.quality, batch_id = excluded.batch_id
   where telemetry_run(t.batch_id) <> run;
  -- Rollups must hear of hours that were rolled up before; a bucket there may have lost its last row.
  if telemetry_store() = 'partitions' then
    insert into telemetry_late (device_id, hour, emptied)
    select distinct k.device, date_trunc('hour', timestamptz 'epoch' + k.at * interval '1 microsecond', 'UTC'), true
      from unnest(devices || old_devices, micros || old_micros) k(device, at), telemetry_lateness() l
     where date_trunc('hour', timestamptz 'epoch' + k.at * interval '1 microsecond', 'UTC') < l.late_before;
  end if;
end $$;
