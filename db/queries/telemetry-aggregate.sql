with watched as (
  select id from devices where (:?kind = 'devices' and (id::text = :?name or serial = :?name)) or (:?kind = 'equipment' and equipment_id = :?name)
  union
  select device_id from bindings where :?kind = 'assets' and asset_id = :?name and valid_to is null
)
select * from (
  select device_id as device, device_key, metric, metric_id, unit,
         date_bin(make_interval(secs => :?bucketSeconds), ts, timestamptz '2000-01-01 00:00:00+00') as ts,
         avg(value) as avg, min(value) as min, max(value) as max, sum(value) as sum, count(value) as count
    from telemetry_values
   where device_id in (select id from watched) and (:?metric = '' or metric = any (string_to_array(:?metric, ',')))
     and ts >= :?since and ts < :?until and quality < 2
   group by 1, 2, 3, 4, 5, 6
) buckets
 where (ts, metric_id, device_key) > (:?afterTs, :?afterMetric, :?afterDevice)
 order by ts, metric_id, device_key
 limit :?rows
