-- What a replay takes away, or makes bad, leaves the native rollups too: the hours it touched are noted as such, and their buckets are
-- made anew and not only over. TimescaleDB sees to that by itself.
alter table telemetry_late add emptied boolean not null default false;

-- Takes up at most so many notes and rolls their hours up again; gives the number of notes taken. Hours whose rows may be partly gone
-- already, or go while this runs, are left as they are: what the rollups hold of them is more than what telemetry holds.
create or replace function telemetry_roll_late(notes int, kept_from timestamptz) returns int language plpgsql
set search_path from current
as $$
declare
  taken int;
  devices int[];
  hours timestamptz[];
  emptied_devices int[];
  emptied_hours timestamptz[];
  rolled timestamptz;
  tier record;
  bucket text;
begin
  select rolled_to into rolled from telemetry_rolled;
  with gone as (delete from telemetry_late where ctid = any (array(select ctid from telemetry_late limit notes)) returning device_id, hour, emptied),
  whole as (
    select g.device_id, g.hour, bool_or(g.emptied) as emptied
      from gone g join telemetry_floors(kept_from) f on f.device_key = g.device_id
     where g.hour >= f.kept_from + interval '1 day' and g.hour < rolled group by 1, 2
  )
  select (select count(*) from gone), array_agg(device_id), array_agg(hour),
         array_agg(device_id) filter (where emptied), array_agg(hour) filter (where emptied)
    into taken, devices, hours, emptied_devices, emptied_hours from whole;
  if devices is null then
    return taken;
  end if;
  perform ensure_rollup_months(hours);
  if emptied_devices is not null then
    foreach bucket in array array['1m', '15m', '1h', '1d'] loop
      execute format(
        'delete from telemetry_rollup_%s r using unnest($1, $2) n(device_id, hour)
          where r.device_id = n.device_id and r.ts >= telemetry_bucket($3, n.hour) and r.ts < telemetry_bucket($3, n.hour) + $3 and r.ts < $4',
        bucket) using emptied_devices, emptied_hours, case bucket when '1d' then interval '1 day' else interval '1 hour' end, rolled;
    end loop;
  end if;
  insert into telemetry_rollup_1m
  select n.device_id, r.metric_id, r.minute, r.count, r.sum, r.min, r.max, r.first, r.last
    from unnest(devices, hours) n(device_id, hour)
    cross join lateral (
      select metric_id, telemetry_bucket('1 minute', ts) as minute, count(*) as count, sum(value) as sum, min(value) as min, max(value) as max,
             (min(array[extract(epoch from ts)::float8, value]))[2] as first, (max(array[extract(epoch from ts)::float8, value]))[2] as last
        from telemetry t
       where t.device_id = n.device_id and t.ts >= n.hour and t.ts < least(n.hour + interval '1 hour', rolled) and quality < 2 and value is not null
       group by 1, 2) r
  on conflict (device_id, metric_id, ts) do update
     set count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, first = excluded.first, last = excluded.last;
  for tier in select * from (values (1, '15m', '1m', interval '15 minutes', interval '1 hour'), (2, '1h', '15m', interval '1 hour', interval '1 hour'),
      (3, '1d', '1h', interval '1 day', interval '1 day')) t(n, name, below, width, span) order by n loop
    execute format(
      'insert into telemetry_rollup_%s
       select n.device_id, r.metric_id, r.bucket, r.count, r.sum, r.min, r.max, r.first, r.last
         from (select distinct device_id, telemetry_bucket($4, hour) as since from unnest($1, $2) u(device_id, hour)) n
         cross join lateral (
           select metric_id, telemetry_bucket($3, ts) as bucket, sum(count) as count, sum(sum) as sum, min(min) as min, max(max) as max,
                  (min(array[extract(epoch from ts)::float8, first]))[2] as first, (max(array[extract(epoch from ts)::float8, last]))[2] as last
             from telemetry_rollup_%s b
            where b.device_id = n.device_id and b.ts >= n.since and b.ts < least(n.since + $4, telemetry_bucket($3, $5))
            group by 1, 2) r
       on conflict (device_id, metric_id, ts) do update
          set count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, first = excluded.first, last = excluded.last',
      tier.name, tier.below) using devices, hours, tier.width, tier.span, rolled;
  end loop;
  return taken;
end $$;

-- Rows of the session's tenant as a new mapping of raw messages makes them: rows that the old mapping made and the new one does not are
-- removed, the others changed or added. A row that this run has written already stays: of two messages that make the same row the first
-- one wins, as it does when they come in.
create or replace function replay_telemetry(run bigint, devices int[], metric_ids int[], micros bigint[], vals float8[], texts text[], qualities int2[],
                                 old_devices int[], old_metrics int[], old_micros bigint[], out changed bigint, out removed bigint)
language plpgsql security definer
set search_path from current
as $$
declare
  day date;
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
     and t.batch_id <> run;
  get diagnostics removed = row_count;
  select count(*) into changed
    from unnest(devices, metric_ids, micros, vals, texts, qualities) r(device, metric, at, val, txt, quality)
    left join telemetry t on t.device_id = r.device and t.metric_id = r.metric and t.ts = timestamptz 'epoch' + r.at * interval '1 microsecond'
   where t.device_id is null
      or (t.batch_id <> run and (t.value, t.text_value, t.quality) is distinct from (r.val, r.txt, r.quality));
  insert into telemetry as t (device_id, metric_id, ts, value, text_value, quality, batch_id)
  select r.device, r.metric, timestamptz 'epoch' + r.at * interval '1 microsecond', r.val, r.txt, r.quality, run
    from unnest(devices, metric_ids, micros, vals, texts, qualities) r(device, metric, at, val, txt, quality)
  on conflict (device_id, metric_id, ts) do update
     set value = excluded.value, text_value = excluded.text_value, quality = excluded.quality, batch_id = excluded.batch_id
   where t.batch_id <> excluded.batch_id;
  -- Rollups must hear of hours that were rolled up before; a bucket there may have lost its last row.
  if telemetry_store() = 'partitions' then
    insert into telemetry_late (device_id, hour, emptied)
    select distinct k.device, date_trunc('hour', timestamptz 'epoch' + k.at * interval '1 microsecond', 'UTC'), true
      from unnest(devices || old_devices, micros || old_micros) k(device, at), telemetry_lateness() l
     where date_trunc('hour', timestamptz 'epoch' + k.at * interval '1 microsecond', 'UTC') < l.late_before;
  end if;
end $$;
