package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RuleSchemaTest {

  @ParameterizedTest
  @MethodSource("io.caravanhub.hub.rules.RuleReaderTest#shippedFiles")
  void everyFileInTheRulesFolderIsAsTheSchemaHasIt(Path file) throws Exception {
    try (InputStream text = getClass().getResourceAsStream("/schema/rules.schema.json")) {
      Schema schema =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12, builder -> {})
              .getSchema(new ObjectMapper().readTree(text));
      assertThat(schema.validate(new YAMLMapper().readTree(file.toFile()))).isEmpty();
    }
  }
}
