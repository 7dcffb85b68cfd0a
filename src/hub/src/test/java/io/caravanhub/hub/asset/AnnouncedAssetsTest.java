package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Changes that another hub on the database made are in force here without waiting for a look. */
class AnnouncedAssetsTest {
  /** A third of the time after which every hub looks by itself. */
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Plant plant = new Plant();

  @Test
  void aDefinitionAndALinkOfAnotherHubAreInForceSoon() {
    String asset = plant.asset("mixer");
    Registered device = plant.device();
    plant.says(device, Instant.now(), Map.of("power", 2));

    for (int factor : new int[] {2, 3}) {
      plant
          .hub
          .owner()
          .sql(
              """
              insert into asset_definitions (tenant_id, kind, name, definition, author)
              values (?, 'type', 'mixer', ?::json, 'another hub')
              on conflict (tenant_id, kind, name) do update set definition = excluded.definition, version = asset_definitions.version + 1\
              """)
          .params(
              plant.tenant,
              "{\"derived\": [{\"metric\": \"more_power\", \"unit\": \"kW\", \"expression\": \"power * %d\"}]}"
                  .formatted(factor))
          .update();
      if (factor == 2) {
        plant
            .hub
            .owner()
            .sql(
                "insert into bindings (tenant_id, device_id, asset_id, role, valid_from) values (?, ?::uuid, ?, 'primary', '-infinity')")
            .params(plant.tenant, device.id(), asset)
            .update();
      }
      Awaitility.await()
          .atMost(SOON)
          .untilAsserted(
              () -> {
                JsonNode row = plant.latest(asset, "more_power");
                assertThat(row == null ? Double.NaN : row.path("value").asDouble())
                    .isEqualTo(2.0 * factor);
              });
    }
  }
}
