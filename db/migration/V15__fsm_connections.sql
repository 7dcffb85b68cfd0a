-- Connections of tenants with field-service products. credentials is an envelope of AES-GCM, never readable without the hub's key.
-- One of a tenant's connections is enabled: the one its actions go to. From the first that was ever enabled on (used) the hub's own default
-- is the tenant's no more.
create table fsm_connections (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  product             text not null,
  name                text not null,
  state               text not null default 'paused' check (state in ('enabled','paused')),
  used                boolean not null default false,
  join_orders         text not null default 'person' check (join_orders in ('never','person','any')),
  settings            jsonb not null default '{}',
  credentials         bytea,
  changed_since       timestamptz not null default now(),
  next_poll_at        timestamptz not null default now(),
  last_success_at     timestamptz,
  last_error          text,
  last_error_at       timestamptz,
  created_at          timestamptz not null default now(),
  updated_at          timestamptz not null default now(),
  unique (tenant_id, name)
);
create unique index on fsm_connections (tenant_id) where state = 'enabled';

-- Words of products that have been taken, so that one said twice is read once.
create table fsm_callbacks (
  tenant_id           text not null references tenants,
  connection_id       uuid not null references fsm_connections on delete cascade,
  delivery            text not null,
  received_at         timestamptz not null default now(),
  primary key (connection_id, delivery)
);
create index on fsm_callbacks (received_at);

do $$
declare
  t text;
begin
  foreach t in array array['fsm_connections','fsm_callbacks'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update, delete on fsm_connections, fsm_callbacks to hub_app;

-- claimed_by is the hub that has the call out: a hub that starts again takes back its own calls only. joined is set where evidence went
-- into an order that was there already. connection_id is where the action went, null for the hub's own default. refusals is how often the
-- product refused, the last times in a row, to be asked before it.
alter table actions add column claimed_by text;
alter table actions add column connection_id uuid;
alter table actions add column joined boolean not null default false;
alter table actions add column refusals int not null default 0;
create index on actions (tenant_id, asset, created_at) where state in ('PLANNED','SENDING','UNKNOWN');
create index on actions (tenant_id, fsm_id) where fsm_id is not null;
create index on actions (tenant_id, next_attempt_at)
  where state in ('ACCEPTED','IN_PROGRESS','ON_HOLD') and kind in ('work_order','task','quote');

-- Evidence of later events, on its way into the order that has been made: due at tell_at, under way until telling_until at most.
alter table event_actions add column priority int;
alter table event_actions add column told_at timestamptz;
alter table event_actions add column tell_at timestamptz not null default now();
alter table event_actions add column telling_until timestamptz;
alter table event_actions add column tell_attempts int not null default 0;
update event_actions set told_at = created_at;
create index on event_actions (tenant_id, tell_at) where told_at is null;
grant update (told_at, tell_at, telling_until, tell_attempts) on event_actions to hub_app;

-- The tenants for whom there is something to deliver now.
create function tenants_with_due_actions() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct tenant_id from actions where state in ('PLANNED','UNKNOWN') and next_attempt_at <= now()
$$;
-- The tenants whose open orders are to be asked for now, or whose product is to be asked for changes.
create function tenants_with_due_reads() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct tenant_id from actions
   where state in ('ACCEPTED','IN_PROGRESS','ON_HOLD') and kind in ('work_order','task','quote') and next_attempt_at <= now()
$$;
create function tenants_with_due_polls() returns setof text
language sql stable security definer set search_path from current
as $$
  select tenant_id from fsm_connections where state = 'enabled' and next_poll_at <= now()
$$;
create function tenants_with_due_evidence() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct l.tenant_id from event_actions l join actions a on a.id = l.action_id
   where l.told_at is null and l.tell_at <= now() and a.kind = 'work_order' and a.fsm_id is not null
     and a.state in ('ACCEPTED','IN_PROGRESS','ON_HOLD')
$$;
-- The tenants with events whose work is over.
create function tenants_with_completed_work() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct e.tenant_id from events e join event_actions l on l.event_id = e.id join actions a on a.id = l.action_id
   where e.status = 'linked_to_work_order' and a.kind = 'work_order' and a.state in ('COMPLETED','CANCELLED')
  union
  select tenant_id from events where rule_id = 'completed-not-cleared' and status in ('open','acknowledged')
$$;
create index on events (tenant_id) where status = 'linked_to_work_order';
create index on events (tenant_id) where rule_id = 'completed-not-cleared' and status in ('open','acknowledged');
do $$
declare
  f text;
begin
  foreach f in array array['tenants_with_due_actions','tenants_with_due_reads','tenants_with_due_polls','tenants_with_due_evidence','tenants_with_completed_work'] loop
    execute format('revoke execute on function %I() from public', f);
    execute format('grant execute on function %I() to hub_app', f);
  end loop;
end $$;
