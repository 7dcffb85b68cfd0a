package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.Gateway;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Commands in the database, of the tenant in force. Thread-safe. */
@Component
class CommandRows {
  private static final String SELECT =
      """
      select c.id, d.serial as device, d.id as device_id, g.serial as gateway, c.metric, c.value::text as value, c.state, c.read_back::text as read_back, c.reason, c.actor,
             c.created_at, c.sent_at, c.answered_at, c.expires_at
        from gateway_commands c join devices d on d.id = c.device_id join gateways g on g.id = c.gateway_id\
      """;

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  CommandRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * What is to be sent.
   *
   * @param device its serial
   * @param value JSON
   */
  record Sending(
      String tenant, String gateway, String device, String metric, String value, Instant expires) {}

  UUID insert(Device device, String metric, String value, String actor, Instant expires) {
    return jdbc.sql(
            """
            insert into gateway_commands (tenant_id, gateway_id, device_id, metric, value, actor, expires_at)
            values (hub_tenant(), ?, ?, ?, ?::jsonb, ?, ?) returning id\
            """)
        .params(device.gateway(), device.id(), metric, value, actor, Timestamp.from(expires))
        .query(UUID.class)
        .single();
  }

  /** Takes a command for sending; empty when another hub has it, or it is over. */
  Optional<Sending> sending(UUID id) {
    return jdbc.sql(
            """
            update gateway_commands c set state = 'SENT', sent_at = now()
              from devices d, gateways g
             where c.id = ? and c.state = 'PENDING' and c.expires_at > now() and d.id = c.device_id and g.id = c.gateway_id
            returning c.tenant_id, g.serial as gateway, d.serial as device, c.metric, c.value::text as value, c.expires_at\
            """)
        .params(id)
        .query(
            (row, n) ->
                new Sending(
                    row.getString("tenant_id"),
                    row.getString("gateway"),
                    row.getString("device"),
                    row.getString("metric"),
                    row.getString("value"),
                    row.getTimestamp("expires_at").toInstant()))
        .optional();
  }

  /** The gateway was not there to take it. */
  void waits(UUID id) {
    jdbc.sql(
            "update gateway_commands set state = 'PENDING', sent_at = null where id = ? and state ="
                + " 'SENT'")
        .params(id)
        .update();
  }

  List<UUID> pending() {
    return jdbc.sql(
            "select id from gateway_commands where state = 'PENDING' and expires_at > now() order"
                + " by created_at limit 500")
        .query(UUID.class)
        .list();
  }

  /** What nobody answered in its time; a sent one may be answered a little later. */
  void expire() {
    jdbc.sql(
            """
            update gateway_commands set state = 'EXPIRED', answered_at = now(),
                   reason = case state when 'PENDING' then 'the gateway was not connected' else 'the gateway did not answer' end
             where state in ('PENDING','SENT') and expires_at < now() - case state when 'SENT' then interval '10 seconds' else interval '0' end\
            """)
        .update();
  }

  /** Runs for each tenant that has commands under way. */
  void eachTenant(Runnable work) {
    jdbc.sql("select tenants_with_commands()")
        .query(String.class)
        .list()
        .forEach(tenant -> TenantScope.run(tenant, work));
  }

  /**
   * Notes the end of a command.
   *
   * @return false when this gateway was sent no such command
   */
  boolean answered(
      Gateway gateway, String id, String state, @Nullable String value, @Nullable String reason) {
    return TenantScope.call(
        gateway.tenant(),
        () ->
            jdbc.sql(
                        """
                        update gateway_commands
                           set state = case when state in ('PENDING','SENT','EXPIRED') then upper(:state) else state end,
                               read_back = coalesce(:value::jsonb, read_back), reason = left(:reason, 1000), answered_at = coalesce(answered_at, now())
                         where id::text = :id and gateway_id = :gateway\
                        """)
                    .param("state", state)
                    .param("value", value)
                    .param("reason", reason == null ? null : reason.replace("\u0000", ""))
                    .param("id", id)
                    .param("gateway", gateway.id())
                    .update()
                > 0);
  }

  Map<String, Object> get(UUID id) {
    return jdbc.sql(SELECT + " where c.id = ?").params(id).query(this::command).single();
  }

  /** Of a device, newest first. */
  Page<Map<String, Object>> list(UUID device, int size, @Nullable String after) {
    return Page.of(
        jdbc.sql(
                SELECT
                    + """
                     where c.device_id = :device
                       and (:after::text is null or (c.created_at, c.id) < (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::uuid))
                     order by c.created_at desc, c.id desc limit :limit\
                    """)
            .param("device", device)
            .param("after", after)
            .param("limit", size + 1)
            .query(this::command)
            .list(),
        size,
        command -> command.get("created_at") + " " + command.get("id"));
  }

  /** The newest commands of a gateway. */
  List<Map<String, Object>> newest(UUID gateway, int most) {
    return jdbc.sql(SELECT + " where c.gateway_id = ? order by c.created_at desc limit ?")
        .params(gateway, most)
        .query(this::command)
        .list();
  }

  private Map<String, Object> command(ResultSet row, int number) throws SQLException {
    Map<String, Object> command = new LinkedHashMap<>();
    for (String column : List.of("id", "device", "device_id", "gateway", "metric")) {
      command.put(column, row.getString(column));
    }
    command.put("value", read(row.getString("value")));
    command.put("state", row.getString("state"));
    command.put("read_back", read(row.getString("read_back")));
    command.put("reason", row.getString("reason"));
    command.put("actor", row.getString("actor"));
    for (String column : List.of("created_at", "sent_at", "answered_at", "expires_at")) {
      Timestamp at = row.getTimestamp(column);
      command.put(column, at == null ? null : at.toInstant().toString());
    }
    return command;
  }

  private @Nullable Object read(@Nullable String value) {
    try {
      return value == null ? null : json.readValue(value, Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
