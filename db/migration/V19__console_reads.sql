-- What the console reads of each event, and counts while somebody looks.
create index on actions (event_id);
create index on actions (tenant_id, state, kind);
create index on events (tenant_id, status) where status in ('open','acknowledged','linked_to_work_order','shelved');
