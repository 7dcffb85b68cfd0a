package io.caravanhub.hub.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.settings.Setting;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What docker-compose.yml promises, where {@code docker compose config} does not look. */
class ComposeFileTest {
  private static final Path FILE = TestDatabase.root().resolve("docker-compose.yml");

  @SuppressWarnings("unchecked")
  private static Map<String, Map<String, Object>> services() throws Exception {
    try (Reader reader = Files.newBufferedReader(FILE)) {
      Map<String, Object> all = new Yaml().load(reader);
      return (Map<String, Map<String, Object>>) all.get("services");
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> environment(Map<String, Object> service) {
    return (Map<String, Object>) service.getOrDefault("environment", Map.of());
  }

  @Test
  void everyServiceHasAProfileBoundsAndNoRightsItDoesNotNeed() throws Exception {
    services()
        .forEach(
            (name, service) -> {
              assertThat(service).as(name).containsKeys("profiles", "mem_limit", "networks");
              assertThat(service.get("cap_drop")).as(name).isEqualTo(List.of("ALL"));
              assertThat(service.get("security_opt"))
                  .as(name)
                  .isEqualTo(List.of("no-new-privileges:true"));
              assertThat(name.equals("kafka") || service.get("read_only") == Boolean.TRUE)
                  .as("%s has a root that can be written to", name)
                  .isTrue();
            });
  }

  @Test
  void everyPortIsOfTheLoopbackInterface() throws Exception {
    services()
        .forEach(
            (name, service) ->
                assertThat((List<?>) service.getOrDefault("ports", List.of()))
                    .as(name)
                    .allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:")));
  }

  @Test
  void whatIsMountedIsThere() throws Exception {
    services()
        .forEach(
            (name, service) ->
                ((List<?>) service.getOrDefault("volumes", List.of()))
                    .stream()
                        .map(volume -> volume.toString().split(":")[0])
                        .filter(source -> source.startsWith("."))
                        .forEach(
                            source ->
                                assertThat(TestDatabase.root().resolve(source)).as(name).exists()));
  }

  @Test
  void theDatabaseHasAConnectionForEachOfEveryHub() throws Exception {
    String command = services().get("database").get("command").toString();
    int most = Integer.parseInt(command.replaceAll(".*max_connections=(\\d+).*", "$1"));
    long hubs =
        services().values().stream()
            .filter(service -> ((List<?>) service.get("profiles")).contains("scale"))
            .filter(service -> "caravan-hub:0.1.0".equals(service.get("image")))
            .count();
    assertThat(hubs).isEqualTo(5);
    assertThat((long) most).isGreaterThanOrEqualTo(22 * hubs + 20);
  }

  @Test
  void whatGrafanasProvisioningReadsIsGiven() throws Exception {
    Map<String, Object> given = environment(services().get("grafana"));
    Path provisioning = TestDatabase.root().resolve("deploy/grafana/provisioning");
    try (Stream<Path> files = Files.walk(provisioning)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Matcher name = Pattern.compile("\\$\\{(\\w+)}").matcher(Files.readString(file));
        while (name.find()) {
          // The password comes out of a file, by the entrypoint.
          assertThat(
                  name.group(1).equals("GRAFANA_DB_PASSWORD") || given.containsKey(name.group(1)))
              .as("%s in %s", name.group(1), file)
              .isTrue();
        }
      }
    }
  }

  @Test
  void secretsAreGivenAsFilesAlone() throws Exception {
    services()
        .forEach(
            (name, service) ->
                environment(service).keySet().stream()
                    .filter(key -> key.matches(".*(PASSWORD|SECRET|TOKEN).*"))
                    .forEach(key -> assertThat(key).as(name).endsWith("_FILE")));
  }

  @Test
  void hubsAreGivenSettingsThatThereAre() throws Exception {
    List<String> settings =
        Arrays.stream(Setting.values()).map(Setting::name).collect(Collectors.toList());
    services().values().stream()
        .filter(service -> "caravan-hub:0.1.0".equals(service.get("image")))
        .flatMap(service -> environment(service).keySet().stream())
        .map(key -> key.replaceFirst("_FILE$", ""))
        .forEach(key -> assertThat(settings).contains(key));
  }
}
