package io.caravanhub.hub.gatewayconfig;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.BundleProblem;
import io.caravanhub.core.bundle.ConnectionList;
import io.caravanhub.hub.gatewayconfig.ConfigurationRows.Version;
import io.caravanhub.hub.gatewayconfig.GatewayNames.Gateway;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What a gateway can use and is seldom meant: connections to devices that are not registered behind
 * it, and connections left out that it reads now. Of the thread's tenant. Thread-safe.
 */
@Component
class ConfigurationWarnings {
  private final JdbcClient jdbc;
  private final ConfigurationRows rows;

  ConfigurationWarnings(JdbcClient jdbc, ConfigurationRows rows) {
    this.jdbc = jdbc;
    this.rows = rows;
  }

  private record Device(String id, String serial, @Nullable UUID gateway) {}

  /** Nothing for files whose list of connections cannot be read: that is a problem. */
  List<BundleProblem> of(Gateway gateway, Bundle bundle) {
    String text = bundle.files().get(Bundle.FIELDBUS);
    Version latest = rows.latest(gateway.id()).orElse(null);
    String before = latest == null ? null : latest.bundle().files().get(Bundle.FIELDBUS);
    if (text == null) {
      return before == null
          ? List.of()
          : List.of(
              general("is left out: the gateway reads the connections of its own edge.yaml again"));
    }
    List<String> listed;
    Set<String> read = new LinkedHashSet<>();
    try {
      listed = devices(text);
      if (before != null) {
        read.addAll(devices(before));
      }
    } catch (IllegalArgumentException e) {
      return List.of();
    }
    read.addAll(reported(gateway));
    Map<String, Device> known = known(listed, read);
    List<BundleProblem> warnings = new ArrayList<>();
    Set<String> kept = new LinkedHashSet<>();
    for (int i = 0; i < listed.size(); i++) {
      String name = listed.get(i);
      Device device = known.get(name);
      kept.add(device == null ? name : device.id);
      if (name.isBlank()) {
        continue;
      }
      if (device == null) {
        warnings.add(
            ConnectionList.at(
                text,
                i,
                "device",
                name + " is not registered: its readings become dead letters until it is"));
      } else if (!gateway.id().equals(device.gateway)) {
        warnings.add(
            ConnectionList.at(
                text,
                i,
                "device",
                name
                    + " is not behind this gateway: its readings become dead letters until its"
                    + " gateway_id is "
                    + gateway.serial()));
      }
    }
    Set<String> lost = new LinkedHashSet<>();
    for (String name : read) {
      Device device = known.get(name);
      if (!kept.contains(device == null ? name : device.id)) {
        lost.add(device == null ? name : device.serial);
      }
    }
    if (!lost.isEmpty()) {
      warnings.add(
          general(
              "no longer read: "
                  + String.join(", ", lost)
                  + "; this file replaces all connections that the gateway has"));
    }
    return warnings;
  }

  private static BundleProblem general(String detail) {
    return new BundleProblem(Bundle.FIELDBUS, null, 0, detail);
  }

  private static List<String> devices(String text) {
    List<String> devices = new ArrayList<>();
    for (JsonNode connection : ConnectionList.read(text)) {
      devices.add(connection.path("device").asText(""));
    }
    return devices;
  }

  /** Devices of the connections in the gateway's newest health. */
  private List<String> reported(Gateway gateway) {
    return jdbc.sql(
            """
            select c ->> 'device' from gateways g, jsonb_path_query(g.health, '$.connections[*]') c
             where g.id = ? and c ->> 'device' is not null\
            """)
        .param(gateway.id())
        .query(String.class)
        .list();
  }

  /** By id and by serial: connections name a device by either. */
  private Map<String, Device> known(List<String> listed, Set<String> read) {
    Set<String> names = new LinkedHashSet<>(listed);
    names.addAll(read);
    Map<String, Device> known = new HashMap<>();
    if (!names.isEmpty()) {
      jdbc.sql(
              "select id::text as id, serial, gateway_id as gateway from devices where id::text in"
                  + " (:names) or serial in (:names)")
          .param("names", names)
          .query(Device.class)
          .list()
          .forEach(
              device -> {
                known.put(device.id, device);
                known.put(device.serial, device);
              });
    }
    return known;
  }
}
