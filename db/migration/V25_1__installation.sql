-- All hubs on this database are one installation. Its id is what a broker outside knows them by, whichever of them it is.
create table installation (
  only_row            boolean primary key default true check (only_row),
  id                  uuid not null default gen_random_uuid()
);
insert into installation default values;
grant select on installation to hub_app;

-- Who holds a lease now, empty when nobody does.
create function lease_holder(lease text) returns text language sql stable security definer set search_path from current
as $$ select coalesce((select holder from leases where name = lease and until > clock_timestamp()), '') $$;
revoke execute on function lease_holder(text) from public;
grant execute on function lease_holder(text) to hub_app;
