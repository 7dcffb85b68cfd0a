-- Quality with its reason, dead letters that can be mended, and a word to the people who look after them.

-- What a tenant expects of a metric. A row stands in place of the catalogue's range as a whole; its absence means the catalogue's.
create table metric_limits (
  tenant_id           text not null references tenants,
  key                 text not null,
  min_value           double precision,
  max_value           double precision,
  range_quality       text not null default 'suspect' check (range_quality in ('suspect','bad')),
  max_rate            double precision check (max_rate > 0),
  rate_quality        text not null default 'suspect' check (rate_quality in ('suspect','bad')),
  stuck_seconds       double precision check (stuck_seconds > 0),
  stuck_count         int check (stuck_count > 1),
  stuck_quality       text not null default 'suspect' check (stuck_quality in ('suspect','bad')),
  future_seconds      double precision check (future_seconds >= 0),
  future_quality      text not null default 'suspect' check (future_quality in ('suspect','bad')),
  past_seconds        double precision check (past_seconds >= 0),
  past_quality        text not null default 'suspect' check (past_quality in ('suspect','bad')),
  unit_quality        text not null default 'suspect' check (unit_quality in ('suspect','bad')),
  updated_at          timestamptz not null default now(),
  primary key (tenant_id, key)
);

-- The stored quality: 0 good; below 0 and 1 suspect; 2 and above bad. So "quality = 0" is good and "quality < 2" is not bad.
create function quality_level(code smallint) returns text language sql immutable parallel safe
as $$ select case when code = 0 then 'good' when code < 2 then 'suspect' else 'bad' end $$;
create function quality_reason(code smallint) returns text language sql immutable parallel safe
as $$ select (array['range','stuck','future','old','unit','rate','not read','device'])[case when code < 0 then -code else code - 2 end] $$;

-- The view with level and reason as words, whatever it is by now.
do $$ begin
  execute 'create or replace view telemetry_values with (security_barrier) as select v.*, quality_level(v.quality) as quality_level, '
    || 'quality_reason(v.quality) as quality_reason from (' || rtrim(pg_get_viewdef('telemetry_values'::regclass), '; ') || ') v';
end $$;

alter table dead_letters add column last_try_at timestamptz not null default now();
alter table dead_letters add column settled_at timestamptz;
alter table dead_letters add column settled_by text;
update dead_letters set last_try_at = created_at;
create index on dead_letters (tenant_id, status, created_at, id);

-- Each payload that somebody put in the place of the one that came; the letter keeps its own.
create table dead_letter_edits (
  id                  bigint generated always as identity primary key,
  tenant_id           text not null references tenants,
  letter_id           uuid not null references dead_letters on delete cascade,
  payload             bytea not null,
  actor               text not null,
  outcome             text not null default 'tried',
  created_at          timestamptz not null default now()
);
create index on dead_letter_edits (letter_id, id);

-- What the hub has to say to a tenant's people about itself. At most one of a kind is open.
create table notices (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  kind                text not null,
  severity            text not null default 'high' check (severity in ('low','medium','high','critical')),
  message             text not null,
  opened_at           timestamptz not null default now(),
  last_seen_at        timestamptz not null default now(),
  acknowledged_at     timestamptz,
  acknowledged_by     text,
  resolved_at         timestamptz
);
create unique index on notices (tenant_id, kind) where resolved_at is null;
create index on notices (tenant_id, opened_at desc);

-- Work that goes through many messages again; position is where it goes on after a restart.
create table replays (
  id                  uuid primary key default gen_random_uuid(),
  run                 bigint generated always as identity,
  tenant_id           text not null references tenants,
  kind                text not null check (kind in ('dead_letters','raw')),
  filter              jsonb not null,
  state               text not null default 'queued' check (state in ('queued','running','done','cancelled','failed')),
  total               bigint,
  done                bigint not null default 0,
  failed              bigint not null default 0,
  changed             bigint not null default 0,
  removed             bigint not null default 0,
  position            text,
  last_error          text,
  actor               text not null,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  finished_at         timestamptz
);
create index on replays (tenant_id, created_at desc);

do $$
declare
  t text;
begin
  foreach t in array array['metric_limits','dead_letter_edits','notices','replays'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update, delete on metric_limits to hub_app;
grant select, insert, update on dead_letter_edits, notices, replays to hub_app;
grant delete on notices to hub_app;
grant execute on function quality_level(smallint), quality_reason(smallint) to hub_app;
