package io.caravanhub.sim.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.function.LongFunction;

/**
 * Compares what was acknowledged with what is stored, as the hub's own API tells it.
 *
 * <p>Where everything a device sent was acknowledged, its rows are counted and its message numbers
 * added up, in buckets below the shortest rollup so that the rows themselves are counted. Where
 * that does not come out even, the device's rows are read one by one and matched by timestamp.
 */
final class Comparison {
  private static final String BUCKET = "PT30S";
  private static final int PAGE = 5_000;

  /** Devices looked up at the same time: database, hub and generator take turns at two cores. */
  private static final int AT_ONCE = 4;

  private final Hub hub;
  private final int metrics;

  Comparison(Hub hub, int metrics) {
    this.hub = hub;
    this.metrics = metrics;
  }

  /**
   * What came of the comparison, in messages.
   *
   * @param stored messages whose rows are all there
   * @param lost acknowledged and not there, or there with another value
   * @param duplicates rows beyond one for a message's metric
   * @param unacknowledged stored although no acknowledgement arrived, which is allowed
   */
  record Outcome(long stored, long lost, long duplicates, long unacknowledged) {
    Outcome plus(Outcome other) {
      return new Outcome(
          stored + other.stored,
          lost + other.lost,
          duplicates + other.duplicates,
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
      Outcome sum = new Outcome(0, 0, 0, 0);
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
      return new Outcome(0, 0, 0, 0);
    }
    if (ledger.acknowledged() == ledger.size() && comesOutEven(device)) {
      return new Outcome(ledger.size(), 0, 0, 0);
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
    Map<Long, Integer> numbers = new HashMap<>();
    for (int i = 0; i < ledger.size(); i++) {
      numbers.put(ledger.timestamp(i), i);
    }
    int[] found = new int[ledger.size()];
    boolean[] right = new boolean[ledger.size()];
    Map<String, Integer> seen = new HashMap<>();
    pages(
        device,
        "history",
        "",
        item -> {
          long ts = Instant.parse(item.path("ts").asText()).toEpochMilli();
          Integer number = numbers.get(ts);
          if (number != null) {
            String metric = item.path("metric").asText();
            found[number]++;
            seen.merge(ts + metric, 1, Integer::sum);
            if (metric.equals(Payloads.SEQUENCE)) {
              right[number] = item.path("value").asInt(-1) == number;
            }
          }
        });
    long duplicates = seen.values().stream().mapToLong(times -> times - 1).sum();
    long stored = 0;
    long lost = 0;
    long unacknowledged = 0;
    for (int i = 0; i < found.length; i++) {
      boolean there = found[i] >= metrics && right[i];
      stored += there ? 1 : 0;
      lost += !there && ledger.isAcknowledged(i) ? 1 : 0;
      unacknowledged += there && !ledger.isAcknowledged(i) ? 1 : 0;
    }
    return new Outcome(stored, lost, duplicates, unacknowledged);
  }

  private interface Row {
    void take(JsonNode item);
  }

  private void pages(LoadDevice device, String what, String more, Row row)
      throws IOException, InterruptedException {
    LongFunction<String> time = ms -> Instant.ofEpochMilli(ms).toString();
    String path =
        "/devices/"
            + device.serial()
            + "/telemetry/"
            + what
            + "?limit="
            + PAGE
            + "&from="
            + time.apply(device.ledger().first())
            + "&to="
            + time.apply(device.ledger().last() + 1)
            + more;
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
