-- FSM connections whose credentials another key than this one sealed; as sealed_with_other_keys for those with OEM clouds.
create function fsm_sealed_with_other_keys(key_name bytea, most int) returns table (tenant_id text, id uuid)
language sql security definer set search_path from current
as $$
  select c.tenant_id, c.id from fsm_connections c
   where c.credentials is not null and substring(c.credentials from 2 for 4) <> key_name order by c.id limit most
$$;
revoke execute on function fsm_sealed_with_other_keys(bytea, int) from public;
grant execute on function fsm_sealed_with_other_keys(bytea, int) to hub_app;

-- Callbacks that are so old that no product tells them again; says how many.
create function forget_fsm_callbacks() returns int
language sql security definer set search_path from current
as $$
  with gone as (delete from fsm_callbacks where received_at < now() - interval '7 days' returning 1)
  select count(*)::int from gone
$$;
revoke execute on function forget_fsm_callbacks() from public;
grant execute on function forget_fsm_callbacks() to hub_app;
