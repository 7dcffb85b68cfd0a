-- Once more, under a hub that runs: a column more in every table.
do $$
declare
  t regclass;
begin
  for t in select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                                          and c.relname <> 'flyway_schema_history' loop
    execute format('alter table %s add column later_word text default ''w''', t);
  end loop;
end $$;
