package io.caravanhub.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;

/**
 * Keeps the hub's side of the contract in memory, over MQTT and HTTP: takes batches once, answers
 * for its clock, may refuse, be slow and be away.
 */
public final class StandInHub implements AutoCloseable, HubBroker.Taker {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A record that was taken, at its first coming. */
  public record Taken(
      String epoch, String lane, long seq, String device, String kind, JsonNode all) {}

  /** In the order of coming. */
  public final List<Taken> taken = new CopyOnWriteArrayList<>();

  public final List<JsonNode> health = new CopyOnWriteArrayList<>();
  public final List<Map.Entry<String, String>> other = new CopyOnWriteArrayList<>();
  public final AtomicInteger duplicates = new AtomicInteger();
  public final AtomicInteger batches = new AtomicInteger();
  public final AtomicInteger refusals = new AtomicInteger();
  public final AtomicInteger overHttp = new AtomicInteger();
  public volatile boolean refuses;

  /** What it answers over HTTP then. */
  public volatile int refusal = 503;

  /** The device with whose records no batch can be stored. */
  public volatile String failsOn = "";

  /**
   * What happens when it does not take a batch, beside the answer: over MQTT the hub ends the
   * connection for most of what it cannot store.
   */
  public volatile Runnable failing = () -> {};

  /** Told when a batch has been taken, before it is answered. */
  public volatile Runnable taking = () -> {};

  public volatile boolean clockAnswers = true;
  public volatile long slowMillis;

  /** The hub's clock minus this machine's. */
  public volatile long clockAhead;

  private final Map<String, Set<Long>> seen = new HashMap<>();
  private final Map<String, Long> floors = new HashMap<>();
  private final Path folder;
  private final int mqttPort;
  private volatile HubBroker broker;
  private volatile HttpServer http;

  public StandInHub(Path folder) throws IOException {
    this(folder, freePort());
  }

  public StandInHub(Path folder, int mqttPort) {
    this.folder = folder;
    this.mqttPort = mqttPort;
  }

  public static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public int mqttPort() {
    return mqttPort;
  }

  /** Forgets all, for the next test. */
  public synchronized void forget() {
    taken.clear();
    health.clear();
    other.clear();
    seen.clear();
    floors.clear();
    for (AtomicInteger count : List.of(duplicates, batches, refusals, overHttp)) {
      count.set(0);
    }
    refuses = false;
    refusal = 503;
    failsOn = "";
    failing = () -> {};
    taking = () -> {};
    clockAnswers = true;
    slowMillis = 0;
    clockAhead = 0;
  }

  /** The broker comes up, or comes back. */
  public StandInHub startMqtt() throws Exception {
    Files.createDirectories(folder);
    broker = new HubBroker(folder, mqttPort, this);
    return this;
  }

  public void stopMqtt() throws Exception {
    HubBroker old = broker;
    broker = null;
    if (old != null) {
      old.close();
    }
  }

  public HubBroker broker() {
    return broker;
  }

