with watched as (
  select id from devices where (:?kind = 'devices' and (id::text = :?name or serial = :?name)) or (:?kind = 'equipment' and equipment_id = :?name)
  union
  select device_id from bindings where :?kind = 'assets' and asset_id = :?name and valid_to is null
)
select device_id as device, metric, device_key, metric_id, ts, value, text_value, unit, quality
  from telemetry_values
 where device_id in (select id from watched) and (:?metric = '' or metric = any (string_to_array(:?metric, ',')))
   and ts >= :?since and ts < :?until and (ts, metric_id, device_key) > (:?afterTs, :?afterMetric, :?afterDevice)
 order by ts, metric_id, device_key
 limit :?rows
