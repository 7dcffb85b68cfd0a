package io.caravanhub.hub.gatewayconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Releases of the gateway's software over the API, in the running hub. */
class SoftwareApiTest {
  private static final byte[] FILE = "a release".getBytes(StandardCharsets.UTF_8);
  private final GatewayApi gateway = new GatewayApi();
  private final RunningHub hub = gateway.hub;

  @Test
  void aReleaseIsRegisteredFiledDesiredAndFetchedByTheGateway() throws Exception {
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(FILE));
    Answer registered =
        hub.post(
            "/api/v1/gateway-software",
            gateway.admin,
            Map.of("version", "2.0", "sha256", sha256, "signature", "A".repeat(86) + "=="));
    assertThat(registered.status()).as(registered.body()).isEqualTo(201);
    assertThat(gateway.call("PUT", "/software", Map.of("version", "2.0")).status()).isEqualTo(409);
    assertThat(put("other".getBytes(StandardCharsets.UTF_8)).body()).contains("its SHA-256 is");
    assertThat(put(FILE).status()).isEqualTo(200);
    String file = "/api/v1/gateway-software/2.0/file";
    assertThat(hub.get(file, gateway.token).status()).as("not its release").isEqualTo(404);
    assertThat(gateway.call("PUT", "/software", Map.of("version", "2.0")).status()).isEqualTo(200);

    Answer wanted = hub.get("/api/v1/gateways/" + gateway.serial + "/software", gateway.token);

    assertThat(wanted.text("url")).isEqualTo(file);
    assertThat(wanted.text("sha256")).isEqualTo(sha256);
    assertThat(hub.get(file, gateway.token).body()).isEqualTo("a release");
    Answer rest =
        hub.send(
            HttpRequest.newBuilder(hub.uri(file))
                .header("Authorization", "Bearer " + gateway.token)
                .header("Range", "bytes=2-")
                .build());
    assertThat(rest.status()).isEqualTo(206);
    assertThat(rest.body()).isEqualTo("release");
    assertThat(
            hub.send(
                    "DELETE",
                    "/api/v1/gateway-software/2.0",
                    gateway.admin,
                    BodyPublishers.noBody())
                .status())
        .isEqualTo(409);
  }

  private Answer put(byte[] content) {
    return hub.send(
        "PUT",
        "/api/v1/gateway-software/2.0/file",
        gateway.admin,
        BodyPublishers.ofByteArray(content));
  }
}
