with watched as (
  select key, id from devices where :?kind = 'devices' and id = nullif(:?uuid, '')::uuid
  union
  select key, id from devices where :?kind = 'devices' and serial = :?name
  union
  select key, id from devices where :?kind = 'equipment' and equipment_id = :?name
  union
  select d.key, d.id from bindings b join devices d on d.id = b.device_id where :?kind = 'assets' and b.asset_id = :?name and b.valid_to is null
),
series as (
  select w.key as device_key, w.id as device, n.metric_id
    from watched w cross join lateral device_series(w.key) n
   where :?metric = ''
  union all
  select w.key, w.id, m.id from watched w cross join metrics m where m.key = any (string_to_array(:?metric, ','))
)
select v.device, m.key as metric, v.device_key, v.metric_id, v.ts, v.value, v.text_value, m.unit, v.quality, p.name || '@' || p.version as mapping
  from (
    select s.*, t.*
      from series s
     cross join lateral telemetry_span(s.device_key, s.metric_id, :?lower, :?until, (s.metric_id, s.device_key) > (:?afterMetric, :?afterDevice), :?rows) t
     order by t.ts, s.metric_id, s.device_key
     limit :?rows) v
  join metrics m on m.id = v.metric_id
  left join mappings p on :?withMapping and p.id = v.mapping_id
 order by v.ts, v.metric_id, v.device_key
