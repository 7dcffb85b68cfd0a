-- Limits that clouds have told, by what they count: a connection, or all that share a client of the OEM's. The key is a hash, so it tells
-- nobody whose client it is; no tenant, for an OEM's application is one for all of them.
create table cloud_limits (
  key                 bytea primary key,
  oem                 text not null,
  blocked_until       timestamptz not null
);
grant select, insert, update, delete on cloud_limits to hub_app;

-- The connections that are due, of all tenants, each for one hub: whoever calls has the lease and its epoch. Of one OEM no more than
-- each_most run at once on a hub, so that a slow cloud leaves the others their turns.
create function claim_polls(who text, lease interval, most int, running text[], each_most int)
  returns table (tenant_id text, id uuid, epoch bigint, oem text, due timestamptz)
language sql security definer set search_path from current
as $$
  with due as (
    select d.id, d.oem, d.next_poll_at, row_number() over (partition by d.oem order by d.next_poll_at) as n
      from connections d
     where d.state = 'enabled' and d.kind = 'poll' and d.next_poll_at <= now() and (d.lease_until is null or d.lease_until < now())),
  fit as (
    select due.id, due.next_poll_at from due
     where due.n + (select count(*) from unnest(running) r where r = due.oem) <= each_most
     order by due.next_poll_at limit most),
  mine as (
    select c.id from connections c join fit on fit.id = c.id
     where c.state = 'enabled' and c.next_poll_at <= now() and (c.lease_until is null or c.lease_until < now())
       for update of c skip locked)
  update connections c set lease_owner = who, lease_until = now() + lease, lease_epoch = c.lease_epoch + 1
    from mine where c.id = mine.id
  returning c.tenant_id, c.id, c.lease_epoch, c.oem, c.next_poll_at
$$;
revoke execute on function claim_polls(text, interval, int, text[], int) from public;
grant execute on function claim_polls(text, interval, int, text[], int) to hub_app;

-- Signed webhooks that were taken, for as long as their signatures are good: one that is sent again is not stored again.
create table webhook_proofs (
  tenant_id           text not null references tenants,
  oem                 text not null,
  digest              bytea not null,
  until               timestamptz not null,
  primary key (tenant_id, oem, digest)
);
create index on webhook_proofs (until);
do $$
begin
  execute 'alter table webhook_proofs enable row level security';
  execute 'alter table webhook_proofs force row level security';
  execute 'create policy tenant_rows on webhook_proofs to hub_app using (tenant_id = hub_tenant()) with check (tenant_id = hub_tenant())';
  execute format('create policy owner_rows on webhook_proofs to %I using (true) with check (true)', current_user);
end $$;
grant select, insert, update, delete on webhook_proofs to hub_app;

-- What the frame forgets by the clock, of all tenants.
create function forget_webhook_proofs() returns bigint language sql security definer set search_path from current
as $$
  with gone as (delete from webhook_proofs where until < now() returning 1),
       free as (delete from cloud_limits where blocked_until < now() - interval '1 h' returning 1)
  select (select count(*) from gone) + 0 * (select count(*) from free)
$$;
revoke execute on function forget_webhook_proofs() from public;
grant execute on function forget_webhook_proofs() to hub_app;

-- Connections whose credentials another key than this one sealed. An envelope names its key in its second to fifth byte.
create function sealed_with_other_keys(key_name bytea, most int) returns table (tenant_id text, id uuid)
language sql security definer set search_path from current
as $$
  select c.tenant_id, c.id from connections c
   where c.credentials is not null and substring(c.credentials from 2 for 4) <> key_name order by c.id limit most
$$;
revoke execute on function sealed_with_other_keys(bytea, int) from public;
grant execute on function sealed_with_other_keys(bytea, int) to hub_app;
