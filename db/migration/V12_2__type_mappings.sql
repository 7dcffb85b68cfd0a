-- The mapping that a device type brings along is the mapping type/<name> as well: so it has versions, rows name the one that made them, and a
-- draft of it can be written, compared and published. Whichever side is changed, the other follows in the same transaction. A mapping's lock is
-- taken before that of the type's row, here and in the API.
create function keep_type_mapping() returns trigger language plpgsql
set search_path from current
as $$
declare
  called text := 'type/' || new.name;
  text_of text := coalesce(new.jsonata, '');
  before int;
begin
  if new.mapping is not null or (new.jsonata is null and new.fields is null) then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtext('mappings'), hashtext(new.tenant_id || ' ' || called));
  select version into before from mappings m
   where m.tenant_id = new.tenant_id and m.name = called and m.status = 'published' and m.content = text_of and m.fields is not distinct from new.fields;
  if found then
    return null;
  end if;
  update mappings set status = 'superseded', updated_at = clock_timestamp()
   where tenant_id = new.tenant_id and name = called and status = 'published' returning version into before;
  insert into mappings (tenant_id, name, version, status, origin, content, fields, sha256, author, note, based_on, published_at, published_by)
  select new.tenant_id, called, coalesce(max(version), 0) + 1, 'published', 'admin', text_of, new.fields,
         encode(sha256(convert_to(text_of, 'UTF8') || coalesce('\x00'::bytea || convert_to(new.fields, 'UTF8'), ''::bytea)), 'hex'),
         new.author, 'version ' || new.version || ' of the device type', before, clock_timestamp(), new.author
    from mappings where tenant_id = new.tenant_id and name = called;
  return null;
end $$;
create trigger type_mapping_kept after insert or update of mapping, jsonata, fields on device_types
  for each row execute function keep_type_mapping();

create function take_type_mapping() returns trigger language plpgsql
set search_path from current
as $$
begin
  update device_types t
     set jsonata = nullif(new.content, ''), fields = new.fields, version = t.version + 1, author = new.published_by, updated_at = now()
   where t.tenant_id = new.tenant_id and 'type/' || t.name = new.name and t.mapping is null and (t.jsonata is not null or t.fields is not null)
     and (t.jsonata, t.fields) is distinct from (nullif(new.content, ''), new.fields);
  return null;
end $$;
create trigger type_mapping_taken after insert or update on mappings
  for each row when (new.status = 'published' and new.name like 'type/%') execute function take_type_mapping();

update device_types set jsonata = jsonata;
