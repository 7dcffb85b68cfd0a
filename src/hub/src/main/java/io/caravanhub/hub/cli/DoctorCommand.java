package io.caravanhub.hub.cli;

import io.caravanhub.hub.client.HubClient;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.utils.Utils;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./hub doctor}: says what is wrong with a machine, and what would mend it. */
@Command(
    name = "doctor",
    description =
        "Check this machine and these settings: ports, database, extension, broker, disk, versions.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final long DISK_WANTED = 2L << 30;
  private static final long MEMORY_WANTED = 2L << 30;

  private int wrong;

  @Override
  public Integer call() throws Exception {
    Settings settings = SettingsHelp.load();
    good("settings", "all readable");
    return examine(settings);
  }

  int examine(Settings settings) throws IOException, InterruptedException {
    java();
    memory();
    Path home = settings.folder(Setting.HUB_HOME);
    disk(home);
    Optional<HubClient.Answer> health = HubClient.of(settings).health();
    boolean running = health.isPresent();
    if (running) {
      hub(settings, health.get());
    } else {
      good("hub", "not running");
      port(settings, Setting.HUB_HTTP_PORT);
    }
    broker(settings, running);
    kafka(settings);
    database(settings, home, running);
    fsm(settings);
    System.out.println(
        wrong == 0
            ? "\nNothing is wrong."
            : "\n"
                + wrong
                + (wrong == 1 ? " thing is" : " things are")
                + " wrong; each line above says what would mend it.");
    return wrong == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static URI base(Settings settings) {
    return URI.create(
        "http://"
            + settings.require(Setting.HUB_BIND)
            + ":"
            + settings.port(Setting.HUB_HTTP_PORT));
  }

  private void java() {
    int version = Runtime.version().feature();
    check(
        version >= 17,
        "java",
        Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
        "install a JDK 17 or later");
  }

  private void memory() {
    if (java.lang.management.ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean machine) {
      long free = machine.getFreeMemorySize();
      check(
          machine.getTotalMemorySize() >= MEMORY_WANTED,
          "memory",
          (machine.getTotalMemorySize() >> 20)
              + " MB, "
              + (free >> 20)
              + " MB free, "
              + machine.getAvailableProcessors()
              + " processors",
          "the hub with its embedded database wants 2 GB");
    }
  }

  private void disk(Path home) throws IOException {
    Path there = home;
    while (!Files.exists(there)) {
      there = there.getParent() == null ? Path.of("/") : there.getParent();
    }
    check(
        Files.isWritable(there),
        "home",
        home.toString(),
        "HUB_HOME: make " + there + " writable, or set another folder");
    long free = Files.getFileStore(there).getUsableSpace();
    check(
        free >= DISK_WANTED,
        "disk",
        (free >> 20) + " MB free at " + there,
        "the hub wants 2 GB free; set HUB_HOME to a larger disk");
  }

  private void port(Settings settings, Setting setting) {
    Ports.problem(settings.require(Setting.HUB_BIND), settings.port(setting))
        .ifPresentOrElse(
            problem -> bad("port", problem, "set " + setting + " to another port"),
            () -> good("port", settings.port(setting) + " is free (" + setting + ")"));
  }

  private void hub(Settings settings, HubClient.Answer health) {
    String at = "running at " + base(settings);
    switch (health.status()) {
      case 200 -> good("hub", at);
      case 0 -> bad("hub", at + ", and does not answer in ten seconds", "look at its log");
      case 401 ->
          bad(
              "hub",
              at + ", and does not know the token of " + settings.folder(Setting.HUB_HOME),
              "set HUB_HOME to the one of that hub");
      default ->
          bad(
              "hub",
              at + ", not well: " + ill(health),
              "see the lines below, the hub's log and docs/TROUBLESHOOTING.md");
    }
  }

  /** The parts that are not well, and why; of who is not known the hub tells its status alone. */
  private static String ill(HubClient.Answer health) {
    List<String> ill = new ArrayList<>();
    health
        .body()
        .path("components")
        .fields()
        .forEachRemaining(
            part -> {
              if (!part.getValue().path("status").asText().equals("UP")) {
                List<String> details = new ArrayList<>();
                part.getValue()
                    .path("details")
                    .fields()
                    .forEachRemaining(d -> details.add(d.getKey() + "=" + d.getValue().asText()));
                ill.add(part.getKey() + " (" + String.join(", ", details) + ")");
              }
            });
    return ill.isEmpty() ? "it answers " + health.status() : String.join("; ", ill);
  }

  private void kafka(Settings settings) {
    if (!settings.has(Setting.HUB_KAFKA)) {
      return;
    }
    String why = "no address";
    for (String given : settings.require(Setting.HUB_KAFKA).split(",")) {
      String address = given.strip();
      String host = Utils.getHost(address);
      Integer port = Utils.getPort(address);
      if (host == null || port == null) {
        why = address + ": expected host:port";
        continue;
      }
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(host, port), 2_000);
        good("kafka", address + " answers");
        return;
      } catch (IOException e) {
        why = address + ": " + e.getMessage();
      }
    }
    bad("kafka", why, "start Kafka or correct HUB_KAFKA; nothing is taken in until then");
  }

  private void broker(Settings settings, boolean running) {
    if (!settings.has(Setting.HUB_MQTT_URL)) {
      if (running) {
        good("broker", "embedded, port " + settings.port(Setting.HUB_MQTT_PORT));
      } else {
        port(settings, Setting.HUB_MQTT_PORT);
        port(settings, Setting.HUB_MQTTS_PORT);
      }
      return;
    }
    URI uri = URI.create(settings.require(Setting.HUB_MQTT_URL));
    boolean secure = uri.getScheme().matches("ssl|mqtts");
    int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 8883 : 1883;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), port), 2_000);
      good("broker", uri + " answers");
    } catch (IOException e) {
      bad(
          "broker",
          uri + ": " + e.getMessage(),
          "start that broker, or unset HUB_MQTT_URL for the embedded one");
    }
  }

  private void database(Settings settings, Path home, boolean running) {
    if (!settings.has(Setting.HUB_DB_URL)) {
      good(
          "database",
          "embedded PostgreSQL "
              + (Files.exists(home.resolve("postgres/PG_VERSION"))
                  ? "in " + home.resolve("postgres")
                  : "(made at the first start)"));
      good(
          "extension",
          "TimescaleDB is not in the embedded PostgreSQL: native day partitions, no compression");
      StoreReport.embedded(home).ifPresent(own -> embeddedStore(own, running));
      return;
    }
    String url = settings.require(Setting.HUB_DB_URL);
    String password = settings.get(Setting.HUB_DB_PASSWORD);
    DriverManager.setLoginTimeout(5);
    try (Connection connection =
            DriverManager.getConnection(
                url, settings.require(Setting.HUB_DB_USER), password == null ? "" : password);
        Statement statement = connection.createStatement()) {
      good(
          "database",
          first(statement, "select split_part(version(), ' on ', 1)")
              + " at "
              + url.replaceAll("\\?.*", ""));
      String timescale =
          first(
              statement,
              "select coalesce((select 'TimescaleDB ' || default_version from pg_available_extensions where name = 'timescaledb'), 'TimescaleDB is not there: native day partitions, no compression')");
      good("extension", timescale);
      store(connection, running);
      check(
          Boolean.parseBoolean(
              first(
                  statement,
                  "select (rolsuper or rolcreaterole)::text from pg_roles where rolname = current_user")),
          "rights",
          "user " + settings.require(Setting.HUB_DB_USER),
          "HUB_DB_USER must be allowed to create roles (hub_app, hub_writer), or an administrator creates them first");
    } catch (SQLException e) {
      bad(
          "database",
          String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          "check HUB_DB_URL, HUB_DB_USER and HUB_DB_PASSWORD");
    }
  }

  private void embeddedStore(Connection own, boolean running) {
    try (own) {
      store(own, running);
    } catch (SQLException e) {
      bad("store", String.valueOf(e.getMessage()), "see the hub's log");
    }
  }

  private void store(Connection connection, boolean running) throws SQLException {
    StoreReport.read(connection)
        .ifPresent(
            report ->
                check(
                    !running || !report.isFarBehind(),
                    "store",
                    report.text(),
                    "the rollups do not come after: look for \"The store's rollups\" in the hub's log"));
  }

  private static String first(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private void fsm(Settings settings) {
    if (!settings.has(Setting.HUB_FSM_URL)) {
      good("fsm", "HUB_FSM_URL is unset: planned actions wait in the outbox");
      return;
    }
    URI uri = URI.create(settings.require(Setting.HUB_FSM_URL));
    int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), port), 2_000);
      good("fsm", uri + " answers");
    } catch (IOException e) {
      bad(
          "fsm",
          uri + ": " + e.getMessage(),
          "start it or correct HUB_FSM_URL; until then actions wait in the outbox");
    }
  }

  private void check(boolean fine, String what, String found, String remedy) {
    if (fine) {
      good(what, found);
    } else {
      bad(what, found, remedy);
    }
  }

  private static void good(String what, String found) {
    System.out.printf("  ok     %-10s %s%n", what, found);
  }

  private void bad(String what, String found, String remedy) {
    wrong++;
    System.out.printf("  WRONG  %-10s %s%n         %-10s -> %s%n", what, found, "", remedy);
  }
}
