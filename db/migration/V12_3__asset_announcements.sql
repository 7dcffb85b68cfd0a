-- Every hub on the database hears that definitions, links or assets of a tenant are other than they were. What is said twice in a transaction
-- is heard once.
create function tell_assets() returns trigger language plpgsql as $$
begin
  perform pg_notify('hub_assets', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;
create trigger tell_definitions after insert or update or delete on asset_definitions for each row execute function tell_assets();
create trigger tell_assets after insert or update on assets for each row execute function tell_assets();
create trigger tell_links after insert or update on bindings for each row when (new.role <> 'derived') execute function tell_assets();
