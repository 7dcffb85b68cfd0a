-- A writer notes an hour once in a round and relies on the note to be there until the round is over. So a note says its round, and only
-- those of earlier rounds are taken up: telemetry_roll_begin has waited for whoever wrote in them. Notes of a replay, which relies on
-- nothing, are of round 0.
alter table telemetry_late add round bigint not null default 0;

create or replace function note_late_telemetry(devices int[], hours timestamptz[]) returns void language sql volatile security definer
set search_path from current
as $$
  insert into telemetry_late (device_id, hour, round)
  select n.device, n.hour, r.round from unnest(devices, hours) n(device, hour), telemetry_rolled r
$$;

-- Takes up at most so many notes of earlier rounds and rolls their hours up again; gives the number of notes taken. Hours whose rows may
-- be partly gone already, or go while this runs, are left as they are: what the rollups hold of them is more than what telemetry holds.
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
  with gone as (
    delete from telemetry_late where ctid = any (array(select l.ctid from telemetry_late l, telemetry_rolled r where l.round < r.round limit notes))
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
