package io.caravanhub.hub.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.AllRejectedException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Rejected;
import io.caravanhub.hub.archive.RawArchive;
import io.caravanhub.hub.devicetype.DeviceTypes;
import io.caravanhub.hub.devicetype.Profile;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.telemetry.CanonicalReader;
import io.caravanhub.hub.telemetry.ReceiptTimes;
import io.caravanhub.hub.timeseries.TimeseriesConstants;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /telemetry/ingest}: reads every message of the body, sets aside what cannot be used,
 * answers after the commit.
 */
@Component("telemetryPost")
public class TelemetryPost {
  private static final int MESSAGES_MAX = 5_000;
  private static final String REJECTED = "hub-rejected";

  private final CanonicalReader reader;
  private final ReceiptTimes times;
  private final DeviceDirectory devices;
  private final ObjectMapper json;
  private final MeterRegistry meters;
  private final Admission admission;
  private final RawArchive archive;
  private final DeviceTypes types;

  public TelemetryPost(
      CanonicalReader reader,
      ReceiptTimes times,
      DeviceDirectory devices,
      ObjectMapper json,
      MeterRegistry meters,
      Admission admission,
      RawArchive archive,
      DeviceTypes types) {
    this.types = types;
    this.admission = admission;
    this.archive = archive;
    this.reader = reader;
    this.times = times;
    this.devices = devices;
    this.json = json;
    this.meters = meters;
    count(0);
  }

  /** Body in: bytes. Body out: the usable messages as a list of {@link Telemetry}. */
  public void read(Exchange exchange) {
    HubPrincipal caller = CallerContext.current();
    List<?> items = items(exchange.getMessage().getBody(byte[].class));
    List<Telemetry> usable = new ArrayList<>(items.size());
    List<RawArchive.Received> raw = new ArrayList<>();
    List<Rejected> rejected = new ArrayList<>();
    Instant received = Instant.ofEpochMilli(System.currentTimeMillis());
    for (int i = 0; i < items.size(); i++) {
      try {
        Device device = device(items.get(i), caller);
        Instant at = times.next(received);
        Telemetry telemetry =
            limited(device)
                .read(object(items.get(i)), device.tenant(), device.id().toString(), "http", at);
        usable.add(telemetry);
        raw.add(new RawArchive.Received(items.get(i), at));
      } catch (UnusableMessageException e) {
        rejected.add(new Rejected(i, e.field(), e.reason()));
      }
    }
    count(rejected.size());
    if (usable.isEmpty()) {
      throw new AllRejectedException(rejected);
    }
    admission.admit(usable);
    archive.take(exchange, usable, raw);
    exchange.setProperty(REJECTED, rejected);
    exchange.getMessage().setBody(usable);
  }

  private CanonicalReader limited(Device device) {
    Profile profile = types.find(device.tenant(), device.deviceType());
    return profile == null ? reader : reader.with(profile.limits());
  }

  /** Body out: {@code {accepted, duplicates, rejected}}, counted in messages. */
  public void answer(Exchange exchange) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(
        "accepted", exchange.getMessage().getHeader(TimeseriesConstants.STORED, 0, Integer.class));
    answer.put(
        "duplicates",
        exchange.getMessage().getHeader(TimeseriesConstants.DUPLICATES, 0, Integer.class));
    answer.put("rejected", exchange.getProperty(REJECTED));
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
    exchange.getMessage().setBody(answer);
  }

  private void count(int rejected) {
    meters.counter("hub.ingest.rejected", "source", "http").increment(rejected);
  }

  private List<?> items(byte @Nullable [] body) {
    try {
      return parse(body);
    } catch (UnusableMessageException e) {
      count(1);
      throw e;
    }
  }

  private List<?> parse(byte @Nullable [] body) {
    try {
      Object parsed = body == null || body.length == 0 ? null : json.readValue(body, Object.class);
      if (parsed instanceof List<?> list) {
        if (list.isEmpty() || list.size() > MESSAGES_MAX) {
          throw new UnusableMessageException(
              "body", "expected 1 to " + MESSAGES_MAX + " messages, got " + list.size());
        }
        return list;
      }
      if (parsed instanceof Map) {
        return List.of(parsed);
      }
      throw new UnusableMessageException("body", "expected a JSON object or an array of objects");
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw new UnusableMessageException(
          "body",
          "is not JSON" + where + ": " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new UnusableMessageException("body", "cannot be read: " + e.getMessage());
    }
  }

  private static Map<?, ?> object(Object item) {
    if (item instanceof Map<?, ?> map) {
      return map;
    }
    throw new UnusableMessageException("body", "expected an object");
  }

  private Device device(Object item, HubPrincipal caller) {
    Map<?, ?> message = object(item);
    String field = message.containsKey("deviceId") ? "deviceId" : "device_id";
    if (!(message.get(field) instanceof String name) || name.isBlank()) {
      throw new UnusableMessageException(field, "absent: expected the device's id or serial");
    }
    Device device =
        devices
            .find(caller.tenant(), name)
            .orElseThrow(
                () -> new UnusableMessageException(field, "unknown device \"" + name + "\""));
    boolean own =
        switch (caller.role()) {
          case "device" -> device.id().toString().equals(caller.subject());
          case "gateway" ->
              device.gateway() != null && device.gateway().toString().equals(caller.subject());
          default -> true;
        };
    if (!own) {
      throw new UnusableMessageException(
          field, "this token may not speak for device \"" + name + "\"");
    }
    if (!device.isActive()) {
      throw new UnusableMessageException(field, "device \"" + name + "\" is " + device.status());
    }
    return device;
  }
}
