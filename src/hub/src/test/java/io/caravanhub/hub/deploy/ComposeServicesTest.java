package io.caravanhub.hub.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.Mosquitto;
import io.caravanhub.hub.Programs;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.io.Reader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.yaml.snakeyaml.Yaml;

/**
 * Services of docker-compose.yml whose programs an operating system has: run with the command and
 * the files that the container gets, at paths and ports of this test's own.
 */
class ComposeServicesTest {
  private static final Path ROOT = TestDatabase.root();
  private static final Path DEPLOY = ROOT.resolve("deploy");

  @TempDir Path folder;

  @Test
  void theDatabaseIsTheHubsAndHasTheConnectionsThatFiveHubsWant() throws Exception {
    List<String> command = command("database");
    assertThat(command.get(0)).isEqualTo("postgres");
    try (PackagedServer server =
        PackagedServer.start(command.subList(1, command.size()).toArray(String[]::new))) {
      JdbcClient admin = server.admin();
      admin.sql("drop database hub").update();
      admin.sql("drop role hub").update();
      Path password = Files.writeString(folder.resolve("password"), "of' the \"hub");

      PackagedServer.Said made =
          server.run(
              List.of("sh", DEPLOY.resolve("postgres/10-hub.sh").toString()),
              "postgres",
              Map.of(
                  "POSTGRES_USER", "postgres",
                  "POSTGRES_DB", "postgres",
                  "HUB_DB_PASSWORD_FILE", password.toString()));

      assertThat(made.code()).as(made.text()).isZero();
      assertThat(admin.sql("show max_connections").query(Integer.class).single()).isEqualTo(200);
      assertThat(
              admin
                  .sql(
                      "select rolcreaterole and not rolsuper and rolpassword like 'SCRAM-SHA-256%'"
                          + " from pg_authid where rolname = 'hub'")
                  .query(Boolean.class)
                  .single())
          .isTrue();
      server.hub().migrate("hub", "latest");
      PackagedServer.Said healthy =
          server.run(
              List.of(server.program("pg_isready"), "-U", "hub", "-d", "hub"), "hub", Map.of());
      assertThat(healthy.code()).as(healthy.text()).isZero();
    }
  }

  @Test
  void mosquittoTakesWhatIsADevicesOwnAndGivesItToTheHub() throws Exception {
    Path program = Mosquitto.program("mosquitto");
    Programs.require("mosquitto_passwd", "mosquitto");
    Path secrets = Files.createDirectory(folder.resolve("secrets"));
    Path make = Files.copy(DEPLOY.resolve("secrets/make"), secrets.resolve("make"));
    run("sh", make.toString());
    Path passwords = secrets.resolve("mosquitto_passwords");
    passwords.toFile().setWritable(true);
    run(
        Programs.require("mosquitto_passwd", "mosquitto").toString(),
        "-b",
        passwords.toString(),
        "PUMP-1",
        "of the pump");
    int port = freePort();
    Path data = Files.createDirectory(folder.resolve("data"));
    Path configuration =
        Files.writeString(
            folder.resolve("mosquitto.conf"),
            Files.readString(DEPLOY.resolve("mosquitto/mosquitto.conf"))
                    .replace("listener 1883", "listener " + port + " 127.0.0.1")
                    .replace("/run/secrets/mosquitto_passwords", passwords.toString())
                    .replace("/mosquitto/config/acl", DEPLOY.resolve("mosquitto/acl").toString())
                    .replace("/mosquitto/data", data.toString())
                // It would give up the rights of root, and could not read this folder.
                + "user "
                + System.getProperty("user.name")
                + "\n");
    String hub = Files.readString(secrets.resolve("hub_mqtt_password")).strip();
    try (Started mosquitto = start(List.of(program.toString(), "-c", configuration.toString()))) {
      await().until(() -> published(port, "PUMP-1", "of the pump", "PUMP-1").status() == 0);
      CompletableFuture<Mosquitto.Ended> taken =
          CompletableFuture.supplyAsync(
              () ->
                  client(
                      Mosquitto::subscribe,
                      port,
                      "hub",
                      hub,
                      "-t",
                      "t/+/d/+/telemetry",
                      "-C",
                      "1"));
      await()
          .until(
              () ->
                  published(port, "PUMP-1", "of the pump", "PUMP-1").status() == 0
                      && taken.isDone());
      assertThat(taken.get()).isEqualTo(new Mosquitto.Ended(0, "{}\n"));

      assertThat(published(port, "PUMP-1", "of the pump", "PUMP-2").said())
          .contains("Not authorized");
      assertThat(published(port, "PUMP-1", "of another", "PUMP-1").status()).isNotZero();
      assertThat(
              Mosquitto.publish(
                      "-h", "127.0.0.1", "-p", Integer.toString(port), "-t", "t", "-m", "{}")
                  .status())
          .as("without a name")
          .isNotZero();
      assertThat(mosquitto.process().isAlive()).isTrue();
    }
  }

