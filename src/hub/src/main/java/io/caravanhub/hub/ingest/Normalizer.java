package io.caravanhub.hub.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingConstants;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.archive.RawArchive;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.devicetype.DeviceTypes;
import io.caravanhub.hub.devicetype.EndpointMessages;
import io.caravanhub.hub.devicetype.Parted;
import io.caravanhub.hub.devicetype.Profile;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.telemetry.CanonicalReader;
import io.caravanhub.hub.telemetry.ReceiptTimes;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The two Java steps of the route normalize, before and after the mapping. Thread-safe. */
@Component("normalizer")
public class Normalizer {
  private static final String PROFILE = "hub-device-type";

  private final DeviceDirectory devices;
  private final MappingCatalog mappings;
  private final CanonicalReader reader;
  private final CanonicalReader mappedReader;
  private final ReceiptTimes times;
  private final RawArchive archive;
  private final DeviceTypes types;
  private final ObjectMapper json;

  public Normalizer(
      DeviceDirectory devices,
      MappingCatalog mappings,
      CanonicalReader reader,
      ReceiptTimes times,
      RawArchive archive,
      DeviceTypes types,
      ObjectMapper json) {
    this.archive = archive;
    this.types = types;
    this.devices = devices;
    this.mappings = mappings;
    this.reader = reader;
    this.mappedReader = reader.ofMapped();
    this.times = times;
    this.json = json;
  }

  /**
   * Gives the message its time, finds the device and, unless the sender named one, the mapping that
   * its type or its maker and model call for. A message that its type says to split is marked so
   * and goes another way.
   */
  public void identify(Exchange exchange) {
    Message message = exchange.getMessage();
    byte[] payload = message.getBody(byte[].class);
    exchange.setProperty(DeadLetters.PAYLOAD, payload);
    stamp(message, payload);
    Device device = device(message);
    message.setHeader(TelemetryHeaders.DEVICE, device.id().toString());
    Profile profile = types.find(device.tenant(), device.deviceType());
    if (profile != null) {
      exchange.setProperty(PROFILE, profile);
    }
    if (message.getHeader(TelemetryHeaders.MAPPING) == null && needsMapping(message)) {
      if (profile != null && profile.isParted()) {
        exchange.setProperty(Parted.PROPERTY, new Parted(device, profile));
        return;
      }
      String mapping = mapping(device, profile);
      if (mapping != null) {
        message.setHeader(TelemetryHeaders.MAPPING, mapping);
      }
      if (profile != null) {
        EndpointMessages.prepare(profile, message, mapping, mappings);
      }
    }
  }

  private @Nullable String mapping(Device device, @Nullable Profile profile) {
    if (device.mapping() != null || profile == null) {
      return device.mapping() != null ? device.mapping() : byModel(device);
    }
    return profile.mapping() != null ? profile.mapping() : byModel(device);
  }

  /** Reads the canonical shape, which the body now has, as {@link Telemetry}. */
  public void read(Exchange exchange) {
    Message message = exchange.getMessage();
    Device device = device(message);
    if (exchange.getProperty(Parted.PROPERTY) != null) {
      throw new UnusableMessageException(
          "device_type", "messages of type \"" + device.deviceType() + "\" are split");
    }
    Profile profile = exchange.getProperty(PROFILE, Profile.class);
    String mapping = message.getHeader(TelemetryHeaders.MAPPING, String.class);
    Telemetry telemetry;
    if (mapping != null) {
      telemetry = readMapped(message, device, mapping, profile);
    } else {
      telemetry = read(limited(reader, profile), message, device);
    }
    archive.take(exchange, telemetry);
    message.setBody(telemetry);
  }

  private static CanonicalReader limited(CanonicalReader reader, @Nullable Profile profile) {
    return profile == null ? reader : reader.with(profile.limits());
  }

