-- X.509 certificates that devices log in with, each registered with one device. Only the fingerprint (SHA-256 of the DER form) counts.
create table device_certificates (
  fingerprint         bytea primary key,
  tenant_id           text not null references tenants,
  device_id           uuid not null references devices,
  subject             text not null,
  not_after           timestamptz not null,
  created_at          timestamptz not null default now(),
  revoked_at          timestamptz
);
create unique index on device_certificates (device_id) where revoked_at is null;

alter table device_certificates enable row level security;
alter table device_certificates force row level security;
create policy tenant_rows on device_certificates to hub_app, hub_writer using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant());
do $$ begin execute format('create policy owner_rows on device_certificates to %I using (true) with check (true)', current_user); end $$;
grant select, insert, update on device_certificates to hub_app;

-- Asked before a tenant is known, as authenticate(bytea) is.
create function certificate_holder(certificate bytea) returns table (tenant_id text, device_id text)
language sql stable security definer set search_path from current
as $$ select c.tenant_id, c.device_id::text from device_certificates c where c.fingerprint = certificate and c.revoked_at is null $$;
revoke execute on function certificate_holder(bytea) from public;
grant execute on function certificate_holder(bytea) to hub_app;
