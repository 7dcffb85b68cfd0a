package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spi.Registry;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MappingComponentTest extends CamelTestSupport {
  private final Map<String, MappingSource> mappings = new HashMap<>();

  @Override
  protected void bindToRegistry(Registry registry) {
    mappings.put("acme/one", new MappingSource("acme/one", "7", "{'v': v, 'd': $device}"));
    MappingCatalog catalog = name -> Optional.ofNullable(mappings.get(name));
    registry.bind("mappings", MappingCatalog.class, catalog);
  }

  @Override
  protected RouteBuilder createRouteBuilder() {
    return new RouteBuilder() {
      @Override
      public void configure() {
        from("direct:fixed").to("mapping:acme/one");
        from("direct:device").to("mapping:device");
        from("direct:dynamic").to("mapping:acme/one?dynamic=true");
      }
    };
  }

  static List<Object> bodies() {
    byte[] bytes = "{\"v\":1}".getBytes(StandardCharsets.UTF_8);
    return List.of(bytes, "{\"v\":1}", new ByteArrayInputStream(bytes), Map.of("v", 1));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void readsBytesTextStreamsAndMaps(Object body) {
    Object result =
        template.requestBodyAndHeader("direct:fixed", body, TelemetryHeaders.DEVICE, "RTU-2");
    assertThat(result).isEqualTo(Map.of("v", 1, "d", "RTU-2"));
  }

  @Test
  void takesTheNameFromTheHeader() {
    mappings.put("acme/two", new MappingSource("acme/two", "1", "{'two': v}"));
    Object result =
        template.requestBodyAndHeader(
            "direct:device", "{\"v\":2}", TelemetryHeaders.MAPPING, "acme/two");
    assertThat(result).isEqualTo(Map.of("two", 2));
    Object dynamic =
        template.requestBodyAndHeader(
            "direct:dynamic", "{\"v\":2}", TelemetryHeaders.MAPPING, "acme/two");
    assertThat(dynamic).isEqualTo(Map.of("two", 2));
    assertThat(template.requestBody("direct:dynamic", "{\"v\":2}")).isEqualTo(Map.of("v", 2));
  }

  @Test
  void followsTheCatalogue() {
    assertThat(template.requestBody("direct:fixed", "{\"v\":1}")).isEqualTo(Map.of("v", 1));
    mappings.put("acme/one", new MappingSource("acme/one", "8", "{'w': v}"));
    assertThat(template.requestBody("direct:fixed", "{\"v\":1}")).isEqualTo(Map.of("w", 1));
  }

  @Test
  void saysWhichVersionWasApplied() {
    var out =
        template.request("direct:fixed", exchange -> exchange.getMessage().setBody("{\"v\":1}"));
    assertThat(out.getMessage().getHeader(MappingConstants.VERSION)).isEqualTo("7");
  }

  @Test
  void failsWithTheReason() {
    assertThatThrownBy(() -> template.requestBody("direct:fixed", "{\"v\": oops}"))
        .isInstanceOf(CamelExecutionException.class)
        .cause()
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith("mapping acme/one: the payload is not JSON at line 1, column");
    assertThatThrownBy(() -> template.requestBody("direct:fixed", new byte[2_000_000]))
        .cause()
        .hasMessage("mapping acme/one: the payload is larger than 1048576 bytes");
    assertThatThrownBy(() -> template.requestBody("direct:fixed", ""))
        .cause()
        .hasMessage("mapping acme/one: the payload is empty");
    assertThatThrownBy(() -> template.requestBody("direct:device", "{}"))
        .cause()
        .hasMessageContaining("expected the name of a mapping in the header hub-mapping");
    assertThatThrownBy(
            () ->
                template.requestBodyAndHeader(
                    "direct:device", "{}", TelemetryHeaders.MAPPING, "no/such"))
        .cause()
        .hasMessage("mapping no/such: there is no mapping of this name");
  }
}
