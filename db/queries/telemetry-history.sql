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
    from watched w cross join lateral (select metric_id from device_metrics where device_key = w.key) n
   where :?metric = ''
  union all
  select w.key, w.id, m.id from watched w cross join metrics m where m.key = any (string_to_array(:?metric, ','))
)
select v.device, m.key as metric, v.device_key, v.metric_id, v.ts, v.value, v.text_value, m.unit, v.quality, p.name || '@' || p.version as mapping
  from (
    select s.*, t.*
      from series s
     cross join lateral (
       select t.ts, t.value, t.text_value, t.quality, t.mapping_id from telemetry_rows t
        where t.device_key = s.device_key and t.metric_id = s.metric_id and t.ts >= :?lower and t.ts < :?until
          and (t.ts > :?lower or (s.metric_id, s.device_key) > (:?afterMetric, :?afterDevice))
        order by t.ts limit :?rows) t
     order by t.ts, s.metric_id, s.device_key
     limit :?rows) v
  join metrics m on m.id = v.metric_id
  left join mappings p on :?withMapping and p.id = v.mapping_id
 order by v.ts, v.metric_id, v.device_key
