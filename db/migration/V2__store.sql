-- Telemetry becomes a hypertable where TimescaleDB is to be had whole; elsewhere it stays in native day partitions. Readers and
-- writer find the same names in both. A store that holds native partitions already stays as it is.
create index telemetry_ts on telemetry using brin (ts);

do $$
begin
  -- Only a server that has preloaded the library has these settings; without it "create extension" ends the connection.
  if exists (select from pg_available_extensions where name = 'timescaledb' and installed_version is null)
     and exists (select from pg_settings where name = 'timescaledb.max_background_workers') then
    begin
      create extension timescaledb;
    exception when others then
      raise notice 'TimescaleDB is there, but this user cannot switch it on: %', sqlerrm;
    end;
  end if;
end $$;

do $$
declare
  internal text;
  hyper boolean := exists (select from pg_extension where extname = 'timescaledb' and string_to_array(split_part(extversion, '-', 1), '.')::int[] >= array[2, 15])
                   and current_setting('timescaledb.license', true) = 'timescale'
                   and not exists (select from pg_inherits where inhparent = 'telemetry'::regclass);
begin
  execute format('create function telemetry_store() returns text language sql immutable parallel safe as %L',
                 format('select %L::text', case when hyper then 'hypertable' else 'partitions' end));
  if not hyper then
    return;
  end if;
  drop view telemetry_values;
  drop table telemetry;
  create table telemetry (
    device_id           int not null,
    metric_id           int not null,
    ts                  timestamptz not null,
    value               double precision,
    text_value          text,
    quality             smallint not null default 0,
    batch_id            bigint not null default 0,
    unique (device_id, metric_id, ts)
  );
  perform create_hypertable('telemetry', 'ts', chunk_time_interval => interval '1 day', create_default_indexes => false);
  create index telemetry_ts on telemetry using brin (ts);
  alter table telemetry set (timescaledb.compress, timescaledb.compress_segmentby = 'device_id', timescaledb.compress_orderby = 'metric_id, ts desc');
  grant select, insert on telemetry to hub_writer;
  for internal in select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = '_timescaledb_internal' and c.relkind = 'r' and c.relacl::text like '%hub_writer%' loop
    execute format('revoke all on %s from hub_writer', internal);
  end loop;

  -- A chunk gets the hypertable's grants when it is made. Made here, ahead of the first row, it loses them at once: rows go in and
  -- out through the hypertable alone.
  create or replace function ensure_telemetry_day(day date) returns void language plpgsql security definer
  set search_path from current
  as $f$
  declare
    made record;
  begin
    select * into made from _timescaledb_functions.create_chunk('telemetry', jsonb_build_object('ts', jsonb_build_array(
      (extract(epoch from day::timestamp at time zone 'UTC') * 1000000)::bigint,
      (extract(epoch from (day + 1)::timestamp at time zone 'UTC') * 1000000)::bigint)));
    if made.created then
      execute format('revoke all on %I.%I from hub_writer', made.schema_name, made.table_name);
    end if;
  end $f$;

  create view telemetry_values with (security_barrier) as
    select d.tenant_id, d.id as device_id, d.key as device_key, m.id as metric_id, m.key as metric, t.ts, t.value, t.text_value, m.unit, t.quality
      from telemetry t
      join devices d on d.key = t.device_id
      join metrics m on m.id = t.metric_id
     where d.tenant_id = hub_tenant();
  grant select on telemetry_values to hub_app;
end $$;
grant execute on function telemetry_store() to hub_app, hub_writer;

-- As telemetry_values without names, for queries that know the device's key and walk the index: a join would lose the index's order.
create view telemetry_rows with (security_barrier) as
  select t.device_id as device_key, t.metric_id, t.ts, t.value, t.text_value, t.quality
    from telemetry t
   where (select d.tenant_id from devices d where d.key = t.device_id) = hub_tenant();
grant select on telemetry_rows to hub_app;

-- The days that telemetry is held in, oldest first: partitions or chunks, by name.
create function telemetry_days() returns table (day date, name text) language plpgsql stable
set search_path from current
as $$
begin
  if telemetry_store() = 'hypertable' then
    return query execute 'select (range_start at time zone ''UTC'')::date, format(''%I.%I'', chunk_schema, chunk_name)
      from timescaledb_information.chunks where hypertable_schema = current_schema() and hypertable_name = ''telemetry'' order by 1';
  else
    return query select to_date(right(c.relname, 8), 'YYYYMMDD'), c.oid::regclass::text
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'telemetry'::regclass order by 1;
  end if;
end $$;
revoke execute on function telemetry_days() from public;