  private static Mosquitto.Ended published(int port, String user, String password, String device) {
    return client(
        Mosquitto::publish,
        port,
        user,
        password,
        "-V",
        "mqttv5",
        "-q",
        "1",
        "-t",
        "t/default/d/" + device + "/telemetry",
        "-m",
        "{}");
  }

  private interface Client {
    Mosquitto.Ended run(String... arguments) throws IOException, InterruptedException;
  }

  private static Mosquitto.Ended client(
      Client client, int port, String user, String password, String... more) {
    String[] whole =
        Stream.concat(
                Stream.of(
                    "-h", "127.0.0.1", "-p", Integer.toString(port), "-u", user, "-P", password),
                Stream.of(more))
            .toArray(String[]::new);
    try {
      return client.run(whole);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void prometheusLooksForEveryHubAndHasTheAlerts() throws Exception {
    Path program = Programs.require("prometheus", "prometheus");
    Path home = Files.createDirectory(folder.resolve("hub"));
    Files.copy(DEPLOY.resolve("prometheus/alerts.yml"), home.resolve("alerts.yml"));
    Path token = Files.writeString(folder.resolve("hub.token"), "a token");
    Files.writeString(
        home.resolve("prometheus.yml"),
        Files.readString(DEPLOY.resolve("prometheus/prometheus.yml"))
            .replace("/etc/prometheus/hub.token", token.toString()));
    int port = freePort();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    for (String argument : command("prometheus")) {
      command.add(
          argument
              .replace("=/etc/prometheus/hub/", "=" + home + "/")
              .replace("=/prometheus", "=" + folder.resolve("data")));
    }
    command.add("--web.listen-address=127.0.0.1:" + port);

    try (Started prometheus = start(command)) {
      await()
          .ignoreException(java.net.ConnectException.class)
          .until(() -> ask(port, "/-/ready").contains("Ready"));
      assertThat(ask(port, "/-/healthy")).contains("Healthy");
      JsonNode rules = new ObjectMapper().readTree(ask(port, "/api/v1/rules"));
      assertThat(rules.findValuesAsText("name")).contains("HubDown", "HubKafkaLag");
      String settings = ask(port, "/api/v1/status/config");
      for (Object name : services().keySet()) {
        if (isHub(name.toString())) {
          assertThat(settings).contains(name.toString());
        }
      }
      assertThat(prometheus.process().isAlive()).isTrue();
    }
  }

  private static boolean isHub(String service) {
    return Stream.of("hub", "ingest", "pipeline", "rest").anyMatch(service::startsWith);
  }

  private static String ask(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private static Map<?, ?> services() throws IOException {
    try (Reader reader = Files.newBufferedReader(ROOT.resolve("docker-compose.yml"))) {
      Map<String, ?> all = new Yaml().load(reader);
      return (Map<?, ?>) all.get("services");
    }
  }

  private static List<String> command(String service) throws IOException {
    return ((List<?>) ((Map<?, ?>) services().get(service)).get("command"))
        .stream().map(Object::toString).toList();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void run(String... command) throws Exception {
    try (Started started = start(List.of(command))) {
      assertThat(started.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(started.process().exitValue())
          .as(Files.readString(folder.resolve("log")))
          .isZero();
    }
  }

  private record Started(Process process) implements AutoCloseable {
    @Override
    public void close() throws InterruptedException {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private Started start(List<String> command) throws IOException {
    return new Started(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start());
  }
}