  /** Serves HTTP; returns the URL. */
  public String startHttp() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newCachedThreadPool());
    http.createContext("/api/v1/gateways/", this::serve);
    http.start();
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    overHttp.incrementAndGet();
    String channel = exchange.getRequestURI().getPath().replaceAll(".*/gateways/[^/]*/", "");
    byte[] body = exchange.getRequestBody().readAllBytes();
    byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
    int status = status(exchange);
    if (status != 200) {
      refusals.incrementAndGet();
    } else if (channel.equals("clock")) {
      answer = clock(body);
    } else {
      status = keep(channel, body);
      if (status == 503) {
        exchange.getResponseHeaders().set("Retry-After", "1");
      }
    }
    exchange.sendResponseHeaders(status, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  /** As the hub: it takes JSON, packed by gzip or not at all. */
  private int status(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String encoding = headers.getFirst("Content-Encoding");
    boolean taken =
        "application/json".equals(headers.getFirst("Content-Type"))
            && (encoding == null || encoding.equals("gzip"));
    return taken ? 200 : 415;
  }

  @Override
  public AckReasonCode take(String topic, byte[] payload) {
    String channel = topic.replaceAll("^t/[^/]*/g/[^/]*/", "");
    if (channel.equals("clock/answer") || !channel.matches("batch|health|clock|commands/ack")) {
      return AckReasonCode.SUCCESS;
    }
    if (channel.equals("clock")) {
      if (clockAnswers) {
        broker.publish(topic + "/answer", clock(payload));
      }
      return AckReasonCode.SUCCESS;
    }
    return switch (keep(channel, payload)) {
      case 200 -> AckReasonCode.SUCCESS;
      default -> AckReasonCode.UNSPECIFIED_ERROR;
    };
  }

  private byte[] clock(byte[] question) {
    try {
      return JSON.writeValueAsBytes(
          Map.of(
              "sent",
              JSON.readTree(question).path("sent").asLong(),
              "hub",
              System.currentTimeMillis() + clockAhead));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The answer, as HTTP has it. */
  private int keep(String channel, byte[] body) {
    try {
      switch (channel) {
        case "batch" -> {
          return batch(body);
        }
        case "health" -> health.add(JSON.readTree(body));
        default -> other.add(Map.entry(channel, new String(body, StandardCharsets.UTF_8)));
      }
      return 200;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private int batch(byte[] body) throws IOException {
    if (slowMillis > 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(slowMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (refuses) {
      refusals.incrementAndGet();
      failing.run();
      return refusal;
    }
    JsonNode batch = JSON.readTree(unpacked(body));
    String epoch = batch.path("epoch").asText();
    for (JsonNode record : batch.path("records")) {
      if (record.path("device").asText().equals(failsOn)) {
        refusals.incrementAndGet();
        failing.run();
        return 500;
      }
    }
    synchronized (this) {
      batches.incrementAndGet();
      Set<Long> known = seen.computeIfAbsent(epoch, e -> new TreeSet<>());
      long floor = floors.getOrDefault(epoch, 0L);
      List<Taken> fresh = new ArrayList<>();
      for (JsonNode record : batch.path("records")) {
        long seq = record.path("seq").asLong();
        if (seq >= floor && known.add(seq)) {
          fresh.add(
              new Taken(
                  epoch,
                  batch.path("lane").asText(),
                  seq,
                  record.path("device").asText(),
                  record.path("kind").asText(),
                  record));
        } else {
          duplicates.incrementAndGet();
        }
      }
      taken.addAll(fresh);
      floors.merge(epoch, batch.path("floor").asLong(), Math::max);
    }
    taking.run();
    return 200;
  }

  private static InputStream unpacked(byte[] body) throws IOException {
    boolean packed = body.length > 1 && body[0] == 0x1f && body[1] == (byte) 0x8b;
    InputStream bytes = new ByteArrayInputStream(body);
    return packed ? new GZIPInputStream(bytes) : bytes;
  }

  /** What stands in {@code metadata.n} of the device's records, in the order of coming. */
  public List<Long> numbers(String device) {
    List<Long> numbers = new ArrayList<>();
    for (Taken record : taken) {
      if (record.device().equals(device)) {
        numbers.add(record.all().path("body").path("metadata").path("n").asLong());
      }
    }
    return numbers;
  }

  /**
   * Records that came after a later one of their device on the same lane, and live ones after a
   * later one on any: what is live was taken by the gateway after all that is not.
   */
  public List<Taken> outOfOrder() {
    Map<String, Long> last = new HashMap<>();
    List<Taken> wrong = new ArrayList<>();
    for (Taken record : taken) {
      String device = record.epoch() + " " + record.device() + " ";
      Long before = last.merge(device + record.lane(), record.seq(), Math::max);
      long backfilled =
          record.lane().equals("live") ? last.getOrDefault(device + "backfill", 0L) : 0;
      if (Math.max(before, backfilled) > record.seq()) {
        wrong.add(record);
      }
    }
    return wrong;
  }

  @Override
  public void close() throws Exception {
    stopMqtt();
    if (http != null) {
      http.stop(0);
    }
  }
}
