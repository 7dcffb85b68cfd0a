package io.caravanhub.hub.console;

import io.caravanhub.hub.devicetype.DeviceTypes;
import io.caravanhub.hub.devicetype.Profile;
import io.caravanhub.hub.mapping.MappingComparison;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What devices of a type have sent: what their mapping saw last in this hub, dead letters that are
 * kept, and the raw archive.
 */
@Component
class TypePayloads {
  private static final int EACH = 25;
  private static final int LAID_OUT = 200_000;

  private final JdbcClient jdbc;
  private final DeviceTypes types;
  private final MappingComparison mapped;
  private final DeviceDirectory devices;

  TypePayloads(
      JdbcClient jdbc, DeviceTypes types, MappingComparison mapped, DeviceDirectory devices) {
    this.jdbc = jdbc;
    this.types = types;
    this.mapped = mapped;
    this.devices = devices;
  }

  /** The newest of the tenant, which must be in force, newest first. */
  List<PayloadPick> newest(String tenant, String type) {
    List<PayloadPick> found = new ArrayList<>(live(tenant, type));
    found.addAll(
        read(
            """
            select 'dead-letter' as source, l.created_at as at, d.id::text as device, d.serial, l.payload
              from dead_letters l
              join devices d on d.device_type = :type and (l.device = d.serial or l.device = d.id::text)
             where l.status = 'kept' and l.payload is not null order by l.created_at desc limit :limit\
            """,
            type));
    found.addAll(
        read(
            """
            select 'archive' as source, r.received_at as at, d.id::text as device, d.serial, r.payload
              from devices d
              cross join lateral (select m.received_at, m.payload from raw_messages m where m.tenant_id = d.tenant_id and m.device_id = d.id
                                   order by m.received_at desc limit :limit) r
             where d.device_type = :type and d.parent_id is null order by r.received_at desc limit :limit\
            """,
            type));
    found.sort(
        Comparator.comparing((PayloadPick pick) -> Objects.requireNonNullElse(pick.at(), ""))
            .reversed());
    return found;
  }

  /** Of a type that splits messages the mapping sees parts only. */
  private List<PayloadPick> live(String tenant, String type) {
    Profile profile = types.find(tenant, type);
    String mapping = profile == null || profile.isParted() ? null : profile.mapping();
    if (mapping == null) {
      return List.of();
    }
    return mapped.payloads(mapping, Integer.toString(2 * EACH)).items().stream()
        .map(real -> PayloadPick.of(real, tenant, devices))
        .filter(pick -> pick.source().equals("live"))
        .filter(
            pick ->
                pick.device() != null
                    && devices
                        .find(tenant, pick.device())
                        .map(Device::deviceType)
                        .filter(type::equals)
                        .isPresent())
        .limit(EACH)
        .toList();
  }

  private List<PayloadPick> read(String sql, String type) {
    return jdbc.sql(sql).param("type", type).param("limit", EACH).query(TypePayloads::pick).list();
  }

  private static PayloadPick pick(ResultSet row, int number) throws SQLException {
    byte[] payload = row.getBytes("payload");
    String text = text(payload);
    return new PayloadPick(
        row.getString("source"),
        row.getTimestamp("at").toInstant().toString(),
        row.getString("device"),
        row.getString("serial"),
        null,
        text == null
            ? null
            : text.length() > LAID_OUT
                ? text
                : PayloadLine.join(PayloadLine.layOut(text, null, LAID_OUT)),
        text == null ? Base64.getEncoder().encodeToString(payload) : null);
  }

  private static @Nullable String text(byte[] payload) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
