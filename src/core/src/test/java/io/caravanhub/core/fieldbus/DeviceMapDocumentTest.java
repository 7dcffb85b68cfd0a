package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceMapDocumentTest {
  private static final String GOOD =
      """
      # A meter.
      protocol: modbus-tcp
      order: CDAB
      points:
        - {metric: power, address: 8, type: int16, unit: W}
      """;

  @TempDir Path home;

  @Test
  void tellsEveryMistakeWithItsLine() {
    DeviceMapDocument map =
        DeviceMapDocument.read(
            """
            protocol: modbus-tcp
            points:
              - {metric: power, address: 8, type: int16}
              - metric: current
                address: 70000
                type: int16
              - {metric: power, address: 9, type: int17}
            """);
    assertThat(map.protocol()).isEqualTo("modbus-tcp");
    assertThat(map.points()).extracting(DeviceMapDocument.Point::line).containsExactly(3, 4, 7);
    assertThat(map.problems())
        .extracting(DeviceMapDocument.Problem::text)
        .satisfiesExactly(
            first -> assertThat(first).startsWith("line 5: points[1].address: expected 0 to 65535"),
            second -> assertThat(second).startsWith("line 7: points[2].type: expected one of"));
  }

  @Test
  void neverThrows() {
    for (String text :
        new String[] {
          "",
          "x",
          "[]",
          "protocol: [}",
          "protocol: smoke",
          "protocol: opcua\npoints: 3",
          "protocol: bacnet\npoints: [1, {}]",
          "protocol: modbus-tcp\nodd: 1\npoints: []"
        }) {
      assertThat(DeviceMapDocument.read(text).problems()).as(text).isNotEmpty();
    }
  }

  @Test
  void isWrittenAnewFromItsFieldsWithTheCommentsAtItsTop() {
    DeviceMapDocument map = DeviceMapDocument.read(GOOD);
    assertThat(map.problems()).isEmpty();
    ObjectNode edited = java.util.Objects.requireNonNull(map.head()).deepCopy();
    edited.putArray("points").add(map.points().get(0).fields().deepCopy().put("scale", 0.1));
    assertThat(DeviceMapDocument.write(GOOD, edited))
        .isEqualTo(GOOD.replace("unit: W}", "unit: W, scale: 0.1}"));
    edited.putArray("points").add(1);
    assertThatThrownBy(() -> DeviceMapDocument.write(GOOD, edited))
        .hasMessageContaining("points: expected objects");
  }

  @Test
  void aTenantsOwnMapGoesBeforeTheShippedOneForThisTenantAlone() throws Exception {
    Path shipped = Files.createDirectories(home.resolve("mappings/acme"));
    Files.writeString(shipped.resolve("m.modbus.yaml"), GOOD);
    Path own = Files.createDirectories(home.resolve("own/a/acme"));
    Files.writeString(own.resolve("m.modbus.yaml"), GOOD.replace("power", "energy"));
    DeviceMaps maps = new DeviceMaps(home.resolve("mappings"), home.resolve("own"));

    assertThat(metric(maps, "a")).isEqualTo("energy");
    assertThat(metric(maps, "b")).isEqualTo("power");
    assertThat(metric(maps, "a/acme/..")).isEqualTo("power");
    Files.delete(own.resolve("m.modbus.yaml"));
    assertThat(metric(maps, "a")).isEqualTo("power");
    assertThatThrownBy(() -> maps.get(connection("a", "../own/b/acme/m.modbus.yaml")))
        .hasMessageContaining("outside the mappings folder");
    assertThatThrownBy(() -> maps.get(connection("..", "../own/a/acme/m.modbus.yaml")))
        .hasMessageContaining("outside the mappings folder");
  }

  private static String metric(DeviceMaps maps, String tenant) {
    return maps.get(connection(tenant, "acme/m.modbus.yaml")).points().get(0).metric();
  }

  private static FieldbusConnection connection(String tenant, String map) {
    return new FieldbusConnection(
        tenant, "M", "modbus-tcp", "127.0.0.1:1", 1, map, Duration.ofSeconds(1));
  }

  @Test
  void aLongNameThatIsNoFieldIsToldAtOnce() {
    String name = "a".repeat(500) + "-b";
    DeviceMapDocument document =
        DeviceMapDocument.read(
            "protocol: opcua\npoints:\n  - {metric: a, node: \"ns=2;s=a\", " + name + ": 1}\n");
    assertThat(document.problems().get(0).text())
        .endsWith("points[0]." + name + ": there is no such field");
  }
}
