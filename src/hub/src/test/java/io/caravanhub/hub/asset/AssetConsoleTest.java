package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.RunningHub.Registered;
import java.io.IOException;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the console says of the asset that a device watches. */
class AssetConsoleTest {
  private final Plant plant = new Plant();
  private final HttpClient browser =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  @Test
  void aDevicesPageShowsTheHealthOfItsAssetAndWhatTakesPoints() throws Exception {
    plant.define(
        "motor",
        Map.of(
            "derived",
            List.of(Map.of("metric", "warmth", "expression", "temperature - 20")),
            "health",
            Map.of(
                "algorithm",
                "weighted_deductions",
                "deductions",
                List.of(Map.of("reason", "Runs hot", "when", "warmth > 40", "points", 45)))));
    String asset = plant.asset("motor");
    Registered device = plant.device();
    plant.linked(device, asset, Map.of());
    plant.says(device, Instant.now(), Map.of("temperature", 80));
    Plant.eventually(() -> assertThat(plant.health(asset).path("score").asDouble()).isEqualTo(55));

    page("/login?token=" + plant.admin);
    String page = page("/devices/" + device.id());
    assertThat(page).contains("Asset health", "55 · At Risk", "−45", "Runs hot");
    String stands = plant.get("/devices/asset:" + asset).text("id");
    assertThat(page).contains("/devices/" + stands);
    assertThat(page("/devices/" + stands)).contains("55 · At Risk", "Warmth");
    assertThat(page("/devices")).doesNotContain("asset:" + asset);
  }

  private String page(String path) throws IOException, InterruptedException {
    return browser
        .send(
            HttpRequest.newBuilder(plant.hub.uri(path)).timeout(Duration.ofSeconds(20)).build(),
            BodyHandlers.ofString())
        .body();
  }
}
