package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.TestServer;
import io.caravanhub.hub.database.Announcements;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is published is in force in every hub, for each message one version. */
class MappingsInUseTest {
  @TempDir Path folder;

  private final VersionedMapping mapping = new VersionedMapping();
  private final RunningHub hub = mapping.hub;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  @Test
  void publishingUnderLoadLosesNoMessageAndMapsNoneTwiceOrByAMixture() throws Exception {
    mapping.publish(VersionedMapping.yielding(1));
    TenantMappings other = anotherHub(0);
    Registered device = mapping.device();
    long start = Instant.now().minusSeconds(600).toEpochMilli();
    List<CompletableFuture<?>> acknowledged = new ArrayList<>();
    int messages = 0;
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (int version = 1; version <= 5; version++) {
        for (int i = 0; i < 200; i++) {
          acknowledged.add(
              mqtt.publish(
                  "t/" + mapping.tenant + "/d/" + device.id() + "/telemetry",
                  "{\"t\": " + (start + messages++) + "}"));
        }
        if (version < 5) {
          int next = version + 1;
          assertThat(mapping.publish(VersionedMapping.yielding(next))).isEqualTo(next);
          await()
              .atMost(Duration.ofSeconds(30))
              .untilAsserted(
                  () -> assertThat(content(other)).isEqualTo(VersionedMapping.yielding(next)));
        }
      }
      CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new))
          .get(30, TimeUnit.SECONDS);
    }

    assertThat(hub.rows(device)).isEqualTo(messages);
    assertThat(
            hub.owner()
                .sql(
                    """
                    select distinct m.version || ' made ' || t.value from telemetry t join devices d on d.key = t.device_id
                      left join mappings m on m.id = telemetry_mapping(t.batch_id) where d.id::text = ? order by 1\
                    """)
                .param(device.id())
                .query(String.class)
                .list())
        .as("each row names the very version that made it")
        .isSubsetOf("1 made 1", "2 made 2", "3 made 3", "4 made 4", "5 made 5")
        .contains("1 made 1", "5 made 5");
    assertThat(hub.count("select count(*) from dead_letters where tenant_id = ?", mapping.tenant))
        .isZero();
  }

  @Test
  void aHubThatLostItsConnectionFindsWhatWasPublishedMeanwhile() throws Exception {
    TcpProxy proxy = new TcpProxy(TestDatabase.server().host(), TestDatabase.server().port());
    opened.add(proxy);
    mapping.publish(VersionedMapping.yielding(1));
    TenantMappings other = anotherHub(proxy.port());
    assertThat(content(other)).isEqualTo(VersionedMapping.yielding(1));
    proxy.refuse();
    proxy.cut();
    mapping.publish(VersionedMapping.yielding(2));

    proxy.restore();

    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(content(other)).isEqualTo(VersionedMapping.yielding(2)));
  }

  @Test
  void aHubThatStartsAnewUsesWhatWasPublishedBefore() {
    mapping.publish(VersionedMapping.yielding(1));
    mapping.publish(VersionedMapping.yielding(2));

    MappingSource found = anotherHub(0).find(mapping.tenant, mapping.name).orElseThrow();

    assertThat(found.content()).isEqualTo(VersionedMapping.yielding(2));
    assertThat(found.version()).isEqualTo("2");
  }

  @Test
  void aFileThatChangesIsANewVersionAndTwoHubsWithOtherFilesLeaveEachOtherAlone() throws Exception {
    Path one = Files.createDirectories(folder.resolve("one/acme"));
    Path two = Files.createDirectories(folder.resolve("two/acme"));
    Files.writeString(one.resolve("x.jsonata"), VersionedMapping.yielding(1));
    Files.writeString(two.resolve("x.jsonata"), VersionedMapping.yielding(2));
    TenantMappings first = anotherHub(0, one.getParent());
    TenantMappings second = anotherHub(0, two.getParent());

    assertThat(version(first)).isEqualTo("1");
    assertThat(version(second)).isEqualTo("2");
    await()
        .during(Duration.ofSeconds(1))
        .until(() -> version(first).equals("1") && version(second).equals("2"));
    Files.writeString(one.resolve("x.jsonata"), VersionedMapping.yielding(33));

    await().atMost(Duration.ofSeconds(30)).until(() -> version(first).equals("3"));
    assertThat(version(second)).isEqualTo("2");
    assertThat(
            hub.count(
                "select count(*) from mappings where tenant_id = ? and name = 'acme/x' and author = 'file'",
                mapping.tenant))
        .isEqualTo(3);
  }

  @Test
  void whatMappingsDoIsCounted() throws Exception {
    mapping.publish("{\"metrics\": a ? {\"flow\": a} : b ? {\"flow\": $number(b)} : {}}");
    Registered device = mapping.device();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (String payload :
          List.of("{\"a\": 1}", "{\"a\": 2}", "{\"b\": \"x\"}", "{}", "{\"a\": \"high\"}")) {
        mqtt.publish("t/" + mapping.tenant + "/d/" + device.id() + "/telemetry", payload)
            .get(10, TimeUnit.SECONDS);
      }
    }

    JsonNode counted = mapping.get().json();
    assertThat(counted.path("matched").asInt()).isEqualTo(2);
    assertThat(counted.path("unmatched").asInt()).isEqualTo(1);
    assertThat(counted.path("failed").asInt()).isEqualTo(2);
    assertThat(counted.path("micros").asDouble()).isPositive();
  }

  private String content(TenantMappings mappings) {
    return mappings.find(mapping.tenant, mapping.name).orElseThrow().content();
  }

  @Test
  void aFileThatIsDroppedInIsToldOfBeforeAnyMessageAsksForIt(@TempDir Path files)
      throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger("io.caravanhub.core.mapping.MappingFile");
    ListAppender<ILoggingEvent> told = new ListAppender<>();
    told.start();
    logger.addAppender(told);
    try {
      anotherHub(0, files);
      Files.createDirectories(files.resolve("acme"));
      Files.writeString(files.resolve("acme/dropped.jsonata"), "{'metrics': {'flow': 1}}");

      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                hub.owner()
                    .sql("select announce_change('hub_mappings', 'nobody nothing')")
                    .query()
                    .listOfRows();
                return told.list.stream()
                    .anyMatch(
                        e -> e.getFormattedMessage().startsWith("mapping acme/dropped: version"));
              });
    } finally {
      logger.detachAppender(told);
    }
  }

  private String version(TenantMappings mappings) {
    return mappings.find(mapping.tenant, "acme/x").orElseThrow().version();
  }

  /** The mappings of a second hub on the database, with its own ear for announcements. */
  private TenantMappings anotherHub(int port) {
    return anotherHub(port, TestDatabase.root().resolve("mappings"));
  }

  private TenantMappings anotherHub(int port, Path files) {
    TestServer server = TestDatabase.server();
    Announcements announcements =
        Announcements.of(
            "jdbc:postgresql://"
                + server.host()
                + ":"
                + (port == 0 ? server.port() : port)
                + "/"
                + database(),
            server.user(),
            server.password());
    TenantMappings mappings =
        new TenantMappings(
            new FolderMappingCatalog(List.of(files)),
            hub.bean(MappingStore.class),
            new MappingMeters(new io.micrometer.core.instrument.simple.SimpleMeterRegistry()),
            announcements);
    opened.add(mappings::destroy);
    opened.add(announcements::destroy);
    return mappings;
  }

  private String database() {
    return hub.owner().sql("select current_database()").query(String.class).single();
  }
}
