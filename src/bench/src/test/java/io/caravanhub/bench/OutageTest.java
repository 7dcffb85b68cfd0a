package io.caravanhub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.edge.spool.StoredRecord;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutageTest {
  @TempDir private Path folder;

  @Test
  void the_spool_holds_every_reading_of_the_outage_in_order() throws Exception {
    Outage outage = new Outage("GW", Instant.parse("2026-11-20T00:00:00Z"), 10, 3, 4);
    Path file = folder.resolve("spool.db");

    Outage.Filled filled = outage.fill(file);

    assertThat(filled.bytes()).isPositive();
    try (Spool spool = new Spool(SpoolSettings.at(file), new MachineTime())) {
      List<StoredRecord> records = spool.read(false, 0, Long.MAX_VALUE, 100, 1 << 20).records();
      assertThat(records).hasSize(30);
      for (int i = 0; i < records.size(); i++) {
        JsonNode message = new ObjectMapper().readTree(records.get(i).content().body());
        assertThat(message.path("device_id").asText()).isEqualTo(outage.device(i % 3));
        assertThat(message.path("timestamp").asText())
            .isEqualTo(outage.began().plusSeconds(i / 3).toString());
        assertThat(message.path("measurements")).hasSize(4);
        assertThat(message.path("measurements").path(2).path("value").asDouble())
            .isEqualTo(Outage.value(i / 3, i % 3, 2));
      }
    }
  }
}
