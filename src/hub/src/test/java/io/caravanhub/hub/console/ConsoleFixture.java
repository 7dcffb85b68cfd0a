package io.caravanhub.hub.console;

import com.zaxxer.hikari.HikariDataSource;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.HubApplication;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.TestServer;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.telemetry.LatestValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The real hub on a database of its own, and rows to look at. */
final class ConsoleFixture implements AutoCloseable {
  static final String TENANT = "default";

  private final Path home;
  private final Path routes;
  private final ConfigurableApplicationContext hub;
  private final JdbcClient jdbc;
  private final JdbcTemplate writer;

  ConsoleFixture(Path home, String... more) {
    this.home = home;
    this.routes = home.resolve("routes");
    TestServer server = TestDatabase.server();
    List<String> args =
        new ArrayList<>(
            List.of(
                "--hub.home=" + home,
                "--hub.bind=127.0.0.1",
                "--hub.db.url=jdbc:postgresql://%s:%d/%s"
                    .formatted(server.host(), server.port(), server.create()),
                "--hub.db.user=" + server.user(),
                "--hub.db.password=" + server.password(),
                "--hub.http.port=0",
                "--hub.mqtt.port=" + freePort(),
                "--hub.mqtts.port=" + freePort(),
                "--hub.routes=" + routes,
                "--hub.connectors=" + home.resolve("connectors"),
                "--hub.mappings=" + home.resolve("mappings"),
                "--hub.rules=" + home.resolve("rules"),
                "--hub.console.open=true"));
    args.addAll(List.of(more));
    this.hub = new SpringApplication(HubApplication.class).run(args.toArray(String[]::new));
    this.jdbc = hub.getBean(JdbcClient.class);
    this.writer = new JdbcTemplate(hub.getBean("writerPool", HikariDataSource.class));
  }

  String url(String path) {
    int port = ((ServletWebServerApplicationContext) hub).getWebServer().getPort();
    return "http://127.0.0.1:" + port + path;
  }

  <T> T bean(Class<T> type) {
    return hub.getBean(type);
  }

  String adminToken() {
    return read(home.resolve("admin.token")).strip();
  }

  /** Puts a route file below the hub's routes folder. */
  void route(String file, String yaml) {
    try {
      Path path = routes.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Registers a device and returns its id. */
  String device(String serial, String type, String maker, String model, String connection) {
    return TenantScope.call(
        TENANT,
        () ->
            jdbc.sql(
                    "insert into devices (tenant_id, serial, device_type, manufacturer, model, connection_type, installation_location)"
                        + " values (?, ?, ?, ?, ?, ?, ?) returning id")
                .params(TENANT, serial, type, maker, model, connection, "Plant 2, roof")
                .query(String.class)
                .single());
  }

  /** Lets a device say something now. */
  void say(String device, Measurement... measurements) {
    bean(LatestValues.class)
        .committed(new Telemetry(TENANT, device, "test", List.of(measurements)));
  }

  /** Stores a past of five-second steps for a metric; x is the age in minutes. */
  void past(String device, String metric, String unit, Duration age, DoubleUnaryOperator value) {
    int key =
        TenantScope.call(
            TENANT,
            () ->
                jdbc.sql("select key from devices where id = cast(? as uuid)")
                    .param(device)
                    .query(Integer.class)
                    .single());
    int metricId = TenantScope.call(TENANT, () -> metric(metric, unit));
    Instant now = Instant.now();
    List<Object[]> rows = new ArrayList<>();
    for (long s = age.toSeconds(); s > 0; s -= 5) {
      OffsetDateTime ts = OffsetDateTime.ofInstant(now.minusSeconds(s), ZoneOffset.UTC);
      rows.add(new Object[] {key, metricId, ts, value.applyAsDouble(s / 60.0)});
    }
    for (Instant day : List.of(now.minus(age), now)) {
      writer.execute("select ensure_telemetry_day(date '" + day.toString().substring(0, 10) + "')");
    }
    writer.update(
        "insert into telemetry_series values (?, ?) on conflict do nothing", key, metricId);
    writer.batchUpdate(
        "insert into telemetry (device_id, metric_id, ts, value) values (?, ?, ?, ?)", rows);
  }

  /** Raises an event and returns its id. */
  String event(String device, String severity, String metric, String message, Duration age) {
    return TenantScope.call(
        TENANT,
        () ->
            jdbc.sql(
                    "insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, metric, value, unit, threshold, message, opened_at, last_seen_at)"
                        + " values (?, ?, cast(? as uuid), 'rule', 'family', 'likely_failure', ?, ?, 540.2, 'kPa', 600, ?, ?, now()) returning id")
                .params(
                    TENANT,
                    message + age,
                    device,
                    severity,
                    metric,
                    message,
                    OffsetDateTime.now(ZoneOffset.UTC).minus(age))
                .query(String.class)
                .single());
  }

  /** Plans a work order for an event. */
  void order(String event, String title, int priority, String state, String fsmId, int attempts) {
    TenantScope.run(
        TENANT,
        () ->
            jdbc.sql(
                    "insert into actions (tenant_id, event_id, kind, state, external_identifier, idempotency_key, payload, fsm_id, attempts, last_error)"
                        + " values (?, cast(? as uuid), 'work_order', ?, ?, ?, jsonb_build_object('title', ?::text, 'action', jsonb_build_object('priority', ?::int)), ?, ?, ?)")
                .params(
                    TENANT,
                    event,
                    state,
                    title,
                    title,
                    title,
                    priority,
                    fsmId,
                    attempts,
                    fsmId == null && attempts > 0 ? "connection refused" : null)
                .update());
  }

  void deadLetter(String device, String field, String reason, String payload) {
    TenantScope.run(
        TENANT,
        () ->
            jdbc.sql(
                    "insert into dead_letters (tenant_id, device, source, field, reason, payload) values (?, ?, 'mqtt', ?, ?, ?)")
                .params(TENANT, device, field, reason, payload.getBytes(StandardCharsets.UTF_8))
                .update());
  }

  private int metric(String key, String unit) {
    return jdbc.sql("select id from metrics where key = ?")
        .param(key)
        .query(Integer.class)
        .optional()
        .orElseGet(
            () ->
                jdbc.sql("insert into metrics (tenant_id, key, unit) values (?, ?, ?) returning id")
                    .params(TENANT, key, unit)
                    .query(Integer.class)
                    .single());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    hub.close();
  }
}
