package io.caravanhub.sim.oem;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.caravanhub.sim.plant.HvacReading;
import io.caravanhub.sim.plant.Plant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The cloud of the maker Tarn, which is asked: three room controllers in the rooms that the rooftop
 * units cool, one of which warms in time, which its maker calls an alarm and nobody a job. Serves
 * on the loopback. Thread-safe.
 */
public final class TarnCloud implements AutoCloseable {
  private static final Duration STUCK = Duration.ofMinutes(40);
  private static final List<String> UNITS = List.of("RTU-1", "RTU-2", "RTU-3");

  private final ObjectMapper json = new ObjectMapper();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "tarn-cloud");
            made.setDaemon(true);
            return made;
          });
  private final Plant plant;
  private final Clock clock;
  private final HttpServer server;
  private volatile String key = "";

  /**
   * Serves at once; without a key nobody is let in.
   *
   * @param port 0 for a free one
   */
  public TarnCloud(Plant plant, int port, Clock clock) throws IOException {
    this.plant = plant;
    this.clock = clock;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(thread);
    server.createContext("/v1/rooms", this::rooms);
    server.start();
  }

  /** {@code http://127.0.0.1:port}. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Lets in whoever has this key. */
  public void open(String newKey) {
    key = newKey;
  }

  private void rooms(HttpExchange exchange) throws IOException {
    try (exchange) {
      String given = exchange.getRequestHeaders().getFirst("X-Api-Key");
      if (key.isEmpty() || !key.equals(given)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      byte[] answer = json.writeValueAsBytes(answer());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private ObjectNode answer() {
    ObjectNode answer = json.createObjectNode();
    String now = clock.instant().toString();
    answer.put("site", "Demo building").put("asOf", now);
    ArrayNode rooms = answer.putArray("rooms");
    for (int i = 0; i < UNITS.size(); i++) {
      room(rooms.addObject(), i, now);
    }
    return answer;
  }

  private void room(ObjectNode room, int number, String now) {
    HvacReading air = plant.unit(UNITS.get(number)).reading();
    double minutes = plant.time().toSeconds() / 60.0;
    boolean stuck = number == 2 && plant.time().compareTo(STUCK) >= 0;
    double warmer = stuck ? Math.min(4, (minutes - STUCK.toMinutes()) / 15) : 0;
    room.put("id", "TH-30" + (number + 1)).put("name", "Room 30" + (number + 1));
    room.put("model", "TH-2").put("firmware", "1.4.0").put("at", now);
    ObjectNode climate = room.putObject("climate");
    climate.put("roomTemperature", tenths(air.returnAirTemp() - 0.4 + warmer));
    climate.put("setpoint", tenths(air.coolingSetpoint()));
    climate.put("humidity", tenths(46 + 3 * Math.sin(minutes / 90 + number)));
    climate.put("co2Ppm", Math.round(620 + 90 * number + 60 * Math.sin(minutes / 45 + number)));
    room.put("battery", 93 - 4 * number);
    ArrayNode alarms = room.putArray("alarms");
    if (stuck) {
      alarms.addObject().put("code", "C-12").put("text", "Room warms though cooling is asked for");
    }
  }

  private static double tenths(double value) {
    return Math.rint(value * 10) / 10;
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdownNow();
  }
}
