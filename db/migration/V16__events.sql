-- The life of an event: its state machine with a timeline, the problem it belongs to, what suppresses it, and the evidence kept with it.
--
-- A problem is what ails one asset in one family of events. One is open at a time, however many hubs raise events of it at once; should it
-- come back after it was closed, it is another one that recurs from it.
create table problems (
  id                  uuid primary key default gen_random_uuid(),
  tenant_id           text not null references tenants,
  asset               text not null,
  family              text not null,
  opened_at           timestamptz not null,
  closed_at           timestamptz,
  recurrence_of       uuid references problems,
  events              int not null default 0,
  created_at          timestamptz not null default now()
);
create unique index problems_open on problems (tenant_id, asset, family) where closed_at is null;
create index on problems (tenant_id, asset, family, closed_at desc);

-- resolved_at is the time at which the signal cleared, null while it is active; status is how far people and systems have come with it. changed_by and change_note are
-- set with a change and taken out of the row by its trigger, which writes them to the timeline. suppressed says why no action is planned.
alter table events add column problem_id uuid references problems;
alter table events add column recurrence_of uuid references events;
alter table events add column acknowledged_at timestamptz;
alter table events add column closed_at timestamptz;
alter table events add column closed_by text;
alter table events add column site text not null default '';
alter table events add column shelved_from text;
alter table events add column dismiss_reason text check (dismiss_reason in ('false_alarm','duplicate','known','test','other'));
alter table events add column parent_id uuid references events;
alter table events add column suppressed text check (suppressed in ('parent','storm','flapping','shelved'));
alter table events add column flapping boolean not null default false;
-- What ails a device that watches no asset is its own. A column, for under row level security an index on the expression is of no use.
alter table events add column asset_key text generated always as (coalesce(asset_id, device_id::text)) stored;
alter table events add column raises int not null default 1;
alter table events add column changed_by text;
alter table events add column change_note text;
alter table events drop constraint events_status_check;
alter table events add constraint events_status_check
  check (status in ('open','acknowledged','linked_to_work_order','resolved','dismissed','shelved'));
create index on events (problem_id) where problem_id is not null;
create index on events (parent_id) where parent_id is not null;
create index on events (tenant_id, shelved_until) where status = 'shelved';
create index on events (tenant_id) where suppressed is not null and resolved_at is null;
create index on events (tenant_id, asset_key, family, opened_at);
create index on events (tenant_id) where flapping;
create index on events (tenant_id, site, created_at desc);
create index on events (tenant_id, site) where rule_id = 'event-storm' and resolved_at is null;
create index on events (device_id, family) where metric is null and resolved_at is null;

-- The transitions there are. Java has the same table in EventState; a test compares them.
create table event_transitions (from_status text not null, to_status text not null, primary key (from_status, to_status));
insert into event_transitions values
  ('open','acknowledged'), ('open','linked_to_work_order'), ('open','resolved'), ('open','dismissed'), ('open','shelved'),
  ('acknowledged','linked_to_work_order'), ('acknowledged','resolved'), ('acknowledged','dismissed'), ('acknowledged','shelved'),
  ('linked_to_work_order','resolved'), ('linked_to_work_order','dismissed'), ('linked_to_work_order','shelved'),
  ('shelved','open'), ('shelved','acknowledged'), ('shelved','linked_to_work_order'), ('shelved','resolved'), ('shelved','dismissed'),
  ('resolved','open'), ('resolved','linked_to_work_order'), ('dismissed','open');
grant select on event_transitions to hub_app;

-- Every time a signal was raised, and when it cleared. Several of them are one event when it comes back within the grace time or flaps.
create table event_signals (
  tenant_id           text not null references tenants,
  dedup_key           text not null,
  event_id            uuid not null references events on delete cascade,
  raised_at           timestamptz not null,
  cleared_at          timestamptz,
  primary key (tenant_id, dedup_key)
);
create index on event_signals (event_id, raised_at);
create index on event_signals (tenant_id, raised_at);

