-- Several hubs on one database: who does what only one of them may do at a time, and what each has to hear of the others' changes.

-- A lease is its holder's until then. The epoch goes up whenever it is taken, so that what a former holder still writes can be told. It is part
-- of a key for the sake of locks: a transaction that has looked at the epoch (hold_lease) keeps the lease from being taken until it ends, and
-- not from being renewed.
create table leases (
  name                text primary key,
  holder              text not null default '',
  epoch               bigint not null default 0,
  until               timestamptz not null default '-infinity',
  unique (name, epoch)
);

-- Renews what the caller holds, also when it ran out and nobody took it, takes what nobody holds, and says what is the caller's then, by name and
-- epoch. The first row has no name and tells how many hubs there are: each holds a lease of its own that begins with "hub ". One that a late transaction still looks at is taken at
-- the next call.
create function claim_leases(who text, term interval, names text[]) returns table (name text, epoch bigint)
language plpgsql security definer set search_path from current
as $$
#variable_conflict use_column
begin
  insert into leases (name) select n from unnest(names) n where not exists (select from leases l where l.name = n) order by n on conflict do nothing;
  update leases l set until = clock_timestamp() + term where l.name = any (names) and l.holder = who;
  update leases l set holder = who, epoch = l.epoch + 1, until = clock_timestamp() + term
    from (select f.name from leases f where f.name = any (names) and f.until <= clock_timestamp() order by f.name for update skip locked) free
   where l.name = free.name;
  delete from leases l where l.name like 'hub %' and l.until < clock_timestamp() - interval '1 hour';
  return query
    select ''::text, count(*) from leases l where l.name like 'hub %' and l.until > clock_timestamp()
    union all
    select l.name, l.epoch from leases l where l.name = any (names) and l.holder = who and l.until > clock_timestamp();
end $$;

-- Gives back what the caller holds of these.
create function release_leases(who text, names text[]) returns void language sql security definer set search_path from current
as $$ update leases set holder = '', until = '-infinity' where holder = who and name = any (names) $$;

-- Whether the lease is still at this epoch; if so nobody takes it before the transaction ends. A transaction that hangs after that is ended, for
-- the next holder waits for it.
create function hold_lease(lease text, at_epoch bigint) returns boolean language plpgsql security definer set search_path from current
as $$
begin
  perform set_config('idle_in_transaction_session_timeout', '10000', true);
  perform from leases where name = lease and epoch = at_epoch for key share;
  return found;
end $$;

-- Changes that hubs remember something of. The transaction's number tells what a look has not seen yet: whatever is committed later has a number
-- that was not yet over at that look.
create table changes (
  id                  bigint generated always as identity primary key,
  tx                  xid8 not null default pg_current_xact_id(),
  at                  timestamptz not null default clock_timestamp(),
  topic               text not null,
  what                text not null
);
create index on changes (tx, topic, md5(what));
create index on changes (at);

-- Tells every hub, once a transaction. Hubs of an earlier version listen to the topic itself.
create function announce_change(of_topic text, of_what text) returns void language plpgsql security definer set search_path from current
as $$
declare
  change bigint;
begin
  insert into changes (topic, what)
  select of_topic, of_what
   where not exists (select from changes c where c.tx = pg_current_xact_id() and c.topic = of_topic and md5(c.what) = md5(of_what) and c.what = of_what)
  returning id into change;
  if change is not null then
    perform pg_notify('hub_changes', change || ' ' || of_topic || ' ' || left(of_what, 6000));
    perform pg_notify(of_topic, left(of_what, 7000));
  end if;
end $$;

-- What was committed since the look that ended with this number; the first row has no topic and the number for the next look.
create function changes_since(seen xid8) returns table (id bigint, topic text, what text) language sql stable security definer
set search_path from current
as $$
  select 0::bigint, ''::text, pg_snapshot_xmin(pg_current_snapshot())::text
  union all
  (select c.id, c.topic, c.what from changes c where c.tx >= seen order by c.id)
$$;
create function forget_changes() returns void language sql security definer set search_path from current
as $$ delete from changes where at < now() - interval '15 minutes' $$;

revoke execute on function claim_leases(text, interval, text[]), release_leases(text, text[]), hold_lease(text, bigint),
  announce_change(text, text), changes_since(xid8), forget_changes() from public;
