-- How gateways come to their credentials, their configuration and their software.

-- One-time codes. Only the hash is kept; a code is good once and until it expires.
create table gateway_enrolments (
  code_hash           bytea primary key,
  tenant_id           text not null references tenants,
  gateway_id          uuid not null references gateways,
  created_by          text not null,
  created_at          timestamptz not null default now(),
  expires_at          timestamptz not null,
  used_at             timestamptz,
  used_from           text
);
create index on gateway_enrolments (gateway_id, created_at);

create table gateway_certificates (
  fingerprint         bytea primary key,
  tenant_id           text not null references tenants,
  gateway_id          uuid not null references gateways,
  subject             text not null,
  not_after           timestamptz not null,
  created_at          timestamptz not null default now(),
  revoked_at          timestamptz
);
create unique index on gateway_certificates (gateway_id) where revoked_at is null;

-- The files of a gateway by path, as one object of texts. A version never changes once it is there; the highest one is desired.
create table gateway_versions (
  tenant_id           text not null references tenants,
  gateway_id          uuid not null references gateways,
  version             int not null check (version > 0),
  files               jsonb not null,
  sha256              text not null,
  based_on            int,
  author              text not null,
  reason              text not null,
  published_at        timestamptz not null default now(),
  primary key (gateway_id, version)
);
create table gateway_drafts (
  gateway_id          uuid primary key references gateways,
  tenant_id           text not null references tenants,
  revision            bigint not null,
  files               jsonb not null,
  based_on            int not null,
  author              text not null,
  updated_at          timestamptz not null default now()
);

-- Releases of the gateway's software; the file is below HUB_HOME, or where the address says.
create table gateway_software (
  tenant_id           text not null references tenants,
  version             text not null,
  sha256              text not null,
  signature           text not null,
  size                bigint,
  url                 text,
  author              text not null,
  created_at          timestamptz not null default now(),
  primary key (tenant_id, version)
);
alter table gateways add column desired_software text;

-- What gateways said of a version of configuration or software, newest last.
create table gateway_reports (
  id                  bigint generated always as identity primary key,
  tenant_id           text not null references tenants,
  gateway_id          uuid not null references gateways,
  kind                text not null check (kind in ('configuration','software')),
  version             text not null,
  state               text not null,
  error               text,
  at                  timestamptz not null default now()
);
create index on gateway_reports (gateway_id, kind, id desc);

do $$
declare
  t text;
begin
  foreach t in array array['gateway_enrolments','gateway_certificates','gateway_versions','gateway_drafts','gateway_software','gateway_reports'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update on gateway_enrolments, gateway_certificates to hub_app;
grant select, insert on gateway_versions to hub_app;
grant select, insert, delete on gateway_reports to hub_app;
grant select, insert, update, delete on gateway_drafts, gateway_software to hub_app;

-- Asked before a tenant is known. Whoever has the code takes it: another call with it finds nothing.
create function use_enrolment_code(hash bytea, caller text) returns table (tenant_id text, gateway_id uuid, serial text)
language sql security definer set search_path from current
as $$
  update gateway_enrolments e set used_at = now(), used_from = left(caller, 100)
    from gateways g
   where e.code_hash = hash and e.used_at is null and e.expires_at > now() and g.id = e.gateway_id and g.status = 'active'
  returning e.tenant_id, g.id, g.serial
$$;
revoke execute on function use_enrolment_code(bytea, text) from public;
grant execute on function use_enrolment_code(bytea, text) to hub_app;

-- Devices and gateways log in with certificates alike.
drop function certificate_holder(bytea);
create function certificate_holder(certificate bytea) returns table (tenant_id text, role text, subject text)
language sql stable security definer set search_path from current
as $$
  select c.tenant_id, 'device', c.device_id::text from device_certificates c where c.fingerprint = certificate and c.revoked_at is null
  union all
  select c.tenant_id, 'gateway', c.gateway_id::text from gateway_certificates c
    join gateways g on g.id = c.gateway_id and g.status = 'active'
   where c.fingerprint = certificate and c.revoked_at is null
$$;
revoke execute on function certificate_holder(bytea) from public;
grant execute on function certificate_holder(bytea) to hub_app;