-- The timeline.
create table event_changes (
  id                  bigint generated always as identity primary key,
  tenant_id           text not null references tenants,
  event_id            uuid not null references events on delete cascade,
  at                  timestamptz not null default now(),
  actor               text not null,
  change              text not null,
  from_status         text,
  to_status           text not null,
  active              boolean not null,
  note                text
);
create index on event_changes (event_id, id);

-- What the metrics of an event were around it, kept when raw telemetry is gone. A row is made with the event and filled afterwards; next_at is
-- when it is to be filled again, null once it is whole.
create table event_series (
  tenant_id           text not null references tenants,
  event_id            uuid not null references events on delete cascade,
  metric              text not null,
  unit                text,
  from_at             timestamptz not null,
  to_at               timestamptz,
  points              jsonb not null default '[]',
  next_at             timestamptz default now(),
  primary key (event_id, metric)
);
create index on event_series (tenant_id, next_at) where next_at is not null;

do $$
declare
  t text;
begin
  foreach t in array array['problems','event_signals','event_changes','event_series'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant_rows on %I to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())', t);
    execute format('create policy owner_rows on %I to %I using (true) with check (true)', t, current_user);
  end loop;
end $$;
grant select, insert, update on problems, event_signals, event_series to hub_app;
grant select, insert on event_changes to hub_app;

-- The open problem of the event's asset and family, made when there is none. Who comes second waits for the first one's commit.
create function join_problem(e events) returns uuid language sql as $$
  insert into problems (tenant_id, asset, family, opened_at, recurrence_of, events)
  values (e.tenant_id, coalesce(e.asset_id, e.device_id::text), e.family, e.opened_at,
          (select p.id from problems p
            where p.tenant_id = e.tenant_id and p.asset = coalesce(e.asset_id, e.device_id::text) and p.family = e.family
              and p.closed_at > now() - interval '30 days'
            order by p.closed_at desc limit 1), 1)
  on conflict (tenant_id, asset, family) where closed_at is null do update set events = problems.events + 1
  returning id
$$;

create function event_raised() returns trigger language plpgsql as $$
declare
  problem uuid;
  earlier uuid;
begin
  insert into event_changes (tenant_id, event_id, actor, change, to_status, active, note)
  values (new.tenant_id, new.id, coalesce(new.changed_by, 'rule:' || new.rule_id), 'raised', new.status, new.resolved_at is null,
          coalesce(new.change_note, new.message));
  insert into event_signals (tenant_id, dedup_key, event_id, raised_at, cleared_at)
  values (new.tenant_id, new.dedup_key, new.id, new.opened_at, new.resolved_at);
  -- What is over when it is noted, such as a change of an inventory, is no problem of anybody.
  if new.status not in ('resolved','dismissed') then
    problem := join_problem(new);
    select b.id into earlier from events b
     where b.tenant_id = new.tenant_id and b.device_id = new.device_id and b.rule_id = new.rule_id and b.id <> new.id
       and b.opened_at >= new.opened_at - interval '30 days' and b.status in ('resolved','dismissed')
     order by b.opened_at desc limit 1;
    if earlier is null then
      select b.id into earlier from events b
       where b.problem_id = (select p.recurrence_of from problems p where p.id = problem) and b.id <> new.id
         and b.opened_at >= new.opened_at - interval '30 days' and b.status in ('resolved','dismissed')
       order by b.opened_at desc limit 1;
    end if;
  end if;
  update events e
     set problem_id = problem, changed_by = null, change_note = null,
         closed_at = case when problem is null then now() end,
         recurrence_of = earlier
   where e.id = new.id;
  return null;
end $$;
create trigger event_raised after insert on events for each row execute function event_raised();

-- Refuses a transition there is not, and writes the timeline: nothing changes an event's state without a trace.
create function event_changing() returns trigger language plpgsql as $$
declare
  change text;
