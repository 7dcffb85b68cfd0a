-- The series of a device, and a series in the order of its time, for readers who know the device's key. A security-barrier view is planned
-- without the order its reader asks for, and asks of each row whose the device is: over 30 days of 50 million rows and 10,000 devices it read
-- every row of a series to find the newest, and all series to find a device's. These ask once whose the device is, and walk the index; the
-- plan is made once a session, not over all days at every call.

-- The metrics of which a device has rows.
create function device_series(device int) returns table (metric_id int) language plpgsql stable security definer rows 10
set search_path from current
as $$
begin
  if (select d.tenant_id from devices d where d.key = device) = hub_tenant() then
    return query select s.metric_id from telemetry_series s where s.device_id = device;
  end if;
end $$;

-- The newest row of since <= ts < until whose quality is below a code.
create function telemetry_newest(device int, metric int, since timestamptz, until timestamptz, below int default 32767)
returns table (ts timestamptz, value double precision, text_value text, quality smallint) language plpgsql stable security definer rows 1
set search_path from current
set plan_cache_mode = force_generic_plan
as $$
begin
  if (select d.tenant_id from devices d where d.key = device) = hub_tenant() then
    return query
      select t.ts, t.value, t.text_value, t.quality from telemetry t
       where t.device_id = device and t.metric_id = metric and t.ts >= since and t.ts < until and t.quality < below
       order by t.ts desc limit 1;
  end if;
end $$;

-- The rows of since <= ts < until in the order of their time, without those at since itself unless asked for; all of them when at_most is null.
create function telemetry_span(device int, metric int, since timestamptz, until timestamptz, with_since boolean, at_most int)
returns table (ts timestamptz, value double precision, text_value text, quality smallint) language plpgsql stable security definer rows 100
set search_path from current
set plan_cache_mode = force_generic_plan
as $$
begin
  if (select d.tenant_id from devices d where d.key = device) = hub_tenant() then
    return query
      select t.ts, t.value, t.text_value, t.quality from telemetry t
       where t.device_id = device and t.metric_id = metric and t.ts >= since and t.ts < until and (with_since or t.ts > since)
       order by t.ts limit at_most;
  end if;
end $$;

drop view telemetry_rows;
drop view device_metrics;

revoke execute on function device_series(int), telemetry_newest(int, int, timestamptz, timestamptz, int),
  telemetry_span(int, int, timestamptz, timestamptz, boolean, int) from public;
grant execute on function device_series(int), telemetry_newest(int, int, timestamptz, timestamptz, int),
  telemetry_span(int, int, timestamptz, timestamptz, boolean, int) to hub_app;

-- Rolling up an hour reads the hour of the tier below it, by time alone.
do $$
declare
  tier text;
begin
  if telemetry_store() <> 'hypertable' then
    foreach tier in array array['1m', '15m', '1h'] loop
      execute format('create index on telemetry_rollup_%s using brin (ts) with (autosummarize = on)', tier);
    end loop;
  end if;
end $$;
