package io.caravanhub.hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.connector.Connector;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsFormTest {
  private final Connector connector;

  SettingsFormTest() throws IOException {
    connector =
        new Connector(
            "acme",
            "Acme",
            "",
            "",
            new ObjectMapper()
                .readTree(
                    """
                    {"required": ["key", "region"], "properties": {
                      "note": {"title": "Note", "type": "string", "description": "for people"},
                      "key": {"title": "Key", "type": "string", "format": "password"},
                      "region": {"type": "string", "enum": ["eu", "us"], "default": "eu"},
                      "depth": {"type": "integer", "minimum": 1, "maximum": 9, "default": 3},
                      "fine": {"type": "boolean", "default": true}}}\
                    """),
            null,
            null,
            null);
  }

  @Test
  void aSchemaBecomesFieldsWithWhatIsNeededFirst() {
    var fields =
        SettingsForm.fields(
            connector,
            SettingsForm.defaults(connector),
            Set.of("key"),
            Map.of("depth", "too deep"));
    assertThat(fields)
        .extracting(f -> f.name() + " " + f.kind() + " " + f.value() + " " + f.required())
        .containsExactly(
            "key secret  true",
            "region choice eu true",
            "note text  false",
            "depth number 3 false",
            "fine flag true false");
    assertThat(fields.get(0).set()).isTrue();
    assertThat(fields.get(3).problem()).isEqualTo("too deep");
    assertThat(fields.get(3).max()).isEqualTo("9");
  }

  @Test
  void everyFieldThatIsWrongSaysSo() {
    assertThat(
            SettingsForm.read(connector, Map.of("s.region", "moon", "s.depth", "deep"), Set.of())
                .problems())
        .containsEntry("key", "is needed")
        .containsEntry("region", "expected one of eu, us")
        .containsEntry("depth", "expected a whole number");
    assertThat(
            SettingsForm.read(connector, Map.of("s.region", "eu", "s.depth", "10"), Set.of("key"))
                .problems())
        .containsExactly(Map.entry("depth", "expected 9 or less"));
  }

  @Test
  void whatWasEnteredHasTheTypesOfTheSchema() {
    assertThat(
            SettingsForm.read(
                    connector,
                    Map.of("s.key", "k", "s.region", "us", "s.depth", "4", "s.fine", "true"),
                    Set.of())
                .settings())
        .hasToString("{note=null, key=\"k\", region=\"us\", depth=4, fine=true, base_url=null}");
  }
}
