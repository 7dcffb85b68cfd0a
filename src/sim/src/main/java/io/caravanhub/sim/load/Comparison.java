package io.caravanhub.sim.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * Compares what was acknowledged with what is stored, as the hub's own API tells it.
 *
 * <p>Where everything a device sent was acknowledged, its rows are counted and its message numbers
 * added up, in buckets below the shortest rollup so that the rows themselves are counted. Where
 * that does not come out even, the device's rows are read one by one and matched by timestamp. A
 * store that holds one row for a device, metric and timestamp can hold a message twice only under
 * another timestamp, so rows of the run's time that match no message count as duplicates.
 */
final class Comparison {
  private static final String BUCKET = "PT30S";
  private static final int PAGE = 5_000;

  /** Devices looked up at the same time: database, hub and generator take turns at two cores. */
  private static final int AT_ONCE = 4;

  private final Hub hub;
  private final int metrics;
  private final long until;

  /**
   * A comparison with what this hub has stored.
   *
   * @param metrics measurements in a message
   * @param until how far to look for rows that match no message, milliseconds since 1970
   */
  Comparison(Hub hub, int metrics, long until) {
    this.hub = hub;
    this.metrics = metrics;
    this.until = until;
  }

  /**
   * What came of the comparison, in messages unless said otherwise.
   *
   * @param stored messages whose rows are all there
   * @param lost acknowledged and not there, or there with another value
   * @param duplicates rows beyond one for a message's metric, those under another time among them
   * @param astray rows of the run's time whose timestamp no message had
   * @param unacknowledged stored although no acknowledgement arrived, which is allowed
   */
  record Outcome(long stored, long lost, long duplicates, long astray, long unacknowledged) {
    static final Outcome NONE = new Outcome(0, 0, 0, 0, 0);

    Outcome plus(Outcome other) {
      return new Outcome(
          stored + other.stored,
          lost + other.lost,
          duplicates + other.duplicates,
          astray + other.astray,
          unacknowledged + other.unacknowledged);
    }
  }

  /**
   * Compares these devices, a few at once.
   *
   * @param progress is told how many are done
   */
  Outcome of(List<LoadDevice> devices, IntConsumer progress)
      throws IOException, InterruptedException {
    ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Outcome>> outcomes = new ArrayList<>();
      for (LoadDevice device : devices) {
        outcomes.add(workers.submit(() -> of(device)));
      }
      Outcome sum = Outcome.NONE;
      for (int i = 0; i < outcomes.size(); i++) {
        sum = sum.plus(outcomes.get(i).get());
        progress.accept(i + 1);
      }
      return sum;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io
          ? io
          : new IOException("the comparison failed: " + e.getCause(), e);
    } finally {
      workers.shutdownNow();
    }
  }

  private Outcome of(LoadDevice device) throws IOException, InterruptedException {
    Ledger ledger = device.ledger();
    if (ledger.size() == 0) {
      return Outcome.NONE;
    }
    if (ledger.acknowledged() == ledger.size() && comesOutEven(device)) {
      return new Outcome(ledger.size(), 0, 0, 0, 0);
    }
    return oneByOne(device);
  }

  private boolean comesOutEven(LoadDevice device) throws IOException, InterruptedException {
    Map<String, Long> counts = new HashMap<>();
    double[] sequence = {0};
    pages(
        device,
        "aggregate",
        "&agg=sum&bucket=" + BUCKET,
        item -> {
          String metric = item.path("metric").asText();
          counts.merge(metric, item.path("count").asLong(), Long::sum);
          if (metric.equals(Payloads.SEQUENCE)) {
            sequence[0] += item.path("value").asDouble();
          }
        });
    long size = device.ledger().size();
    return counts.size() == metrics
        && counts.values().stream().allMatch(count -> count == size)
        && sequence[0] == size * (size - 1) / 2.0;
  }

  private Outcome oneByOne(LoadDevice device) throws IOException, InterruptedException {
    Ledger ledger = device.ledger();
    Map<Instant, Integer> numbers = new HashMap<>();
    for (int i = 0; i < ledger.size(); i++) {
      numbers.put(Instant.ofEpochMilli(ledger.timestamp(i)), i);
    }
    int[] found = new int[ledger.size()];
    boolean[] right = new boolean[ledger.size()];
    Set<String> seen = new HashSet<>();
    long[] twice = {0};
    long[] astray = {0};
    pages(
        device,
        "history",
        "",
        item -> {
          Instant ts = Instant.parse(item.path("ts").asText());
          String metric = item.path("metric").asText();
          Integer number = numbers.get(ts);
          if (number == null) {
            astray[0]++;
          } else if (!seen.add(ts + metric)) {
            twice[0]++;
          } else {
            found[number]++;
            if (metric.equals(Payloads.SEQUENCE)) {
              right[number] = item.path("value").asInt(-1) == number;
            }
          }
        });
    long stored = 0;
    long lost = 0;
    long unacknowledged = 0;
    for (int i = 0; i < found.length; i++) {
      boolean there = found[i] >= metrics && right[i];
      stored += there ? 1 : 0;
      lost += !there && ledger.isAcknowledged(i) ? 1 : 0;
      unacknowledged += there && !ledger.isAcknowledged(i) ? 1 : 0;
    }
    return new Outcome(stored, lost, twice[0] + astray[0], astray[0], unacknowledged);
  }

  private interface Row {
    void take(JsonNode item);
  }

  private void pages(LoadDevice device, String what, String more, Row row)
      throws IOException, InterruptedException {
    for (Ledger.Span span : device.ledger().spans(until)) {
      pages(
          "/devices/"
              + device.serial()
              + "/telemetry/"
              + what
              + "?limit="
              + PAGE
              + "&from="
              + Instant.ofEpochMilli(span.from())
              + "&to="
              + Instant.ofEpochMilli(span.to())
              + more,
          row);
    }
  }

  private void pages(String path, Row row) throws IOException, InterruptedException {
    String cursor = "";
    do {
      JsonNode page =
          hub.get(
              cursor.isEmpty()
                  ? path
                  : path + "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8));
      page.path("items").forEach(row::take);
      cursor = page.path("cursor").asText("");
    } while (!cursor.isEmpty() && !cursor.equals("null"));
  }
}
