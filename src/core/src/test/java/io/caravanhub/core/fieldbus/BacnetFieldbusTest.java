package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BacnetFieldbusTest {
  private static final String MAP =
      """
      protocol: bacnet
      points:
        - {metric: supply_air_temp, object: "analog-input:1", unit: Cel}
        - {metric: return_air_temp, object: "analog-input:2", property: present-value, unit: Cel, cov: true}
        - {metric: fan_status, object: "binary-input:1", values: {0: "off", 1: "on"}}
        - {metric: filter_alarm, object: "analog-input:1", property: event-state, values: {0: normal, 3: high}}
        - {metric: cooling_setpoint, object: "analog-value:1", unit: Cel, writable: true, priority: 8, max: 30}
      """;

  @TempDir Path maps;
  private final TestDevice device = new TestDevice(12);
  private final ObjectId supplyAir = device.analog(1, 14.5f);
  private final ObjectId returnAir = device.analog(2, 23.4f);
  private final ObjectId fan = new ObjectId(3, 1);
  private FieldbusFixture fieldbus;

  @BeforeEach
  void start() throws Exception {
    device.set(fan, BacnetProperty.PRESENT_VALUE, new BacnetValue.Enumerated(1));
    device.set(supplyAir, BacnetProperty.EVENT_STATE, new BacnetValue.Enumerated(0));
    fieldbus = new FieldbusFixture(maps, "bacnet");
    fieldbus.map("acme/ahu.bacnet.yaml", MAP);
  }

  @AfterEach
  void stop() {
    fieldbus.close();
    device.close();
  }

  @Test
  void readsObjectsIntoTheCanonicalShape() {
    connect(device.hostAndPort(), Map.of());
    eventually(
        () ->
            assertThat(fieldbus.last("AHU-1", "supply_air_temp").toString())
                .isEqualTo("{\"name\":\"supply_air_temp\",\"value\":14.5,\"unit\":\"Cel\"}"));
    assertThat(value("fan_status").asText()).isEqualTo("on");
    assertThat(value("return_air_temp").asDouble()).isEqualTo(23.4);
    assertThat(value("filter_alarm").asText()).isEqualTo("normal");
  }

  @Test
  void aDeviceIsFoundByItsInstance() {
    connect("device:12", Map.of("broadcast", device.hostAndPort(), "bind", "127.0.0.1:0"));
    eventually(() -> assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5));
  }

  @Test
  void statusFlagsSayHowGoodAValueIs() {
    connect(device.hostAndPort(), Map.of());
    eventually(() -> assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5));
    device.set(supplyAir, BacnetProperty.STATUS_FLAGS, new BacnetValue.Bits("0001"));
    eventually(
        () -> {
          assertThat(quality("supply_air_temp")).isEqualTo("suspect");
          assertThat(reason("supply_air_temp")).isEqualTo("the object is out of service");
          assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5);
        });
    device.set(supplyAir, BacnetProperty.RELIABILITY, new BacnetValue.Enumerated(4));
    device.set(supplyAir, BacnetProperty.STATUS_FLAGS, new BacnetValue.Bits("0100"));
    eventually(
        () -> {
          assertThat(quality("supply_air_temp")).isEqualTo("bad");
          assertThat(reason("supply_air_temp")).isEqualTo("the device reports a fault: open-loop");
        });
  }

  @Test
  void aChangeIsToldAndThePointIsNotPolled() {
    connect(device.hostAndPort(), Map.of());
    await().atMost(Duration.ofSeconds(30)).until(() -> device.subscribers() == 1);
    device.set(returnAir, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(24.5f));
    eventually(() -> assertThat(value("return_air_temp").asDouble()).isEqualTo(24.5));
    JsonNode last = fieldbus.bodies.get(fieldbus.bodies.size() - 1);
    eventually(
        () -> {
          JsonNode later = fieldbus.bodies.get(fieldbus.bodies.size() - 1);
          assertThat(later).isNotSameAs(last);
          assertThat(later.path("measurements").findValuesAsText("name"))
              .contains("supply_air_temp")
              .doesNotContain("return_air_temp");
        });
  }

  @Test
  void aChangeWithinTheDeadbandIsNotToldThoughTheDeviceTellsIt() throws Exception {
    fieldbus.map(
        "acme/ahu.bacnet.yaml",
        """
        protocol: bacnet
        points:
          - {metric: return_air_temp, object: "analog-input:2", unit: Cel, cov: true, deadband: 1}
        """);
    connect(device.hostAndPort(), Map.of());
    await().atMost(Duration.ofSeconds(30)).until(() -> device.subscribers() == 1);
    device.set(returnAir, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(25));
    eventually(() -> assertThat(value("return_air_temp").asDouble()).isEqualTo(25));
    device.set(returnAir, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(25.5f));
    device.set(returnAir, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(26.5f));
    eventually(() -> assertThat(value("return_air_temp").asDouble()).isEqualTo(26.5));
    assertThat(fieldbus.bodies.toString()).doesNotContain("25.5");
  }

  @Test
  void aDeviceThatRefusesToTellChangesIsPolled() {
    device.knowsCov = false;
    connect(device.hostAndPort(), Map.of());
    eventually(() -> assertThat(value("return_air_temp").asDouble()).isEqualTo(23.4));
    device.set(returnAir, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(24.5f));
    eventually(() -> assertThat(value("return_air_temp").asDouble()).isEqualTo(24.5));
    assertThat(device.subscribers()).isZero();
    eventually(
        () ->
            assertThat(fieldbus.status("AHU-1").error())
                .contains("return_air_temp: polled, the device does not tell changes: "));
  }

  @Test
  void aDeviceThatFallsSilentAboutChangesIsPolledAfterTheLifetime() {
    connect(device.hostAndPort(), Map.of("lifetime", "1"));
    await().atMost(Duration.ofSeconds(30)).until(() -> device.subscribers() == 1);
    device.tellsChanges = false;
    device.set(returnAir, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(25.5f));
    eventually(() -> assertThat(value("return_air_temp").asDouble()).isEqualTo(25.5));
    eventually(
        () ->
            assertThat(fieldbus.status("AHU-1").error())
                .contains("return_air_temp: polled, the device tells no changes any more: "));
  }

  @Test
  void anotherDevicesDataIsRefused() {
    connect(device.hostAndPort(), Map.of());
    eventually(() -> assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5));
    device.instance = 13;
    eventually(
        () -> {
          assertThat(quality("supply_air_temp")).isEqualTo("bad");
          assertThat(fieldbus.status("AHU-1").error())
              .contains("device 13 answers at", "where device 12 was");
        });
    int bodies = fieldbus.bodies.size();
    eventually(() -> assertThat(fieldbus.bodies.size()).isGreaterThan(bodies + 1));
    assertThat(quality("supply_air_temp")).isEqualTo("bad");
    device.instance = 12;
    eventually(() -> assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5));
  }

  @Test
  void anInstanceThatIsNotTheOneMeantIsRefusedFromTheStart() {
    connect(device.hostAndPort(), Map.of("device", "99"));
    eventually(() -> assertThat(fieldbus.status("AHU-1").error()).contains("is not device 99"));
    eventually(() -> assertThat(quality("supply_air_temp")).isEqualTo("bad"));
  }

  @Test
  void aDeviceThatIsOffOrTalksGarbageIsBadAndComesBackByItself() {
    connect(device.hostAndPort(), Map.of());
    eventually(() -> assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5));
    device.silent = true;
    eventually(
        () -> {
          assertThat(quality("supply_air_temp")).isEqualTo("bad");
          assertThat(reason("supply_air_temp")).startsWith("no answer");
        });
    Random random = new Random(3);
    device.mangle =
        packet -> {
          byte[] noise = packet.clone();
          for (int i = 0; i < noise.length; i++) {
            noise[i] = i < 4 ? noise[i] : (byte) random.nextInt();
          }
          return noise;
        };
    device.silent = false;
    int bodies = fieldbus.bodies.size();
    eventually(() -> assertThat(fieldbus.bodies.size()).isGreaterThan(bodies + 2));
    assertThat(quality("supply_air_temp")).isEqualTo("bad");
    device.mangle = packet -> packet;
    eventually(() -> assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5));
  }

  @Test
  void aSetPointIsWrittenAndReadBackWhereTheConnectionAllowsIt() throws Exception {
    ObjectId setPoint = new ObjectId(2, 1);
    device.set(setPoint, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(21));
    connect(device.hostAndPort(), Map.of("writes", "true"));
    eventually(() -> assertThat(value("cooling_setpoint").asDouble()).isEqualTo(21));
    assertThat(fieldbus.write("AHU-1", "cooling_setpoint", 22.5)).isEqualTo(WriteResult.done(22.5));
    assertThat(device.objects.get(setPoint).get(BacnetProperty.PRESENT_VALUE))
        .containsExactly(new BacnetValue.Real(22.5f));
    assertThat(fieldbus.write("AHU-1", "cooling_setpoint", 35).reason()).contains("to 30");
    assertThat(fieldbus.write("AHU-1", "supply_air_temp", 20).reason()).contains("not writable");
    device.objects.remove(setPoint);
    assertThat(fieldbus.write("AHU-1", "cooling_setpoint", 22).reason())
        .isEqualTo("the device answered object unknown-object");
  }

  @Test
  void anObjectThatIsNotThereIsTheOnlyBadOne() throws Exception {
    fieldbus.map("acme/ahu.bacnet.yaml", MAP.replace("binary-input:1", "binary-input:77"));
    connect(device.hostAndPort(), Map.of());
    eventually(() -> assertThat(value("supply_air_temp").asDouble()).isEqualTo(14.5));
    assertThat(reason("fan_status")).isEqualTo("the device answered object unknown-object");
  }

  @Test
  void mistakesInAMapNameTheField() {
    for (Map.Entry<String, String> mistake :
        Map.of(
                "object: \"analog-inputs:1\"",
                    "points[0].object: there is no object type \"analog-inputs\"",
                "object: \"analog-input:1\", property: value",
                    "points[0].property: there is no property \"value\"; a vendor's own is given"
                        + " by its number",
                "object: \"analog-input:1\", covIncrement: 1",
                    "points[0].covIncrement: is of use with cov: true only",
                "object: \"analog-input:1\", priority: 17",
                    "points[0].priority: expected 1 to 16, got 17")
            .entrySet()) {
      assertThatThrownBy(
              () ->
                  DeviceMapReader.read(
                      "protocol: bacnet\npoints:\n  - {metric: a, " + mistake.getKey() + "}\n"))
          .hasMessage(mistake.getValue());
    }
    assertThatThrownBy(() -> BacnetOptions.of(Map.of("network", "5")))
        .hasMessage("mac: network and mac go together");
  }

  @Test
  void theObjectsOfADeviceAreBrowsed() throws Exception {
    BacnetBrowser browser = new BacnetBrowser(Duration.ofSeconds(1));
    List<Tag> tags = browser.browse(connection(device.hostAndPort(), Map.of()), "", 100);
    assertThat(tags)
        .contains(
            new Tag("analog-input:1", "AI-1", null, "analog-input", "Cel", "14.5", false),
            new Tag("binary-input:1", "binary-input:1", null, "binary-input", null, "1", false));
    FieldbusConnection everybody =
        connection("*", Map.of("broadcast", device.hostAndPort(), "bind", "127.0.0.1:0"));
    assertThat(browser.browse(everybody, "", 10))
        .extracting(Tag::path)
        .containsExactly("device:12");
    assertThat(browser.browse(everybody, "device:12", 2)).hasSize(2);
    device.silent = true;
    assertThatThrownBy(() -> browser.browse(connection(device.hostAndPort(), Map.of()), "", 9))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer");
  }

  private void connect(String address, Map<String, String> options) {
    fieldbus.connections.add(connection(address, options));
  }

  private static FieldbusConnection connection(String address, Map<String, String> options) {
    return new FieldbusConnection(
        "default",
        "AHU-1",
        "bacnet",
        address,
        0,
        "acme/ahu.bacnet.yaml",
        Duration.ofMillis(50),
        options);
  }

  private JsonNode value(String metric) {
    return fieldbus.last("AHU-1", metric).path("value");
  }

  private String quality(String metric) {
    return fieldbus.last("AHU-1", metric).path("quality").asText();
  }

  private String reason(String metric) {
    return fieldbus.last("AHU-1", metric).path("reason").asText();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .untilAsserted(assertion);
  }
}
