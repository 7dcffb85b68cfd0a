package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/ASSETS.md do what it says. */
class AssetGuideTest {
  private final Plant plant = new Plant();

  @Test
  void theChillerOfTheGuideHasTheValuesAndTheHealthThatItSays() throws IOException {
    plant.define("chiller", yaml(0).toString());

    JsonNode outcome =
        plant.send("POST", "/asset-types/chiller/test", first("/test -d '(\\{.*?\\})'")).json();

    assertThat(outcome.path("failed")).isEmpty();
    assertThat(outcome.path("derived").findValuesAsText("metric"))
        .containsExactly("delta_temp", "cooling_capacity", "chiller_kw_per_ton");
    assertThat(outcome.at("/derived/0/value").asDouble()).isEqualTo(5);
    assertThat(outcome.at("/derived/1/value").asDouble()).isBetween(581.4, 581.6);
    assertThat(outcome.at("/derived/2/value").asDouble()).isBetween(0.799, 0.801);
    assertThat(outcome.at("/health/score").asDouble()).isEqualTo(80);
    assertThat(outcome.at("/health/reasons").findValuesAsText("reason"))
        .isEqualTo(List.of("Power hungry"));
  }

  @Test
  void theOtherAlgorithmOfTheGuideIsTaken() throws IOException {
    Answer answer = plant.send("PUT", "/asset-types/scored", yaml(1).toString());

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
  }

  private static JsonNode yaml(int number) throws IOException {
    Matcher block = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(guide());
    for (int i = 0; i <= number; i++) {
      assertThat(block.find()).isTrue();
    }
    return new YAMLMapper().readTree(block.group(1));
  }

  private static String first(String pattern) throws IOException {
    Matcher found = Pattern.compile(pattern).matcher(guide());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static String guide() throws IOException {
    return Files.readString(TestDatabase.root().resolve("docs/ASSETS.md"));
  }
}
