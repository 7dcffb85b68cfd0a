package io.caravanhub.sim.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Devices that post their readings in batches. Each connection has a thread and devices of its own;
 * what is answered with 429, 503 or not at all is posted again until it is answered for.
 */
final class HttpSender implements Sender {
  private static final int RETRY_MILLIS = 200;

  private final LoadPlan plan;
  private final Fleet fleet;
  private final Tally tally;
  private final Offering offering;
  private final Payloads payloads;
  private final ObjectMapper json = new ObjectMapper();
  private final AtomicLong pending = new AtomicLong();
  private final ExecutorService workers;

  HttpSender(LoadPlan plan, Fleet fleet, Tally tally, Offering offering) {
    this.plan = plan;
    this.fleet = fleet;
    this.tally = tally;
    this.offering = offering;
    this.payloads = new Payloads(plan.metrics());
    this.workers = Executors.newFixedThreadPool(plan.connections());
  }

  @Override
  public void open() {
    // Connections open with their first request.
  }

  @Override
  public void send() throws InterruptedException {
    long start = System.nanoTime();
    for (int worker = 0; worker < plan.connections(); worker++) {
      List<LoadDevice> own = new ArrayList<>();
      for (int i = worker; i < fleet.devices().size(); i += plan.connections()) {
        own.add(fleet.devices().get(i));
      }
      int number = worker;
      workers.execute(() -> work(own, number, start));
    }
    workers.shutdown();
    boolean done = offering.await(workers::awaitTermination, plan);
    if (!done) {
      System.err.println(
          "load: gave up waiting for " + pending + " messages after " + plan.drainSeconds() + " s");
    }
  }

  private void work(List<LoadDevice> devices, int worker, long start) {
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    int size = Math.max(1, plan.batch() / plan.metrics());
    double share = plan.rate() / (double) plan.connections();
    Random random = new Random(plan.seed() + worker);
    long sent = 0;
    int turn = 0;
    try {
      while (!offering.isEnded() && System.nanoTime() - start < plan.seconds() * 1_000_000_000L) {
        long dueAt = Long.MAX_VALUE;
        if (share > 0) {
          // The batch is due when its last message is; workers take turns within that time.
          double due = (sent + size * (1.0 + worker / (double) plan.connections())) / share;
          dueAt = start + (long) (due * 1e9);
          long wait = dueAt - System.nanoTime();
          if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
          }
        }
        LoadDevice device = devices.get(turn++ % devices.size());
        if (plan.bad() > 0 && random.nextDouble() < plan.bad()) {
          postBad(http, device);
        }
        // What a gateway kept while it was cut off comes in requests of its own.
        boolean backfill = plan.backfill() > 0 && random.nextDouble() < plan.backfill();
        post(http, device, size, backfill, Math.min(dueAt, System.nanoTime()));
        sent += size;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * @param due when the batch should have been sent, as {@link System#nanoTime} counts; its latency
   *     counts from there
   */
  private void post(HttpClient http, LoadDevice device, int size, boolean backfill, long due)
      throws InterruptedException {
    List<Message> messages = new ArrayList<>(size);
    StringBuilder body = new StringBuilder(size * (80 + 16 * plan.metrics())).append('[');
    for (int i = 0; i < size; i++) {
      Message message =
          new Message(device, device.measure(backfill, System.currentTimeMillis()), due);
      messages.add(message);
      if (i > 0) {
        body.append(',');
      }
      payloads.canonical(device, message.number(), body);
    }
    tally.offered.add(size);
    pending.addAndGet(size);
    HttpRequest request = request(device, body.append(']').toString());
    while (!settled(http, request, messages)) {
      tally.sentAgain.add(size);
    }
    pending.addAndGet(-size);
  }

  /** No JSON at all: a hub says so with 400 and keeps nothing, as the sender knows it now. */
  private void postBad(HttpClient http, LoadDevice device) throws InterruptedException {
    tally.badOffered.increment();
    try {
      HttpRequest request = request(device, new String(Payloads.bad(), StandardCharsets.US_ASCII));
      if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 400) {
        tally.badSettled.increment();
      }
    } catch (IOException e) {
      tally.reconnects.increment();
    }
  }

  private HttpRequest request(LoadDevice device, String body) {
    return HttpRequest.newBuilder(plan.http().resolve("/api/v1/telemetry/ingest"))
        .timeout(Duration.ofSeconds(60))
        .header("Authorization", "Bearer " + device.token())
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private boolean settled(HttpClient http, HttpRequest request, List<Message> messages)
      throws InterruptedException {
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() == 202) {
        JsonNode rejected = json.readTree(response.body()).path("rejected");
        for (JsonNode one : rejected) {
          tally.refused.increment();
          System.err.println("load: refused: " + one);
        }
        if (rejected.isEmpty()) {
          messages.forEach(message -> message.settle(tally));
        }
        return true;
      }
      if (response.statusCode() == 429 || response.statusCode() == 503) {
        pause(response);
        return false;
      }
      tally.refused.add(messages.size());
      System.err.println("load: refused with " + response.statusCode());
      return true;
    } catch (IOException e) {
      tally.reconnects.increment();
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      return false;
    }
  }

  private static void pause(HttpResponse<?> response) throws InterruptedException {
    long seconds =
        response
            .headers()
            .firstValue("Retry-After")
            .filter(value -> value.chars().allMatch(Character::isDigit))
            .map(Long::parseLong)
            .orElse(0L);
    TimeUnit.MILLISECONDS.sleep(Math.max(RETRY_MILLIS, Math.min(seconds, 10) * 1_000));
  }

  @Override
  public long pending() {
    return pending.get();
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
