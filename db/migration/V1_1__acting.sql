-- What acting on events needs: shelved events, and which action looks after which events.

alter table events add column shelved_until timestamptz;
create index on events (tenant_id, device_id, rule_id, opened_at desc);

alter table actions add column asset text not null default '';
alter table actions add column family text not null default '';
create index on actions (tenant_id, asset, family, kind, created_at desc);

create table event_actions (
  tenant_id           text not null references tenants,
  event_id            uuid not null references events,
  action_id           uuid not null references actions,
  created_at          timestamptz not null default now(),
  primary key (event_id, action_id)
);
create index on event_actions (action_id);
alter table event_actions enable row level security;
alter table event_actions force row level security;
create policy tenant_rows on event_actions to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant());
do $$ begin execute format('create policy owner_rows on event_actions to %I using (true) with check (true)', current_user); end $$;
grant select, insert on event_actions to hub_app;
