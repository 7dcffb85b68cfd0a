package io.caravanhub.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusEndpoint;
import io.caravanhub.core.mapping.MappingComponent;
import io.caravanhub.core.mapping.MappingEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.Map;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The generated catalogue is what the Camel tooling knows of our components. */
class ComponentCatalogueTest {
  private static final Map<String, Class<?>> COMPONENTS =
      Map.of("mapping", MappingComponent.class, "fieldbus", FieldbusComponent.class);
  private static final Map<String, Class<?>> ENDPOINTS =
      Map.of("mapping", MappingEndpoint.class, "fieldbus", FieldbusEndpoint.class);

  @Test
  void findsTheComponentsByTheirSchemes() {
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      COMPONENTS.forEach(
          (scheme, type) -> assertThat(context.getComponent(scheme)).isInstanceOf(type));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"mapping", "fieldbus"})
  void documentsEveryOption(String scheme) throws IOException {
    JsonNode catalogue = catalogue(scheme);
    for (Field field : ENDPOINTS.get(scheme).getDeclaredFields()) {
      if (field.isAnnotationPresent(UriParam.class) || field.isAnnotationPresent(UriPath.class)) {
        assertDescribed(catalogue.path("properties"), field);
      }
    }
    for (Field field : COMPONENTS.get(scheme).getDeclaredFields()) {
      if (field.isAnnotationPresent(Metadata.class)) {
        assertDescribed(catalogue.path("componentProperties"), field);
      }
    }
    assertThat(catalogue.path("headers").size()).isGreaterThanOrEqualTo(4);
  }

  private static void assertDescribed(JsonNode options, Field field) {
    assertThat(options.path(field.getName()).path("description").asText())
        .as(field.toString())
        .isNotBlank();
  }

  private JsonNode catalogue(String scheme) throws IOException {
    String path = "META-INF/io/caravanhub/core/" + scheme + "/" + scheme + ".json";
    try (InputStream in = getClass().getClassLoader().getResourceAsStream(path)) {
      assertThat(in).as(path).isNotNull();
      return new ObjectMapper().readTree(in);
    }
  }
}
