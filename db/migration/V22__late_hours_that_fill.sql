-- An hour that fills while it is rolled up, as when a gateway drains what it kept offline, was read again from its beginning in every
-- round. Now the notes of an hour wait while it was rolled up only a pause ago. Notes of a replay (round 0) do not wait.
create table telemetry_late_rolled (
  device_id           int not null,
  hour                timestamptz not null,
  at                  timestamptz not null,
  primary key (device_id, hour)
);

-- As before, and the first and last value of a minute are looked up by their key: an array for each row cost more than all else.
drop function telemetry_roll_late(int, timestamptz);
create function telemetry_roll_late(notes int, kept_from timestamptz, pause interval default '0') returns int language plpgsql
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
  -- What is after now was noted by a clock that has been set back since: it holds nothing up.
  delete from telemetry_late_rolled where at <= clock_timestamp() - pause or at > clock_timestamp();
  select rolled_to into rolled from telemetry_rolled;
  with gone as (
    delete from telemetry_late where ctid = any (array(
      select l.ctid from telemetry_late l, telemetry_rolled r
       where l.round < r.round
         and (l.round = 0 or not exists (
               select from telemetry_late_rolled d
                where d.device_id = l.device_id and d.hour = l.hour and d.at > clock_timestamp() - pause and d.at <= clock_timestamp()))
       limit notes))
    returning device_id, hour, emptied),
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
  insert into telemetry_late_rolled (device_id, hour, at)
  select device_id, hour, clock_timestamp() from unnest(devices, hours) n(device_id, hour)
  on conflict (device_id, hour) do update set at = excluded.at;
  if emptied_devices is not null then
    foreach bucket in array array['1m', '15m', '1h', '1d'] loop
      execute format(
        'delete from telemetry_rollup_%s r using unnest($1, $2) n(device_id, hour)
          where r.device_id = n.device_id and r.ts >= telemetry_bucket($3, n.hour) and r.ts < telemetry_bucket($3, n.hour) + $3 and r.ts < $4',
        bucket) using emptied_devices, emptied_hours, case bucket when '1d' then interval '1 day' else interval '1 hour' end, rolled;
    end loop;
  end if;
  insert into telemetry_rollup_1m
  select m.device_id, m.metric_id, m.minute, m.count, m.sum, m.min, m.max,
         (select f.value from telemetry f where f.device_id = m.device_id and f.metric_id = m.metric_id and f.ts = m.first_at),
         (select l.value from telemetry l where l.device_id = m.device_id and l.metric_id = m.metric_id and l.ts = m.last_at)
    from (
      select n.device_id, r.*
        from unnest(devices, hours) n(device_id, hour)
        cross join lateral (
          select metric_id, telemetry_bucket('1 minute', ts) as minute, count(*) as count, sum(value) as sum, min(value) as min, max(value) as max,
                 min(ts) as first_at, max(ts) as last_at
            from telemetry t
           where t.device_id = n.device_id and t.ts >= n.hour and t.ts < least(n.hour + interval '1 hour', rolled) and quality < 2 and value is not null
           group by 1, 2) r) m
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
revoke execute on function telemetry_roll_late(int, timestamptz, interval) from public;
