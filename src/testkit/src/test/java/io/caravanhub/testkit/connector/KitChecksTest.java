package io.caravanhub.testkit.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.testkit.scaffold.Drafts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kit finds in connectors that something is wrong with. */
class KitChecksTest {
  private static final String ANSWER =
      """
      {"points": [
        {"deviceId": "P-1", "name": "A", "at": "2025-12-31T22:00:00Z", "temperature": 13.5},
        {"deviceId": "P-2", "name": "B", "at": "2025-12-31T23:00:00Z", "temperature": 14.5}]}
      """;

  @TempDir Path work;

  private Path drafted(String since) throws IOException {
    Path folder = work.resolve("connectors/oem/ebbing");
    Path sample = Files.writeString(work.resolve("points.json"), ANSWER);
    Drafts.poll(folder, "ebbing", List.of(sample), null);
    Path cloud = folder.resolve("cloud.yaml");
    Files.writeString(
        cloud, Files.readString(cloud).stripTrailing() + "\n    since: " + since + "\n");
    return folder;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Finding finding(Path folder, String check) {
    return ConnectorKit.examine(new ConnectorFolder(folder)).stream()
        .filter(f -> f.check().equals(check))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void pollsByTimeAreFoundToLeaveNoGapInEveryFormat() throws IOException {
    for (String format : List.of("iso", "seconds", "millis", "date")) {
      Path folder = drafted("{query: from, until: to, format: " + format + ", overlap: PT5M}");
      Finding watermark = finding(folder, "watermark");
      assertThat(watermark.problems()).as(format).isEmpty();
      assertThat(watermark.good()).contains("6 polls");
      delete(folder);
    }
  }

  @Test
  void aDeviceWhoseClockIsAheadDoesNotMoveTheWatermark() throws IOException {
    Path folder = drafted("{query: from, at: /at}");
    assertThat(finding(folder, "clock").problems()).isEmpty();
    assertThat(finding(folder, "watermark").problems()).isEmpty();
  }

  @Test
  void aCredentialInTheLogIsFound() throws IOException {
    Path folder = drafted("{query: from}");
    LogTap tap =
        lines -> {
          lines.accept("asked with X-Api-Key: api-key-of-the-test");
          return () -> {};
        };
    List<Finding> findings = ConnectorKit.examine(new ConnectorFolder(folder), tap, group -> {});
    assertThat(findings)
        .filteredOn(f -> f.check().equals("secrets"))
        .singleElement()
        .satisfies(f -> assertThat(f.problems()).anyMatch(p -> p.contains("api_key")));
    assertThat(Grade.of(findings)).isEqualTo(Grade.BRONZE);
    assertThat(finding(folder, "secrets").problems()).isEmpty();
  }

  @Test
  void aWebhookConnectorThatTakesTheTimeOfReceiptIsToldSo() throws IOException {
    Path folder = work.resolve("connectors/oem/timeless");
    Path sample =
        Files.writeString(
            work.resolve("one.json"), "{\"deviceId\": \"P-1\", \"temperature\": 13.5}");
    Drafts.Made made = Drafts.webhook(folder, "timeless", List.of(sample));
    assertThat(made.byHand()).anyMatch(line -> line.contains("no time of measurement"));
    Path mapping = folder.resolve("telemetry.fields.yaml");
    if (Files.exists(mapping)) {
      Files.delete(mapping);
    }
    Files.writeString(
        folder.resolve("telemetry.jsonata"),
        "{\"timestamp\": $received, \"measurements\": [{\"name\": \"temperature\", \"value\": temperature, \"unit\": \"Cel\"}]}");
    assertThat(finding(folder, "order").good()).contains("without a time of measurement");
  }
}
