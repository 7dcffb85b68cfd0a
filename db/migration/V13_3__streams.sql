-- Connections that are held open: one hub of all has the lease, keeps it while the connection is there, and gives it back when it ends.
alter table connections drop constraint connections_kind_check;
alter table connections add constraint connections_kind_check check (kind in ('webhook','poll','stream'));
alter table connections add column connected_at timestamptz, add column last_message_at timestamptz;
create index on connections (next_poll_at) where state = 'enabled' and kind = 'stream';
create index on connections (lease_owner) where kind = 'stream' and lease_owner is not null;

-- What a device is called in topics, where that is not what it is known by: people rename it.
alter table connection_devices add column address text not null default '';

-- The streams that nobody holds, of all tenants, each for one hub.
create function claim_streams(who text, lease interval, most int) returns table (tenant_id text, id uuid, epoch bigint)
language sql security definer set search_path from current
as $$
  update connections c set lease_owner = who, lease_until = now() + lease, lease_epoch = c.lease_epoch + 1, connected_at = null
    from (select d.id from connections d
           where d.state = 'enabled' and d.kind = 'stream' and d.next_poll_at <= now() and (d.lease_until is null or d.lease_until < now())
           order by d.next_poll_at limit most for update skip locked) due
   where c.id = due.id
  returning c.tenant_id, c.id, c.lease_epoch
$$;

-- What a hub holds, so that it sees what was taken from it, paused or changed.
create function held_streams(who text) returns table (id uuid, epoch bigint, enabled boolean, updated_at timestamptz)
language sql stable security definer set search_path from current
as $$
  select c.id, c.lease_epoch, c.state = 'enabled', c.updated_at from connections c where c.kind = 'stream' and c.lease_owner = who
$$;

-- Holds on to streams, and counts what came; a stream that is steady has no failures any more.
create function renew_streams(who text, lease interval, ids uuid[], epochs bigint[], counts bigint[], latest timestamptz[], steady boolean[]) returns void
language sql security definer set search_path from current
as $$
  update connections c
     set lease_until = now() + lease, messages = c.messages + n.count, last_message_at = coalesce(n.latest, c.last_message_at),
         last_success_at = case when n.steady or n.count > 0 then now() else c.last_success_at end,
         failures = case when n.steady then 0 else c.failures end, last_error = case when n.steady then null else c.last_error end
    from unnest(ids, epochs, counts, latest, steady) n(id, epoch, count, latest, steady)
   where c.id = n.id and c.lease_epoch = n.epoch and c.lease_owner = who
$$;
revoke execute on function claim_streams(text, interval, int), held_streams(text),
  renew_streams(text, interval, uuid[], bigint[], bigint[], timestamptz[], boolean[]) from public;
grant execute on function claim_streams(text, interval, int), held_streams(text),
  renew_streams(text, interval, uuid[], bigint[], bigint[], timestamptz[], boolean[]) to hub_app;
