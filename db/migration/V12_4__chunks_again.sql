-- A chunk that came again when its message was finished, or the same one of the next message with that id: which of both, only the chunks that
-- follow tell. It takes its place in that message, completes it by the clock only, and gives way to another of its number.
alter table telemetry_chunks add column again boolean not null default false;

-- After a time in which no chunk could come, those that are open are waited for as if the last chunk had come now. Asked for all tenants at once.
create function wait_anew_for_chunks() returns void
language sql volatile security definer set search_path from current
as $$
  update chunk_sets s
     set deadline = greatest(s.deadline, now() + interval '1 second' * coalesce((
           select (t.chunking ->> 'timeout_seconds')::numeric::int
             from devices d join device_types t on t.tenant_id = d.tenant_id and t.name = d.device_type
            where d.id = s.device_id), 60))
   where s.state = 'open'
$$;
revoke execute on function wait_anew_for_chunks() from public;
grant execute on function wait_anew_for_chunks() to hub_app;
