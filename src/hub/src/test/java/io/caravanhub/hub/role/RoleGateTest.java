package io.caravanhub.hub.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.hub.settings.Role;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RoleGateTest {
  @Test
  void whatDevicesAndGatewaysBringIsOfIngestAndTheRestOfTheApi() throws IOException {
    List<String> ingest = new ArrayList<>();
    List<String> both = new ArrayList<>();
    try (InputStream contract = RoleGate.class.getResourceAsStream("/openapi.yaml")) {
      new ObjectMapper(new YAMLFactory())
          .readTree(Objects.requireNonNull(contract))
          .path("paths")
          .fieldNames()
          .forEachRemaining(
              path -> {
                List<Role> roles = RoleGate.needed("/api/v1" + path.replaceAll("\\{[^}]*}", "x-1"));
                if (roles.equals(List.of(Role.INGEST))) {
                  ingest.add(path);
                } else if (roles.contains(Role.INGEST)) {
                  both.add(path);
                } else {
                  assertThat(roles).as(path).containsExactly(Role.API);
                }
              });
    }
    assertThat(ingest)
        .containsExactlyInAnyOrder(
            "/telemetry/ingest",
            "/telemetry/upload",
            "/gateways/{gatewayId}/batch",
            "/gateways/{gatewayId}/clock",
            "/gateways/{gatewayId}/configuration/report",
            "/gateways/{gatewayId}/software/report",
            "/enrol");
    assertThat(both)
        .containsExactlyInAnyOrder(
            "/gateways/{gatewayId}/configuration", "/gateways/{gatewayId}/software");
  }
}
