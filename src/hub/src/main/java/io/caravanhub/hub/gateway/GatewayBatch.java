package io.caravanhub.hub.gateway;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.archive.RawArchive;
import io.caravanhub.hub.registry.Gateway;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What a batch came to: telemetry, raw messages and events to be stored, and letters about what
 * cannot be. Filled by one thread; letters are added by several.
 */
final class GatewayBatch {
  /** Exchange property that holds it. */
  static final String PROPERTY = "hub-batch";

  /** What a canonical record is called; no mapping touches it. */
  static final String CANONICAL = "gateway";

  /** What a raw record is called, which is mapped as the device's own publish would be. */
  static final String RAW = "gateway-raw";

  /** What a record of kind event is called. */
  static final String EVENT = "gateway-event";

  final Gateway gateway;
  final UUID epoch;
  final String lane;
  final Instant received;
  final SequenceSet fresh = new SequenceSet();
  final List<Telemetry> telemetry = new ArrayList<>();

  /** Beside each telemetry: what the gateway called the device, and the record as it came. */
  final List<RawArchive.Received> bodies = new ArrayList<>();

  final List<String> names = new ArrayList<>();
  final List<RawRecord> raw = new ArrayList<>();
  final List<BatchEvent> events = new ArrayList<>();
  final List<BatchLetter> letters = Collections.synchronizedList(new ArrayList<>());
  int records;
  int duplicates;
  private final long floor;
  private long lowest = Long.MAX_VALUE;

  /** Of those, how many have the time of a clock that was never compared with the hub's. */
  int clockUnknown;

  /** Completes when every raw message is stored or a letter. */
  CompletableFuture<?> rawDone = CompletableFuture.completedFuture(null);

  GatewayBatch(Gateway gateway, UUID epoch, String lane, long floor, Instant received) {
    this.gateway = gateway;
    this.epoch = epoch;
    this.lane = lane;
    this.floor = floor;
    this.received = received;
  }

  /** A record of this number is in the batch, new or not. */
  void holds(long number) {
    lowest = Math.min(lowest, number);
  }

  /** Below which the spool holds nothing more; never above what this very batch holds. */
  long floor() {
    return Math.min(floor, lowest);
  }

  /** What the message of a record travels with. */
  Map<String, String> headers(String device, String source) {
    Map<String, String> headers = new TreeMap<>();
    headers.put(TelemetryHeaders.TENANT, gateway.tenant());
    headers.put(TelemetryHeaders.DEVICE, device);
    headers.put(TelemetryHeaders.GATEWAY, gateway.id().toString());
    headers.put(TelemetryHeaders.SOURCE, source);
    headers.put(TelemetryHeaders.RECEIVED, Long.toString(received.toEpochMilli()));
    return headers;
  }

  void refuse(String device, String source, String field, String reason, byte[] payload) {
    String plain = device.replace("\u0000", "");
    letters.add(new BatchLetter(plain, source, field, reason, payload, headers(plain, source)));
  }

  int stored() {
    return records - duplicates - letters.size();
  }
}
