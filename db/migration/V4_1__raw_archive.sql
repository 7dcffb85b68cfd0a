-- The raw archive: messages as received, kept for tenants that ask for it, so that the past can be mapped anew.
-- made_metrics and made_at (microseconds since 1970 UTC) are the keys of the rows that the message made when it was last mapped.
create table raw_messages (
  id                  bigint generated always as identity,
  tenant_id           text not null references tenants,
  received_at         timestamptz not null,
  device_id           uuid not null,
  source              text not null,
  mapping             text,
  headers             jsonb not null,
  payload             bytea not null,
  made_metrics        int[] not null,
  made_at             bigint[] not null
) partition by range (received_at);
create index on raw_messages (tenant_id, received_at, id);
create index on raw_messages (tenant_id, device_id, received_at, id);
alter table raw_messages enable row level security;
alter table raw_messages force row level security;
create policy tenant_rows on raw_messages to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant());
do $$ begin execute format('create policy owner_rows on raw_messages to %I using (true) with check (true)', current_user); end $$;
grant select, insert, update, delete on raw_messages to hub_app;

-- Makes the partition of one UTC day; nobody is granted anything on it by name.
create function ensure_raw_day(day date) returns void language plpgsql security definer
set search_path from current
as $$
declare
  part text := 'raw_messages_' || to_char(day, 'YYYYMMDD');
begin
  if to_regclass(part) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('raw_partition'));
  if to_regclass(part) is null then
    execute format('create table %I partition of raw_messages for values from (%L) to (%L)', part,
      day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    execute format('alter table %I enable row level security', part);
    execute format('alter table %I force row level security', part);
  end if;
end $$;

-- Drops the days that no tenant keeps any more. A tenant's own settings decide, so any tenant may ask.
create function expire_raw_days(keep_days int) returns int language plpgsql security definer
set search_path from current
as $$
declare
  longest int;
  part text;
  dropped int := 0;
begin
  select greatest(max(coalesce((settings #>> '{raw_archive,keep_days}')::int, keep_days)), 1) into longest from tenants;
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'raw_messages'::regclass
       and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date - longest
  loop
    execute format('drop table %I', part);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Rows of the session's tenant as a new mapping of raw messages makes them: rows that the old mapping made and the new one does not are
-- removed, the others changed or added. A row that this run has written already stays: of two messages that make the same row the first
-- one wins, as it does when they come in.
create function replay_telemetry(run bigint, devices int[], metric_ids int[], micros bigint[], vals float8[], texts text[], qualities int2[],
                                 old_devices int[], old_metrics int[], old_micros bigint[], out changed bigint, out removed bigint)
language plpgsql security definer
set search_path from current
as $$
declare
  day date;
  store text;
begin
  if exists (select from unnest(devices || old_devices) k(key)
              where not exists (select from devices d where d.key = k.key and d.tenant_id = hub_tenant())) then
    raise exception 'not a device of this tenant' using errcode = '42501';
  end if;
  for day in select distinct ((timestamptz 'epoch' + m * interval '1 microsecond') at time zone 'UTC')::date from unnest(micros) m loop
    perform ensure_telemetry_day(day);
  end loop;
  delete from telemetry t using unnest(old_devices, old_metrics, old_micros) o(device, metric, at)
   where t.device_id = o.device and t.metric_id = o.metric and t.ts = timestamptz 'epoch' + o.at * interval '1 microsecond'
     and t.batch_id <> run;
  get diagnostics removed = row_count;
  select count(*) into changed
    from unnest(devices, metric_ids, micros, vals, texts, qualities) r(device, metric, at, val, txt, quality)
    left join telemetry t on t.device_id = r.device and t.metric_id = r.metric and t.ts = timestamptz 'epoch' + r.at * interval '1 microsecond'
   where t.device_id is null
      or (t.batch_id <> run and (t.value, t.text_value, t.quality) is distinct from (r.val, r.txt, r.quality));
  insert into telemetry as t (device_id, metric_id, ts, value, text_value, quality, batch_id)
  select r.device, r.metric, timestamptz 'epoch' + r.at * interval '1 microsecond', r.val, r.txt, r.quality, run
    from unnest(devices, metric_ids, micros, vals, texts, qualities) r(device, metric, at, val, txt, quality)
  on conflict (device_id, metric_id, ts) do update
     set value = excluded.value, text_value = excluded.text_value, quality = excluded.quality, batch_id = excluded.batch_id
   where t.batch_id <> excluded.batch_id;
  -- Where rollups are kept, they must hear of hours that were rolled up before.
  if to_regprocedure('telemetry_store()') is not null then
    execute 'select telemetry_store()' into store;
  end if;
  if store = 'partitions' then
    execute 'select note_late_telemetry(array_agg(device), array_agg(hour)) from (
               select distinct k.device, date_trunc(''hour'', timestamptz ''epoch'' + k.at * interval ''1 microsecond'', ''UTC'') as hour
                 from unnest($1, $2) k(device, at)) hours, telemetry_lateness() l where hour < l.late_before having count(*) > 0'
      using devices || old_devices, micros || old_micros;
  end if;
end $$;
revoke execute on function ensure_raw_day(date), expire_raw_days(int),
  replay_telemetry(bigint, int[], int[], bigint[], float8[], text[], int2[], int[], int[], bigint[]) from public;
grant execute on function ensure_raw_day(date), expire_raw_days(int),
  replay_telemetry(bigint, int[], int[], bigint[], float8[], text[], int2[], int[], int[], bigint[]) to hub_app;
