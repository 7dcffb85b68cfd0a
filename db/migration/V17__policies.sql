-- Policies of tenants with every version they had, and the books beside them: calendar, service levels, limits, prices. What was done about
-- each event, or why not. Actions that are held until a time.
alter table policies add column version int not null default 1;
alter table policies add column author text not null default '';
alter table policies add column created_at timestamptz not null default now();

create table policy_versions (
  tenant_id           text not null references tenants,
  id                  text not null,
  version             int not null,
  definition          jsonb,
  author              text not null,
  at                  timestamptz not null default now(),
  primary key (tenant_id, id, version)
);

create table policy_books (
  tenant_id           text not null references tenants,
  name                text not null check (name in ('calendar','sla','limits','prices')),
  version             int not null,
  definition          jsonb not null,
  author              text not null,
  updated_at          timestamptz not null default now(),
  primary key (tenant_id, name)
);

-- Tenants were given a copy of the defaults, which are now in force without one. A copy that nobody has edited goes; a default that somebody
-- has taken away stays away.
insert into policies (tenant_id, id, definition, enabled)
select t.tenant_id, d.id, jsonb_build_object('id', d.id, 'enabled', false, 'description', 'taken away by the tenant', 'then', '[]'::jsonb), false
  from (select distinct tenant_id from policies) t
 cross join (values ('critical-fault'),('likely-failure'),('possible-failure'),('maintenance-due')) d (id)
 where not exists (select from policies p where p.tenant_id = t.tenant_id and p.id = d.id);
delete from policies p using (values
  ('{"id":"critical-fault","description":"A critical fault is a job for now.","when":{"event_type":["critical_fault"]},"then":{"kind":"work_order","priority":1,"work_type":"emergency","start_within":"PT1H","complete_within":"PT8H","group_for":"PT4H"}}'::jsonb),
  ('{"id":"likely-failure","description":"A machine that is about to fail is visited the next day.","when":{"event_type":["likely_failure"],"severity":["high","critical"]},"then":{"kind":"work_order","priority":2,"work_type":"corrective","start_within":"PT4H","complete_within":"PT24H","group_for":"PT4H"}}'),
  ('{"id":"possible-failure","description":"A lesser suspicion of failure is looked at within three days.","when":{"event_type":["likely_failure"],"severity":["low","medium"]},"then":{"kind":"work_order","priority":3,"work_type":"inspection","start_within":"PT24H","complete_within":"PT72H","group_for":"PT4H"}}'),
  ('{"id":"maintenance-due","description":"Maintenance is done within a week.","when":{"event_type":["maintenance_due"]},"then":{"kind":"work_order","priority":4,"work_type":"preventive","start_within":"PT48H","complete_within":"PT168H","group_for":"PT24H"}}')) d (seeded)
 where p.enabled and jsonb_strip_nulls(p.definition) = d.seeded;

-- What was decided about an event, one row each time: by which policies, with what outcome, in a sentence.
create table event_explanations (
  id                  bigint generated always as identity primary key,
  tenant_id           text not null references tenants,
  event_id            uuid not null references events on delete cascade,
  at                  timestamptz not null default now(),
  cause               text not null check (cause in ('raised','worse','waited','recorded')),
  summary             text not null,
  policies            jsonb not null default '[]',
  actions             jsonb not null default '[]'
);
create index on event_explanations (event_id, id desc);
insert into event_explanations (tenant_id, event_id, cause, summary)
select tenant_id, id, 'recorded', 'It is from before explanations were kept.' from events;

-- Policies that want an event to have lasted a while: when it is looked at again.
create table policy_waits (
  tenant_id           text not null references tenants,
  event_id            uuid not null references events on delete cascade,
  policy_id           text not null,
  -- Only its announcement is made again, which failed so often; else the whole policy is looked at.
  telling             boolean not null default false,
  tries               int not null default 0,
  due_at              timestamptz not null,
  primary key (event_id, policy_id, telling)
);
create index on policy_waits (tenant_id, due_at);

do $$
declare
  t text;
begin
  foreach t in array array['policy_versions','policy_books','event_explanations','policy_waits'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert on policy_versions, event_explanations to hub_app;
grant select, insert, update, delete on policy_books, policy_waits to hub_app;
-- An event that gets worse tells the order it has joined.
grant update (priority) on event_actions to hub_app;

alter table actions drop constraint actions_kind_check;
alter table actions add constraint actions_kind_check
  check (kind in ('work_order','quote','task','notification','parts_check','parts_order','activity'));
-- An action that is HELD goes out by itself then; null: when a person says so.
alter table actions add column held_until timestamptz;
create index on actions (tenant_id, held_until) where state = 'HELD' and held_until is not null;

create function tenants_with_held_actions() returns setof text
language sql stable security definer set search_path from current
as $$
  select tenant_id from actions where state = 'HELD' and held_until <= now()
  union
  select tenant_id from policy_waits where due_at <= now()
$$;
revoke execute on function tenants_with_held_actions() from public;
grant execute on function tenants_with_held_actions() to hub_app;

-- No event without an explanation, whoever records it.
create function explain_quiet_event() returns trigger language plpgsql as $$
begin
  insert into event_explanations (tenant_id, event_id, cause, summary)
  select e.tenant_id, e.id, 'recorded',
         'No policy was asked' || case
           when e.suppressed = 'parent' then ', for what it depends on is silent itself and has an event of its own.'
           when e.suppressed = 'storm' then ', for it is one of a storm of events, which has an event of its own.'
           when e.suppressed = 'flapping' then ', for it comes and goes too often.'
           when e.suppressed = 'shelved' or e.status = 'shelved' or e.shelved_until > now() then ', for its rule is shelved on this device.'
           when e.rule_id = 'completed-not-cleared' then ': it tells that work is completed and its signal has not cleared.'
           else ': it was recorded quietly.' end
    from events e
   where e.id = new.id and not exists (select from event_explanations x where x.event_id = e.id);
  return null;
end $$;
create constraint trigger explain_quiet_event after insert on events deferrable initially deferred
  for each row execute function explain_quiet_event();

-- What is said twice in a transaction is heard once.
create function tell_policies() returns trigger language plpgsql as $$
begin
  perform pg_notify('hub_policies', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;
create trigger tell_policies after insert or update or delete on policies for each row execute function tell_policies();
create trigger tell_policies after insert or update or delete on policy_books for each row execute function tell_policies();
