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
series as (
  select w.key as device_key, w.id as device, n.metric_id, null::text as shown,
         '-infinity'::timestamptz as valid_from, 'infinity'::timestamptz as valid_to
    from watched w cross join lateral device_series(w.key) n
   where :?metric = ''
  union all
  select w.key, w.id, m.id, null, '-infinity', 'infinity' from watched w cross join metrics m where m.key = any (string_to_array(:?metric, ','))
  union all
  select device_key, device, metric_id, shown, lower(during), coalesce(upper(during), 'infinity')
    from linked cross join lateral unnest(valid) r(during)
   where shown is not null and (:?metric = '' or shown = any (string_to_array(:?metric, ',')))
)
select v.device, coalesce(v.shown, m.key) as metric, v.device_key, v.metric_id, v.shown, v.ts, v.value, v.text_value, m.unit, v.quality,
       p.name || '@' || p.version as mapping
  from (
    select s.*, t.*
      from series s
     cross join lateral telemetry_span(s.device_key, s.metric_id, greatest(:?lower, s.valid_from), least(:?until, s.valid_to),
            s.valid_from > :?lower or (s.metric_id, s.device_key, coalesce(s.shown, '')) > (:?afterMetric, :?afterDevice, :?afterShown), :?rows) t
     order by t.ts, s.metric_id, s.device_key, s.shown
     limit :?rows) v
  join metrics m on m.id = v.metric_id
  left join mappings p on :?withMapping and p.id = v.mapping_id
 order by v.ts, v.metric_id, v.device_key, v.shown
