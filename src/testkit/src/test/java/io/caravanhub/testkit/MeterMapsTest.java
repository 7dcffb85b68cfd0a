package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The register maps of meters against those that others read them by, where these are at hand. */
class MeterMapsTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final Path OTHERS =
      ROOT.resolve("../shared/data/evcc-templates/meter").normalize();
  private static final Pattern ADDRESS = Pattern.compile("address: (0x[0-9a-fA-F]+|[0-9]+)");

  @ParameterizedTest
  @CsvSource({"eastron/sdm120, eastron-sdm120", "carlo-gavazzi/em112, cg-emt1xx"})
  void holdsTheRegistersThatOthersRead(String map, String other) throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(OTHERS), "register maps of others are not at hand");
    JsonNode points =
        new YAMLMapper()
            .readTree(ROOT.resolve("mappings/" + map + ".modbus.yaml").toFile())
            .path("points");
    Set<Integer> ours = new TreeSet<>();
    points.forEach(point -> ours.add(point.path("address").asInt()));

    List<Integer> theirs =
        ADDRESS
            .matcher(Files.readString(OTHERS.resolve(other + ".yaml")))
            .results()
            .map(found -> Integer.decode(found.group(1)))
            .toList();

    assertThat(theirs).isNotEmpty();
    assertThat(ours).containsAll(theirs);
  }
}
