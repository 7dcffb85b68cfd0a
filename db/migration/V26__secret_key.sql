-- By what hubs know the key that seals credentials: what HMAC-SHA256 under it makes of a fixed text, which tells nothing of it. A hub whose keys do not make the same
-- does not start.
create table secret_key (
  only_one            boolean primary key default true check (only_one),
  key_check           bytea not null,
  since               timestamptz not null default now()
);
grant select, insert, update on secret_key to hub_app;