grant execute on function claim_leases(text, interval, text[]), release_leases(text, text[]), hold_lease(text, bigint),
  announce_change(text, text), changes_since(xid8), forget_changes() to hub_app;

-- What was announced before, by the same way now.
create or replace function tell_mapping_version() returns trigger language plpgsql as $$
begin
  perform announce_change('hub_mappings', new.tenant_id || ' ' || new.name);
  return null;
end $$;
-- Also of one that goes out of force.
drop trigger tell_mapping_version on mappings;
create trigger tell_mapping_version after insert on mappings for each row when (new.status = 'published') execute function tell_mapping_version();
create trigger tell_mapping_version_changed after update on mappings for each row when (new.status = 'published' or old.status = 'published')
  execute function tell_mapping_version();
create or replace function tell_assets() returns trigger language plpgsql as $$
begin
  perform announce_change('hub_assets', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;
create or replace function tell_rules() returns trigger language plpgsql as $$
begin
  perform announce_change('hub_rules', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;
create or replace function tell_registry() returns trigger language plpgsql as $$
begin
  perform announce_change('hub_registry', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;
create or replace function tell_policies() returns trigger language plpgsql as $$
begin
  perform announce_change('hub_policies', coalesce(new.tenant_id, old.tenant_id));
  return null;
end $$;

-- And what was not: the topic and the columns that say what it is are the trigger's arguments; several are parted by a tab.
create function tell_change() returns trigger language plpgsql as $$
declare
  changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  was jsonb := to_jsonb(case when tg_op = 'INSERT' then new else old end);
  fields text[] := tg_argv[1:];
begin
  perform announce_change(tg_argv[0], (select string_agg(coalesce(changed ->> f, ''), e'\t' order by n) from unnest(fields) with ordinality a(f, n)));
  if changed <> was then
    perform announce_change(tg_argv[0], (select string_agg(coalesce(was ->> f, ''), e'\t' order by n) from unnest(fields) with ordinality a(f, n)));
  end if;
  return null;
end $$;

create function tell_device_link() returns trigger language plpgsql as $$
begin
  perform announce_change('hub_devices', concat_ws(e'\t', d.tenant_id, d.id, d.serial)) from devices d where d.id = new.device_id;
  return null;
end $$;

-- A device that is new needs no word: what is not there is not remembered for longer than two seconds.
create trigger tell_device after update of serial, device_type, manufacturer, model, mapping, gateway_id, status, parent_id, port, metadata on devices
  for each row when ((new.serial, new.device_type, new.manufacturer, new.model, new.mapping, new.gateway_id, new.status, new.parent_id, new.port, new.metadata)
    is distinct from (old.serial, old.device_type, old.manufacturer, old.model, old.mapping, old.gateway_id, old.status, old.parent_id, old.port, old.metadata))
  execute function tell_change('hub_devices', 'tenant_id', 'id', 'serial');
create trigger tell_device_link after insert or update on bindings
  for each row when (new.role <> 'derived') execute function tell_device_link();
create trigger tell_gateway after update of serial, status on gateways
  for each row when ((new.serial, new.status) is distinct from (old.serial, old.status)) execute function tell_change('hub_gateways', 'tenant_id');
create trigger tell_device_type after insert or update or delete on device_types
  for each row execute function tell_change('hub_device_types', 'tenant_id');
create trigger tell_tenant after insert or update of settings, auto_register on tenants
  for each row execute function tell_change('hub_tenants', 'id');
create trigger tell_limits after insert or update or delete on metric_limits
  for each row execute function tell_change('hub_metrics', 'tenant_id', 'key');
create trigger tell_metric after update of unit, kind, min_value, max_value on metrics
  for each row when (new.tenant_id is not null) execute function tell_change('hub_metrics', 'tenant_id', 'key');
create trigger tell_fsm after insert or update of state, product, settings, credentials, join_orders or delete on fsm_connections
  for each row execute function tell_change('hub_fsm', 'tenant_id');
create trigger tell_replay after insert or update of state on replays
  for each row when (new.state in ('queued', 'running')) execute function tell_change('hub_replays', 'tenant_id');
