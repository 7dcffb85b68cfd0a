package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.hub.connector.ConnectionDeviceRows.Kept;
import io.caravanhub.hub.event.StandingEvents;
import io.caravanhub.hub.event.StandingEvents.Condition;
import io.caravanhub.hub.event.StandingEvents.Said;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The devices that clouds name, kept in the registry under the clouds' own stable ids: one that is
 * renamed stays the same device with the same assets. Thread-safe.
 */
@Component
class DeviceSync {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceSync.class);

  private static final Condition VANISHED =
      new Condition(
          "vanished",
          "warning",
          "low",
          "The cloud of {device} names it no more",
          "Find out whether it was taken out of the account, or exchanged.",
          null);

  private final ConnectorMapping mappings;
  private final ConnectionDeviceRows rows;
  private final DeviceDirectory directory;
  private final StandingEvents events;
  private final TransactionTemplate transaction;

  DeviceSync(
      ConnectorMapping mappings,
      ConnectionDeviceRows rows,
      DeviceDirectory directory,
      StandingEvents events,
      PlatformTransactionManager transactions) {
    this.mappings = mappings;
    this.rows = rows;
    this.directory = directory;
    this.events = events;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * What a cloud says of a device.
   *
   * @param address what topics call it when that is not its id, else empty
   */
  record Named(
      String id,
      String name,
      String type,
      String maker,
      String model,
      String firmware,
      String address) {}

  /**
   * The devices that an answer has named.
   *
   * @param named by their ids
   * @param whole whether all of them could be read
   */
  record Seen(Map<String, Named> named, boolean whole) {}

  /** Notes the devices of an answer. */
  Seen saw(Connection connection, String mapping, List<Part> parts) {
    Seen seen = describe(connection, mapping, parts);
    keep(connection, List.copyOf(seen.named().values()));
    return seen;
  }

  /** What an answer says of devices. */
  Seen describe(Connection connection, String mapping, List<Part> parts) {
    Map<String, Named> named = new LinkedHashMap<>();
    boolean whole = true;
    for (Part part : parts) {
      try {
        JsonNode said = mappings.apply(connection.tenant(), mapping, part);
        String id = said.path("id").asText(part.device());
        if (!id.matches("[\\p{L}\\p{N}._:@# -]{1,128}") || id.startsWith("asset:")) {
          whole = false;
          LOG.warn("connection {}: a device's id cannot be a serial", connection.name());
          continue;
        }
        named.put(
            id,
            new Named(
                id,
                text(said, "name"),
                said.path("device_type").asText(connection.oem()),
                text(said, "manufacturer"),
                text(said, "model"),
                text(said, "firmware"),
                text(said, "address")));
      } catch (MappingException e) {
        whole = false;
        LOG.warn("connection {}: {}", connection.name(), e.getMessage());
      }
    }
    return new Seen(named, whole);
  }

  /** Notes these devices. */
  void keep(Connection connection, List<Named> named) {
    Kept kept = Objects.requireNonNull(transaction.execute(status -> rows.keep(connection, named)));
    if (kept.registry()) {
      directory.forget();
    }
    tell(connection, kept.returned(), false);
  }

  private static String text(JsonNode said, String field) {
    // PostgreSQL takes no NUL, and nobody wants the others in a name.
    String text = said.path(field).asText("").replaceAll("\\p{Cntrl}", " ").strip();
    return text.length() > 200 ? text.substring(0, 200) : text;
  }

  /** Notes which devices the cloud has not named since then. */
  void unnamedSince(Connection connection, Instant since) {
    List<String> gone =
        Objects.requireNonNull(transaction.execute(status -> rows.unnamed(connection, since)));
    tell(connection, gone, true);
  }

  /** Notes which devices the cloud names no more. */
  void vanished(Connection connection, Set<String> seen) {
    List<String> gone =
        Objects.requireNonNull(transaction.execute(status -> rows.vanish(connection, seen)));
    tell(connection, gone, true);
  }

  /** A device that has vanished is an event until its cloud names it again. */
  private void tell(Connection connection, List<String> serials, boolean vanished) {
    List<Said> said = new ArrayList<>();
    for (String serial : serials) {
      directory
          .find(connection.tenant(), serial)
          .ifPresent(
              device ->
                  said.add(
                      new Said(device, vanished ? List.of(VANISHED) : List.of(), List.of(), true)));
    }
    events.now("inventory", said);
  }
}
