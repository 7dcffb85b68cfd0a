-- Versions of mappings. A row's id is what batches name it by (telemetry_mapping below), so a row never goes and never changes its content
-- once it was published. A draft has version 0; publishing it gives it its number. origin tells who rules: after "file" the hub follows the
-- file in its folder, after "admin" this content stands until it is rolled back.
alter table mappings
  add column fields text,
  add column origin text not null default 'admin' check (origin in ('file','admin')),
  add column based_on int,
  add column published_at timestamptz,
  add column published_by text,
  add column updated_at timestamptz not null default now();
update mappings set published_at = created_at, published_by = author where status <> 'draft';
create unique index mappings_published on mappings (tenant_id, name) where status = 'published';
create unique index mappings_draft on mappings (tenant_id, name) where status = 'draft';

-- Drafts may go, versions may not.
create policy only_drafts_go on mappings as restrictive for delete to hub_app using (tenant_id = hub_tenant() and status = 'draft');
grant delete on mappings to hub_app;

create function keep_mapping_version() returns trigger language plpgsql as $$
begin
  if (new.name, new.version, new.content, new.fields, new.sha256) is distinct from (old.name, old.version, old.content, old.fields, old.sha256)
     or new.status = 'draft' then
    raise exception 'version % of mapping % has been published and stays as it is', old.version, old.name using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_mapping_version before update on mappings for each row when (old.status <> 'draft') execute function keep_mapping_version();

-- Every hub on the database hears of a version that takes effect.
create function tell_mapping_version() returns trigger language plpgsql as $$
begin
  perform pg_notify('hub_mappings', new.tenant_id || ' ' || new.name);
  return null;
end $$;
create trigger tell_mapping_version after insert or update on mappings for each row when (new.status = 'published') execute function tell_mapping_version();

-- batch_id of a row: bit 62 set, 40 bits that number the batch, and in the lowest 22 the id of the mapping version that made the row, 0 for
-- none. Rows of a replay have it negative, with the number of the run in place of the batch's. Rows from before have bit 62 unset, and do not say.
create function telemetry_mapping(batch_id bigint) returns int language sql immutable parallel safe
as $$ select case when abs(batch_id) >= 4611686018427387904 then nullif((abs(batch_id) & 4194303)::int, 0) end $$;
create function telemetry_run(batch_id bigint) returns bigint language sql immutable parallel safe
as $$ select case when batch_id > -4611686018427387904 then batch_id else -((-batch_id & 4611686018427387903) >> 22) end $$;
grant execute on function telemetry_mapping(bigint), telemetry_run(bigint) to hub_app;

create or replace view telemetry_rows with (security_barrier) as
  select t.device_id as device_key, t.metric_id, t.ts, t.value, t.text_value, t.quality, telemetry_mapping(t.batch_id) as mapping_id
    from telemetry t
   where (select d.tenant_id from devices d where d.key = t.device_id) = hub_tenant();