begin
  if new.status <> old.status then
    if not exists (select from event_transitions where from_status = old.status and to_status = new.status) then
      raise exception 'an event that is % cannot become %', old.status, new.status using errcode = 'check_violation';
    end if;
    new.closed_at := case when new.status in ('resolved','dismissed') then now() end;
    new.closed_by := case when new.status in ('resolved','dismissed') then coalesce(new.changed_by, 'hub') end;
    if new.status in ('acknowledged','dismissed') then
      new.acknowledged_at := coalesce(new.acknowledged_at, now());
    end if;
    if old.status = 'shelved' then
      new.shelved_until := null;
      new.shelved_from := null;
    end if;
    if new.status <> 'dismissed' then
      new.dismiss_reason := null;
    end if;
  end if;
  if new.resolved_at is not null and old.resolved_at is null then
    update event_signals set cleared_at = new.resolved_at where event_id = new.id and cleared_at is null;
  end if;
  change := case
    when new.resolved_at is not null and old.resolved_at is null then 'cleared'
    when new.resolved_at is null and old.resolved_at is not null then 'returned'
    when new.status <> old.status then case
      when old.status = 'shelved' and new.status in ('open','acknowledged','linked_to_work_order') then 'unshelved'
      when old.status in ('resolved','dismissed') then 'reopened'
      else new.status end
    when (new.severity, new.event_type) <> (old.severity, old.event_type) then 'worsened'
    when new.flapping <> old.flapping then case when new.flapping then 'flapping' else 'calm' end
    when new.suppressed is distinct from old.suppressed then case when new.suppressed is null then 'released' else 'suppressed' end
    when new.shelved_until is distinct from old.shelved_until then 'shelved'
  end;
  if change is not null then
    insert into event_changes (tenant_id, event_id, actor, change, from_status, to_status, active, note)
    values (new.tenant_id, new.id, coalesce(new.changed_by, 'hub'), change, old.status, new.status, new.resolved_at is null, new.change_note);
  end if;
  new.changed_by := null;
  new.change_note := null;
  return new;
end $$;
create trigger event_changing before update of status, resolved_at, severity, event_type, flapping, suppressed, shelved_until, changed_by on events
  for each row execute function event_changing();

-- Closes the problem with its last open event, and opens it again when one of its events is.
create function event_changed() returns trigger language plpgsql as $$
begin
  if old.status not in ('resolved','dismissed') and new.status in ('resolved','dismissed') then
    perform from problems where id = new.problem_id for update;
    update problems p set closed_at = now()
     where p.id = new.problem_id and p.closed_at is null
       and not exists (select from events e where e.problem_id = p.id and e.status not in ('resolved','dismissed'));
  elsif old.status in ('resolved','dismissed') and new.status not in ('resolved','dismissed') then
    begin
      update problems set closed_at = null where id = new.problem_id;
    exception when unique_violation then
      update events set problem_id = join_problem(new) where id = new.id;
    end;
  end if;
  return null;
end $$;
create trigger event_changed after update of status on events
  for each row when (new.problem_id is not null and old.status <> new.status) execute function event_changed();

-- With the signal of an event clears what was raised because it had not, whoever has closed that meanwhile.
create function event_cleared() returns trigger language plpgsql as $$
begin
  update events n
     set resolved_at = new.resolved_at, status = case when n.status in ('open','acknowledged') then 'resolved' else n.status end,
         changed_by = 'fsm', change_note = 'the signal has cleared after all'
   where n.tenant_id = new.tenant_id and n.dedup_key = 'not-cleared:' || new.id and n.resolved_at is null;
  return null;
end $$;
create trigger event_cleared after update of resolved_at on events
  for each row when (old.resolved_at is null and new.resolved_at is not null) execute function event_cleared();

-- The tenants for whom the clock of events has something to do: shelves, flapping, storms, children of what was silent, series to fill.
create function tenants_with_due_events() returns setof text
language sql stable security definer set search_path from current
as $$
  select tenant_id from events where status = 'shelved' and shelved_until <= now()
  union select tenant_id from events where flapping
  union select tenant_id from events where rule_id = 'event-storm' and resolved_at is null
  union select tenant_id from events where suppressed is not null and resolved_at is null and status in ('open','acknowledged','linked_to_work_order')
