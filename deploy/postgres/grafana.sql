-- A role for Grafana: it reads what the dashboards show, of all tenants, and nothing else. Run it as the owner of the hub's schema, once the
-- hub has started; a second run changes nothing.
--   psql "$HUB_DATABASE" -f deploy/postgres/grafana.sql -c "alter role hub_grafana login password '...'"
do $$
declare
  shown record;
begin
  if not exists (select from pg_roles where rolname = 'hub_grafana') then
    create role hub_grafana nologin;
  end if;
  execute format('grant usage on schema %I to hub_grafana', current_schema());
  for shown in
    select * from (values
      ('devices', 'id, key, tenant_id, serial, device_type, manufacturer, model, connection_type, status, building_id, gateway_id, created_at'),
      ('events', 'id, tenant_id, device_id, asset_id, rule_id, family, event_type, severity, status, metric, value, unit, message, opened_at, last_seen_at, resolved_at'),
      ('actions', 'id, tenant_id, event_id, kind, state, external_identifier, fsm_id, asset, attempts, next_attempt_at, last_error, created_at, updated_at'),
      ('gateways', 'id, tenant_id, serial, name, status, last_seen_at, health_at'),
      ('gateway_health', 'tenant_id, gateway_id, at, spool_records, spool_bytes, dropped, uplink, rss_mb, disk_free_mb, temperature_c, clock_offset_ms, connections, connections_down, reads, errors, reconnects')
    ) t(name, columns)
  loop
    execute format('grant select (%s) on %I to hub_grafana', shown.columns, shown.name);
    if not exists (select from pg_policy p where p.polrelid = to_regclass(shown.name) and p.polname = 'grafana_rows') then
      execute format('create policy grafana_rows on %I for select to hub_grafana using (true)', shown.name);
    end if;
  end loop;
end $$;
