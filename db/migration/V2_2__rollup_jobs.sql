-- The work on native rollups; on TimescaleDB, continuous aggregates do it. Called by the owner alone.

-- Lets late_before and round move on. What is older afterwards is committed, or will be noted.
create function telemetry_roll_begin(upto timestamptz) returns void language plpgsql
set search_path from current
as $$
begin
  perform pg_advisory_xact_lock(hashtext('telemetry_rolled'));
  update telemetry_rolled set late_before = greatest(late_before, upto), round = round + 1;
end $$;

-- The month's parts of the two fine tiers.
create function ensure_rollup_months(moments timestamptz[]) returns void language plpgsql
set search_path from current
as $$
declare
  month timestamp;
  tier text;
  part text;
begin
  for month in select distinct date_trunc('month', m at time zone 'UTC') from unnest(moments) m loop
    foreach tier in array array['1m', '15m'] loop
      part := format('telemetry_rollup_%s_%s', tier, to_char(month, 'YYYYMM'));
      if to_regclass(part) is null then
        execute format('create table %I partition of telemetry_rollup_%s for values from (%L) to (%L)', part, tier,
          month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      end if;
    end loop;
  end loop;
end $$;

-- Rolls up the minutes from..upto of all devices, and the coarser buckets that end in them. At most an hour at a time.
create function telemetry_roll(since timestamptz, upto timestamptz) returns void language plpgsql
set search_path from current
as $$
declare
  tier record;
  low timestamptz;
  high timestamptz;
begin
  perform ensure_rollup_months(array[since, upto - interval '1 microsecond', since - interval '15 minutes']);
  -- Time and value as a pair, so that the least pair holds the first value: unlike an ordered array_agg this sorts nothing.
  insert into telemetry_rollup_1m
  select device_id, metric_id, telemetry_bucket('1 minute', ts), count(*), sum(value), min(value), max(value),
         (min(array[extract(epoch from ts)::float8, value]))[2], (max(array[extract(epoch from ts)::float8, value]))[2]
    from telemetry where ts >= since and ts < upto and quality < 2 and value is not null group by 1, 2, 3
  on conflict (device_id, metric_id, ts) do update
     set count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, first = excluded.first, last = excluded.last;
  for tier in select * from (values (1, '15m', '1m', interval '15 minutes'), (2, '1h', '15m', interval '1 hour'), (3, '1d', '1h', interval '1 day')) t(n, name, below, width) order by n loop
    low := telemetry_bucket(tier.width, since);
    high := telemetry_bucket(tier.width, upto);
    if low < high then
      execute format(
        'insert into telemetry_rollup_%s
         select device_id, metric_id, telemetry_bucket($3, ts), sum(count), sum(sum), min(min), max(max),
                (min(array[extract(epoch from ts)::float8, first]))[2], (max(array[extract(epoch from ts)::float8, last]))[2]
           from telemetry_rollup_%s where ts >= $1 and ts < $2 group by 1, 2, 3
         on conflict (device_id, metric_id, ts) do update
            set count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, first = excluded.first, last = excluded.last',
        tier.name, tier.below) using low, high, tier.width;
    end if;
  end loop;
  update telemetry_rolled set rolled_to = greatest(rolled_to, upto);
end $$;

-- Takes up at most so many notes and rolls their hours up again; gives the number of notes taken. Hours whose rows may be partly gone
-- already, or go while this runs, are left as they are: what the rollups hold of them is more than what telemetry holds.
create function telemetry_roll_late(notes int, kept_from timestamptz) returns int language plpgsql
set search_path from current
as $$
declare
  taken int;
  devices int[];
  hours timestamptz[];
  rolled timestamptz;
  tier record;
begin
  select rolled_to into rolled from telemetry_rolled;
  with gone as (delete from telemetry_late where ctid = any (array(select ctid from telemetry_late limit notes)) returning device_id, hour),
  whole as (
    select distinct g.device_id, g.hour from gone g join telemetry_floors(kept_from) f on f.device_key = g.device_id where g.hour >= f.kept_from + interval '1 day' and g.hour < rolled
  )
  select (select count(*) from gone), array_agg(device_id), array_agg(hour) into taken, devices, hours from whole;
  if devices is null then
    return taken;
  end if;
  perform ensure_rollup_months(hours);
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

-- From when on a device's telemetry is whole: the global limit, or its tenant's own where that is shorter. Both fall on a UTC midnight.
create function telemetry_floors(kept_from timestamptz) returns table (device_key int, tenant_id text, kept_from timestamptz) language sql stable
set search_path from current
as $$
  select d.key, d.tenant_id, greatest($1, f.own) from devices d join tenants t on t.id = d.tenant_id
   cross join lateral (select case when jsonb_typeof(t.settings -> 'retention_days') = 'number'
     then date_trunc('day', now() - make_interval(days => greatest(2, (t.settings ->> 'retention_days')::numeric::int)), 'UTC') end as own) f
$$;

revoke execute on function telemetry_roll_begin(timestamptz), ensure_rollup_months(timestamptz[]), telemetry_roll(timestamptz, timestamptz),
  telemetry_roll_late(int, timestamptz), telemetry_floors(timestamptz) from public;

-- What was taken out of telemetry, and where it was archived before: a whole day, or one tenant's rows of it.
create table telemetry_dropped (
  day                 date not null,
  of_tenant           text,
  row_count           bigint,
  archive             text,
  dropped_at          timestamptz not null default now()
);
create index on telemetry_dropped (day);

-- For the health of the store: how far the rollups are behind, and what waits.
create function telemetry_health() returns table (store text, rolled_to timestamptz, late_hours bigint, days bigint, oldest date) language sql stable security definer
set search_path from current
as $$
  select telemetry_store(), r.rolled_to, (select count(*) from (select from telemetry_late limit 100000) l), count(d.day), min(d.day)
    from telemetry_rolled r left join telemetry_days() d on true group by r.rolled_to
$$;
revoke execute on function telemetry_health() from public;
grant execute on function telemetry_health() to hub_app;