$$;
create function tenants_with_due_series() returns setof text
language sql stable security definer set search_path from current
as $$
  select distinct tenant_id from event_series where next_at <= now()
$$;
do $$
declare
  f text;
begin
  foreach f in array array['tenants_with_due_events','tenants_with_due_series'] loop
    execute format('revoke execute on function %I() from public', f);
    execute format('grant execute on function %I() to hub_app', f);
  end loop;
end $$;

-- What was there before: events of one asset and family that are a day apart at most are one problem, in their order each the recurrence of
-- the one before. The timeline begins with what the rows and the audit tell.
update events set status = 'shelved', shelved_from = status
 where shelved_until > now() and status in ('open','acknowledged','linked_to_work_order');
update events set shelved_until = null where status <> 'shelved' and shelved_until is not null;
create temporary table old_problems on commit drop as
with spans as (
  select id as event, tenant_id, coalesce(asset_id, device_id::text) as asset, family, opened_at, status,
         case when status in ('resolved','dismissed') then greatest(opened_at, last_seen_at, resolved_at) else 'infinity' end as until
    from events where family <> 'inventory'),
marked as (
  select *, coalesce(max(until) over w < opened_at - interval '1 day', true) as first
    from spans window w as (partition by tenant_id, asset, family order by opened_at, event rows between unbounded preceding and 1 preceding)),
numbered as (
  select *, count(*) filter (where first) over (partition by tenant_id, asset, family order by opened_at, event) as number from marked)
select *, md5(concat_ws(chr(10), tenant_id, asset, family, number))::uuid as problem from numbered;
insert into problems (id, tenant_id, asset, family, opened_at, closed_at, events)
select problem, tenant_id, asset, family, min(opened_at), nullif(max(until), 'infinity'), count(*)
  from old_problems group by problem, tenant_id, asset, family;
update problems p set recurrence_of = b.before
  from (select id, opened_at, lag(id) over w as before, lag(closed_at) over w as ended
          from problems window w as (partition by tenant_id, asset, family order by opened_at)) b
 where b.id = p.id and b.ended > b.opened_at - interval '30 days';
alter table events disable trigger user;
update events e set problem_id = o.problem from old_problems o where o.event = e.id;
update events set closed_at = coalesce(resolved_at, last_seen_at), closed_by = 'hub' where status in ('resolved','dismissed');
update events e set acknowledged_at = a.at
  from (select subject, min(at) as at from audit where verb in ('acknowledge','dismiss') and subject like 'event/%' group by 1) a
 where a.subject = 'event/' || e.id;
alter table events enable trigger user;
insert into event_signals (tenant_id, dedup_key, event_id, raised_at, cleared_at)
select tenant_id, dedup_key, id, opened_at, resolved_at from events;
insert into event_changes (tenant_id, event_id, at, actor, change, from_status, to_status, active, note)
select tenant_id, event, at, actor, change, from_status, to_status, active, note
  from (select tenant_id, id as event, created_at as at, 'rule:' || rule_id as actor, 'raised' as change, null as from_status,
               'open' as to_status, true as active, message as note from events
        union all
        select e.tenant_id, e.id, a.at, a.actor,
               case a.verb when 'acknowledge' then 'acknowledged' when 'dismiss' then 'dismissed' else 'shelved' end,
               a.before ->> 'status',
               case a.verb when 'acknowledge' then 'acknowledged' when 'dismiss' then 'dismissed' else 'shelved' end,
               e.resolved_at is null or e.resolved_at > a.at, a.after ->> 'reason'
          from audit a join events e on e.tenant_id = a.tenant_id and a.subject = 'event/' || e.id
         where a.verb in ('acknowledge','dismiss','shelve')
        union all
        select tenant_id, id, resolved_at, 'rule:' || rule_id, 'cleared', null, status, false, null from events where resolved_at is not null
        union all
        select tenant_id, id, closed_at, 'hub', 'resolved', null, 'resolved', false, null from events
         where status = 'resolved' and resolved_at is null) old
 order by at;
