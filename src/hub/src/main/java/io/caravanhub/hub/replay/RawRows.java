package io.caravanhub.hub.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.QualityReason;
import io.caravanhub.hub.archive.RawArchive;
import io.caravanhub.hub.deadletter.LetterReplay;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.replay.RawReplays.Remapped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Raw messages out of the archive and the rows of telemetry that come of them. Thread-safe. */
@Component
class RawRows {
  private static final int PAGE_MESSAGES = 500;
  private static final int PAGE_BYTES = 8_000_000;
  private static final String WHERE =
      """
      received_at >= :from and received_at < :to and (:device::text is null or device_id = :device::uuid)
      """;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final DeviceDirectory devices;
  private final RawArchive archive;
  private final ObjectMapper json;

  RawRows(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      DeviceDirectory devices,
      RawArchive archive,
      ObjectMapper json) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.devices = devices;
    this.archive = archive;
    this.json = json;
  }

  /** A raw message with the keys of the rows that it made. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Kept(
      long id,
      Instant receivedAt,
      String headers,
      byte[] payload,
      int[] madeMetrics,
      long[] madeAt) {
    String position() {
      return receivedAt + " " + id;
    }
  }

  /** Rows of telemetry that a write changed or added, and that it removed. */
  record Changes(long changed, long removed) {}

  /** Messages whose rows are right now. */
  interface Latest {
    void withdrawn(String device, String metric, Instant ts);
  }

  private record Key(int device, int metric, long micros) {}

  long count(RawFilter filter) {
    return jdbc.sql("select count(*) from raw_messages where " + WHERE)
        .params(parameters(filter))
        .query(Long.class)
        .single();
  }

  /** The next messages after a position, as many as are not too many in number or bytes. */
  List<Kept> after(RawFilter filter, @Nullable String position) {
    return jdbc.sql(
            """
            select id, received_at, headers::text as headers, payload, made_metrics, made_at from (
              select *, sum(octet_length(payload)) over (order by received_at, id) as bytes, row_number() over (order by received_at, id) as n from (
                select * from raw_messages where %s
                   and (:after::text is null or (received_at, id) > (split_part(:after, ' ', 1)::timestamptz, split_part(:after, ' ', 2)::bigint))
                 order by received_at, id limit :messages) page) sized
             where bytes <= :bytes or n = 1 order by received_at, id\
            """
                .formatted(WHERE))
        .params(parameters(filter))
        .param("after", position)
        .param("messages", PAGE_MESSAGES)
        .param("bytes", PAGE_BYTES)
        .query(RawRows::kept)
        .list();
  }

  private static Map<String, Object> parameters(RawFilter filter) {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("from", Timestamp.from(Instant.parse(filter.from())));
    parameters.put("to", Timestamp.from(Instant.parse(filter.to())));
    parameters.put("device", filter.device());
    return parameters;
  }

  /** The message as it came, marked so that it is not kept again. */
  Exchange message(Kept kept, CamelContext context) {
    Exchange exchange = new DefaultExchange(context);
    exchange.setProperty(RawArchive.REPLAY, true);
    exchange.getMessage().setBody(kept.payload);
    try {
      json.readValue(kept.headers, Map.class)
          .forEach((name, value) -> exchange.getMessage().setHeader(String.valueOf(name), value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    LetterReplay.forgetMapping(exchange.getMessage());
    return exchange;
  }

  /** Puts the rows of the messages right, and notes what each message makes now. */
  Changes write(long run, List<Remapped> messages, Latest latest) {
    Map<Key, Measurement> fresh = new LinkedHashMap<>();
    Map<Key, String> old = new LinkedHashMap<>();
    List<Made> made = new ArrayList<>();
    for (Remapped message : messages) {
      int device = key(message);
      int[] metrics = archive.metricIds(message.telemetry());
      long[] at = new long[metrics.length];
      for (int i = 0; i < metrics.length; i++) {
        Measurement m = message.telemetry().measurements().get(i);
        at[i] = RawArchive.micros(m.ts());
        fresh.putIfAbsent(new Key(device, metrics[i], at[i]), m);
      }
      Kept kept = message.kept();
      for (int i = 0; i < kept.madeMetrics.length; i++) {
        old.put(new Key(device, kept.madeMetrics[i], kept.madeAt[i]), message.telemetry().device());
      }
      if (!Arrays.equals(metrics, kept.madeMetrics) || !Arrays.equals(at, kept.madeAt)) {
        made.add(new Made(kept, metrics, at));
      }
    }
    old.keySet().removeAll(fresh.keySet());
    if (fresh.isEmpty() && old.isEmpty()) {
      return new Changes(0, 0);
    }
    Changes done =
        transaction.execute(
            status -> {
              Changes changes = replay(run, fresh, List.copyOf(old.keySet()));
              made.forEach(this::note);
              return changes;
            });
    if (!old.isEmpty()) {
      withdraw(old, latest);
    }
    return Objects.requireNonNull(done);
  }

  private void withdraw(Map<Key, String> old, Latest latest) {
    Map<Integer, String> names = new HashMap<>();
    jdbc.sql("select id, key from metrics where id = any(?::int[])")
        .params(new Object[] {old.keySet().stream().mapToInt(Key::metric).distinct().toArray()})
        .query(
            row -> {
              names.put(row.getInt(1), row.getString(2));
            });
    old.forEach(
        (key, device) ->
            latest.withdrawn(
                device,
                names.getOrDefault(key.metric, ""),
                Instant.EPOCH.plus(key.micros, ChronoUnit.MICROS)));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Made(Kept kept, int[] metrics, long[] at) {}

  private int key(Remapped message) {
    String tenant = message.telemetry().tenant();
    String device = message.telemetry().device();
    return devices
        .find(tenant, device)
        .map(Device::key)
        .orElseThrow(() -> new ReplayWork.NotNowException("device " + device + " is gone"));
  }

  private Changes replay(long run, Map<Key, Measurement> fresh, List<Key> old) {
    List<Key> keys = List.copyOf(fresh.keySet());
    List<Measurement> values = List.copyOf(fresh.values());
    Short[] qualities = new Short[values.size()];
    Arrays.setAll(
        qualities, i -> QualityReason.code(values.get(i).quality(), values.get(i).reason()));
    int[] keysOfDevices = keys.stream().mapToInt(Key::device).toArray();
    int[] metrics = keys.stream().mapToInt(Key::metric).toArray();
    jdbc.sql("select note_telemetry_series(?::int[], ?::int[])")
        .params(keysOfDevices, metrics)
        .query(row -> {});
    return jdbc.sql(
            "select changed, removed from replay_telemetry(?, ?::int[], ?::int[], ?::bigint[], ?::float8[], ?::text[], ?::int2[], ?::int[], ?::int[], ?::bigint[])")
        .params(
            run,
            keysOfDevices,
            metrics,
            keys.stream().mapToLong(Key::micros).toArray(),
            values.stream()
                .map(m -> Double.isNaN(m.value()) ? null : (Double) m.value())
                .toArray(Double[]::new),
            values.stream().map(Measurement::text).toArray(String[]::new),
            qualities,
            old.stream().mapToInt(Key::device).toArray(),
            old.stream().mapToInt(Key::metric).toArray(),
            old.stream().mapToLong(Key::micros).toArray())
        .query((row, n) -> new Changes(row.getLong(1), row.getLong(2)))
        .single();
  }

  private void note(Made made) {
    jdbc.sql(
            "update raw_messages set made_metrics = ?::int[], made_at = ?::bigint[] where received_at = ? and id = ?")
        .params(made.metrics, made.at, Timestamp.from(made.kept.receivedAt()), made.kept.id())
        .update();
  }

  private static Kept kept(ResultSet row, int number) throws SQLException {
    Integer[] metrics = (Integer[]) row.getArray("made_metrics").getArray();
    Long[] at = (Long[]) row.getArray("made_at").getArray();
    return new Kept(
        row.getLong("id"),
        row.getTimestamp("received_at").toInstant(),
        row.getString("headers"),
        row.getBytes("payload"),
        Arrays.stream(metrics).mapToInt(Integer::intValue).toArray(),
        Arrays.stream(at).mapToLong(Long::longValue).toArray());
  }
}
