-- Rollups of good and suspect numbers in buckets of 1 minute, 15 minutes, 1 hour and 1 day, all in UTC. They hold whole buckets
-- before rolled_to only; readers take what is newer from telemetry itself. On TimescaleDB they are continuous aggregates that the hub
-- refreshes tier by tier; elsewhere tables, for which the writer notes what comes late.

-- One row. Rows of telemetry older than late_before are late: whoever writes them notes their hour in the same transaction. round
-- changes whenever notes may have been taken up, so that a writer knows when to note an hour again.
create table telemetry_rolled (
  only_row            boolean primary key default true check (only_row),
  late_before         timestamptz not null,
  round               bigint not null default 0,
  rolled_to           timestamptz not null
);
grant select on telemetry_rolled to hub_app;

-- An hour of a device that has to be rolled up again. No key: writers never wait for each other here.
create table telemetry_late (
  device_id           int not null,
  hour                timestamptz not null
);

-- Begins with what there is: the oldest day, or now.
insert into telemetry_rolled (late_before, rolled_to)
select at, at from (select coalesce((select min(day)::timestamp at time zone 'UTC' from telemetry_days() where day <= (now() at time zone 'UTC')::date), date_trunc('minute', now())) as at) s;

-- What a writer must know before it commits. The lock, held to the end of its transaction, keeps late_before from moving past rows
-- that are written and not yet committed.
create function telemetry_lateness() returns table (late_before timestamptz, round bigint) language plpgsql volatile security definer
set search_path from current
as $$
begin
  perform pg_advisory_xact_lock_shared(hashtext('telemetry_rolled'));
  return query select r.late_before, r.round from telemetry_rolled r;
end $$;
create function note_late_telemetry(devices int[], hours timestamptz[]) returns void language sql volatile security definer
set search_path from current
as $$ insert into telemetry_late (device_id, hour) select * from unnest(devices, hours) $$;
revoke execute on function telemetry_lateness(), note_late_telemetry(int[], timestamptz[]) from public;
grant execute on function telemetry_lateness(), note_late_telemetry(int[], timestamptz[]) to hub_writer;

-- A bucket's beginning; weeks begin on Monday.
create function telemetry_bucket(width interval, ts timestamptz) returns timestamptz language sql immutable parallel safe
as $$ select date_bin(width, ts, timestamptz '2000-01-03 00:00:00+00') $$;

do $$
declare
  tier record;
begin
  for tier in select * from (values ('1m', interval '1 minute', 'telemetry', '7 days', '1 month'), ('15m', '15 minutes', 'telemetry_rollup_1m', '28 days', '1 month'),
      ('1h', '1 hour', 'telemetry_rollup_15m', '90 days', null), ('1d', '1 day', 'telemetry_rollup_1h', '360 days', null)) t(name, width, below, chunk, part) loop
    if telemetry_store() = 'hypertable' then
      execute format(case when tier.name = '1m' then
          'create materialized view telemetry_rollup_%s with (timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false) as
           select device_id, metric_id, time_bucket(%L::interval, ts) as ts, count(value) as count, sum(value) as sum, min(value) as min, max(value) as max,
                  first(value, ts) as first, last(value, ts) as last
             from %s where quality < 2 and value is not null group by 1, 2, 3 with no data'
        else
          'create materialized view telemetry_rollup_%s with (timescaledb.continuous, timescaledb.materialized_only = true, timescaledb.create_group_indexes = false) as
           select device_id, metric_id, time_bucket(%L::interval, ts) as ts, sum(count)::bigint as count, sum(sum) as sum, min(min) as min, max(max) as max,
                  first(first, ts) as first, last(last, ts) as last
             from %s group by 1, 2, 3 with no data'
        end, tier.name, tier.width, tier.below);
      execute format('create index on telemetry_rollup_%s (device_id, metric_id, ts)', tier.name);
    else
      execute format(
        'create table telemetry_rollup_%s (device_id int not null, metric_id int not null, ts timestamptz not null, count bigint not null,
           sum double precision not null, min double precision not null, max double precision not null, first double precision not null, last double precision not null,
           primary key (device_id, metric_id, ts)) %s', tier.name, case when tier.part is null then '' else 'partition by range (ts)' end);
    end if;
    execute format(
      'create view telemetry_%1$s with (security_barrier) as
         select d.tenant_id, d.id as device_id, d.key as device_key, m.id as metric_id, m.key as metric, r.ts, r.count, r.sum, r.min, r.max, r.first, r.last, m.unit
           from telemetry_rollup_%1$s r
           join devices d on d.key = r.device_id
           join metrics m on m.id = r.metric_id
          where d.tenant_id = hub_tenant()', tier.name);
    execute format('grant select on telemetry_%s to hub_app', tier.name);
  end loop;
end $$;
