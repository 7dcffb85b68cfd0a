with watched as (
  select key, id from devices where :?kind = 'devices' and id = nullif(:?uuid, '')::uuid
  union
  select key, id from devices where :?kind = 'devices' and serial = :?name
  union
  select key, id from devices where :?kind = 'equipment' and equipment_id = :?name
),
-- What devices say of an asset, each within the times of its links and under the names that these give.
linked as (
  select d.key as device_key, d.id as device, n.metric_id, link_metric(m.key, b.port, b.metrics) as shown,
         range_agg(tstzrange(b.valid_from, b.valid_to)) as valid
    from bindings b
    join devices d on d.id = b.device_id
   cross join lateral device_series(d.key) n
    join metrics m on m.id = n.metric_id
   where :?kind = 'assets' and b.asset_id = :?name
   group by 1, 2, 3, 4
),
-- How far the rollups go: minutes to rolled_to, the tier asked to the last whole bucket before it. What is newer is taken from telemetry.
rolled as (select rolled_to, telemetry_bucket(make_interval(secs => :?tierSeconds), rolled_to) as whole_to from telemetry_rolled),
series as (
  select w.key as device_key, w.id as device, n.metric_id, null::text as shown, null::tstzmultirange as valid,
         '-infinity'::timestamptz as valid_from, 'infinity'::timestamptz as valid_to
    from watched w cross join lateral device_series(w.key) n
   where :?metric = ''
  union all
  select w.key, w.id, m.id, null, null, '-infinity', 'infinity' from watched w cross join metrics m where m.key = any (string_to_array(:?metric, ','))
  union all
  select device_key, device, metric_id, shown, valid, lower(valid), coalesce(upper(valid), 'infinity')
    from linked
   where shown is not null and not isempty(valid) and (:?metric = '' or shown = any (string_to_array(:?metric, ',')))
),
buckets as (
  select s.device_key, s.device, s.metric_id, s.shown, b.*
    from series s
   cross join lateral (
     select telemetry_bucket(make_interval(secs => :?bucketSeconds), p.ts) as ts, sum(p.count) as count, sum(p.sum) as sum, min(p.min) as min, max(p.max) as max,
            (array_agg(p.first order by p.ts) filter (where :?agg = 'first'))[1] as first, (array_agg(p.last order by p.ts desc) filter (where :?agg = 'last'))[1] as last
       from (
           select ts, count, sum, min, max, first, last from telemetry_1d
            where :?tier = '1d' and device_key = s.device_key and metric_id = s.metric_id and ts >= :?lower and ts < :?until
              and ts >= s.valid_from and ts < s.valid_to and (s.valid is null or tstzrange(ts, ts + interval '24 hours') <@ s.valid) and ts < (select whole_to from rolled)
           union all
           select ts, count, sum, min, max, first, last from telemetry_1h
            where :?tier = '1h' and device_key = s.device_key and metric_id = s.metric_id and ts >= :?lower and ts < :?until
              and ts >= s.valid_from and ts < s.valid_to and (s.valid is null or tstzrange(ts, ts + interval '1 hour') <@ s.valid) and ts < (select whole_to from rolled)
           union all
           select ts, count, sum, min, max, first, last from telemetry_15m
            where :?tier = '15m' and device_key = s.device_key and metric_id = s.metric_id and ts >= :?lower and ts < :?until
              and ts >= s.valid_from and ts < s.valid_to and (s.valid is null or tstzrange(ts, ts + interval '15 minutes') <@ s.valid) and ts < (select whole_to from rolled)
           union all
           select ts, count, sum, min, max, first, last from telemetry_1m
            where :?tier <> 'raw' and device_key = s.device_key and metric_id = s.metric_id and ts >= :?lower and ts < :?until
              and ts >= s.valid_from and ts < s.valid_to and (s.valid is null or tstzrange(ts, ts + interval '1 minute') <@ s.valid) and ts < (select rolled_to from rolled)
              and (:?tier = '1m' or ts >= (select whole_to from rolled))
           union all
           select t.ts, 1, t.value, t.value, t.value, t.value, t.value
             from unnest(coalesce(s.valid, '{[-infinity,infinity)}')) r(during)
            cross join lateral telemetry_span(s.device_key, s.metric_id,
                   greatest(:?freshFrom, lower(r.during), case when :?tier <> 'raw' then (select rolled_to from rolled) end), least(:?until, upper(r.during)), true, null) t
            where t.quality < 2 and t.value is not null
           union all
           -- Of a bucket that a link begins or ends in, the rollups know the whole and telemetry the part.
           select t.ts, 1, t.value, t.value, t.value, t.value, t.value
             from (select distinct telemetry_bucket(e.width, p.at) as since, e.width
                     from unnest(s.valid) r(during) cross join lateral (values (lower(r.during)), (upper(r.during))) p(at)
                    cross join lateral (select case when p.at < (select whole_to from rolled) then make_interval(secs => :?tierSeconds) else interval '1 minute' end as width) e
                    where :?tier <> 'raw' and isfinite(p.at)) edge
            cross join lateral telemetry_span(s.device_key, s.metric_id,
                   greatest(:?lower, edge.since), least(:?until, edge.since + edge.width, (select rolled_to from rolled)), true, null) t
            where not tstzrange(edge.since, edge.since + edge.width) <@ s.valid and t.ts <@ s.valid and t.quality < 2 and t.value is not null
       ) p
      group by 1 order by 1 limit :?bucketRows) b
),
valued as (
  select device_key, device, metric_id, shown, ts, count,
         case :?agg when 'avg' then sum / count when 'sum' then sum when 'min' then min when 'max' then max when 'count' then count when 'first' then first else last end as value
    from buckets
),
-- Every bucket of every series that says anything, when gaps are to be filled; known_before and known_after number the values around a gap.
grid as (
  select s.device_key, s.device, s.metric_id, s.shown, g.ts, v.count, v.value,
         count(v.ts) over (partition by s.device_key, s.metric_id, s.shown order by g.ts) as known_before,
         count(v.ts) over (partition by s.device_key, s.metric_id, s.shown order by g.ts desc) as known_after
    from (select distinct device_key, device, metric_id, shown from valued where :?fill <> 'none') s
   cross join generate_series(:?since::timestamptz, :?until::timestamptz - interval '1 microsecond', make_interval(secs => :?bucketSeconds)) g(ts)
    left join valued v on v.device_key = s.device_key and v.metric_id = s.metric_id and v.ts = g.ts and v.shown is not distinct from s.shown
),
filled as (
  select device_key, device, metric_id, shown, ts, coalesce(count, 0) as count,
         case when count is not null then value
              when :?agg = 'count' then 0
              when :?fill = 'previous' then first_value(value) over earlier
              when :?fill = 'linear' then first_value(value) over earlier
                + (first_value(value) over later - first_value(value) over earlier)
                * extract(epoch from ts - first_value(ts) over earlier)::float8 / nullif(extract(epoch from first_value(ts) over later - first_value(ts) over earlier)::float8, 0)
         end as value
    from grid
  window earlier as (partition by device_key, metric_id, shown, known_before order by ts), later as (partition by device_key, metric_id, shown, known_after order by ts desc)
  union all
  select device_key, device, metric_id, shown, ts, count, value from valued where :?fill = 'none'
)
select f.device, coalesce(f.shown, m.key) as metric, f.device_key, f.metric_id, f.shown, f.ts, f.value, f.count, m.unit
  from filled f
  join metrics m on m.id = f.metric_id
 where (f.ts, f.metric_id, f.device_key, coalesce(f.shown, '')) > (:?afterTs, :?afterMetric, :?afterDevice, :?afterShown)
 order by f.ts, f.metric_id, f.device_key, f.shown
 limit :?rows