  private Telemetry readMapped(
      Message message, Device device, String mapping, @Nullable Profile profile) {
    try {
      Telemetry telemetry = read(limited(mappedReader, profile), message, device);
      return message.getHeader(MappingConstants.VERSION_ID) instanceof Integer version
          ? telemetry.madeBy(version)
          : telemetry;
    } catch (UnusableMessageException e) {
      mappings.refused(device.tenant(), mapping);
      throw e;
    }
  }

  private Telemetry read(CanonicalReader canonical, Message message, Device device) {
    return canonical.read(
        parsed(message.getBody()),
        device.tenant(),
        device.id().toString(),
        message.getHeader(TelemetryHeaders.SOURCE, "unknown", String.class),
        ReceiptTimes.instant(
            number(
                TelemetryHeaders.RECEIVED_MICROS,
                message.getHeader(TelemetryHeaders.RECEIVED_MICROS, String.class))));
  }

  /** Once: what comes again out of the dead letters or the raw archive keeps its time. */
  private void stamp(Message message, byte @Nullable [] payload) {
    if (message.getHeader(TelemetryHeaders.RECEIVED_MICROS) != null) {
      return;
    }
    String received = message.getHeader(TelemetryHeaders.RECEIVED, String.class);
    long millis =
        received == null ? System.currentTimeMillis() : number(TelemetryHeaders.RECEIVED, received);
    message.setHeader(
        TelemetryHeaders.RECEIVED_MICROS,
        Long.toString(times.micros(millis, ReceiptTimes.places(payload))));
  }

  private static long number(String header, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UnusableMessageException(header, "expected a number, got \"" + text + '"');
    }
  }

  private Device device(Message message) {
    String tenant = message.getHeader(TelemetryHeaders.TENANT, String.class);
    String name = message.getHeader(TelemetryHeaders.DEVICE, String.class);
    if (tenant == null || name == null) {
      throw new UnusableMessageException("device_id", "absent: the message names no device");
    }
    Device device =
        devices
            .find(tenant, name)
            .orElseThrow(
                () -> new UnusableMessageException("device_id", "unknown device \"" + name + "\""));
    String gateway = message.getHeader(TelemetryHeaders.GATEWAY, String.class);
    if (gateway != null && !gateway.equals(String.valueOf(device.gateway()))) {
      throw new UnusableMessageException(
          "device_id", "device \"" + name + "\" is not behind the gateway that spoke for it");
    }
    if (!device.isActive()) {
      throw new UnusableMessageException(
          "device_id", "device \"" + name + "\" is " + device.status());
    }
    return device;
  }

  /**
   * Fieldbus readings are canonical: their register or node map has named the metrics already. So
   * is what was taken over HTTP or out of a gateway's spool, which comes here out of the raw
   * archive or the dead letters only, and what the hub itself made of a status.
   */
  private static boolean needsMapping(Message message) {
    String source = message.getHeader(TelemetryHeaders.SOURCE, String.class);
    return source == null
        || !(source.equals("modbus")
            || source.equals("opcua")
            || source.equals("bacnet")
            || source.equals("http")
            || source.equals("gateway")
            || source.endsWith("-status"));
  }

  private @Nullable String byModel(Device device) {
    String name = device.modelMapping();
    return mappings.find(device.tenant(), name).isPresent() ? name : null;
  }

  private Object parsed(@Nullable Object body) {
    try {
      if (body instanceof byte[] bytes) {
        return nonNull(json.readValue(bytes, Object.class));
      }
      if (body instanceof String text) {
        return nonNull(json.readValue(text, Object.class));
      }
      return nonNull(body);
    } catch (JsonProcessingException e) {
      throw new UnusableMessageException(
          "body", "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("") + at(e));
    } catch (IOException e) {
      throw new UnusableMessageException("body", "cannot be read: " + e.getMessage());
    }
  }

  private static String at(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ")";
  }

  private static Object nonNull(@Nullable Object body) {
    return body == null ? Map.of() : body;
  }
}
