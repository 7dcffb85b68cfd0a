package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.coap.CoapServerConsumer;
import io.caravanhub.hub.limit.ReadingLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.elements.exception.ConnectorException;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Devices that speak CoAP, by Californium's client, against the whole hub. */
class CoapInTest {
  private static final String KEY = "000102030405060708090a0b0c0d0e0f";
  private static OpenedRoute plain;
  private static OpenedRoute secure;

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @BeforeAll
  static void open() throws IOException {
    plain = new OpenedRoute(RunningHub.get(), "coap", Map.of("{{hub.coap.port:5683}}", "0"));
    secure =
        new OpenedRoute(
            RunningHub.get(),
            "coaps",
            Map.of("{{hub.coaps.port:5684}}", "0", "{{hub.coaps.psk:hub:00}}", "field:" + KEY));
  }

  @AfterAll
  static void close() throws IOException {
    plain.close();
    secure.close();
  }

  @Test
  void answersChangedOnceTheReadingsAreStored() throws Exception {
    CoapResponse answer = post(device.serial(), device.token(), message(20));

    assertThat(answer.getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void takesTheTokenAsAnOption() throws Exception {
    Request request = Request.newPost();
    request.setURI(uri(plain, "coap", device.id(), null));
    request
        .getOptions()
        .addOtherOption(
            new org.eclipse.californium.core.coap.Option(
                new org.eclipse.californium.core.coap.option.OpaqueOptionDefinition(
                    65_000, "Token", true, 1, 200),
                device.token().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    request.setPayload(message(20));

    CoapClient client = new CoapClient();
    try {
      assertThat(client.advanced(request).getCode()).isEqualTo(ResponseCode.CHANGED);
    } finally {
      client.shutdown();
    }
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void takesABodyOfManyBlocks() throws Exception {
    StringBuilder many = new StringBuilder("{\"measurements\":[");
    for (int i = 0; i < 500; i++) {
      many.append(i == 0 ? "" : ",")
          .append("{\"name\":\"temperature\",\"value\":20,\"timestamp\":\"")
          .append(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i))
          .append("\"}");
    }

    CoapResponse answer = post(device.serial(), device.token(), many + "]}");

    assertThat(answer.getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(hub.rows(device)).isEqualTo(500);
  }

  @Test
  void namesTheFieldOfAMessageThatCannotBeUsed() throws Exception {
    CoapResponse answer =
        post(device.serial(), device.token(), "{\"metrics\":{\"temperature\":\"n/a\"}}");

    assertThat(answer.getCode()).isEqualTo(ResponseCode.BAD_REQUEST);
    assertThat(answer.getResponseText())
        .isEqualTo("metrics.temperature: expected a number, got \"n/a\"");
  }

  @Test
  void refusesStrangersOtherDevicesAndOtherPaths() throws Exception {
    Registered other = hub.device("sensor");

    assertThat(post(device.id(), null, message(1)).getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(post(device.id(), "ch_notatokenatall0000", message(1)).getCode())
        .isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(post(device.id(), other.token(), message(1)).getCode())
        .isEqualTo(ResponseCode.FORBIDDEN);
    assertThat(
            send(uri(plain, "coap", device.id(), device.token()).replace("telemetry", "commands"))
                .getCode())
        .isEqualTo(ResponseCode.NOT_FOUND);
    assertThat(hub.rows(device)).isZero();
  }

  @Test
  void tellsADeviceThatSendsTooMuchWhenToComeBack() throws Exception {
    ReadingLimits limits = hub.bean(ReadingLimits.class);
    Registered slow =
        hub.device(
            hub.admin(), Map.of("metadata", Map.of("limits", Map.of("readings_per_second", 1))));
    limits.forget();
    limits.charge("default", slow.id(), 5_003);

    CoapResponse answer = post(slow.serial(), slow.token(), message(20));

    assertThat(answer.getCode()).isEqualTo(ResponseCode.TOO_MANY_REQUESTS);
    assertThat(answer.getOptions().getMaxAge()).isPositive();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> post(slow.serial(), slow.token(), message(20)).getCode() == ResponseCode.CHANGED);
  }

  @Test
  void asksToComeBackWhileTheStoreIsAway() throws Exception {
    hub.toDatabase().refuse();
    hub.toDatabase().cut();
    try {
      CoapResponse answer = post(device.serial(), device.token(), message(20));

      assertThat(answer.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
      assertThat(answer.getOptions().getMaxAge()).isPositive();
    } finally {
      hub.databaseIsBack();
    }
    assertThat(post(device.serial(), device.token(), message(20)).getCode())
        .isEqualTo(ResponseCode.CHANGED);
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void speaksDtlsWithThePreSharedKeyAndWithNoOther() throws Exception {
    String uri = uri(secure, "coaps", device.serial(), device.token());

    CoapClient good = dtls("field", KEY).setURI(uri);
    assertThat(good.post(message(20), 50).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(hub.rows(device)).isEqualTo(1);
    good.getEndpoint().destroy();

    CoapClient wrong = dtls("field", KEY.replace('0', '1')).setURI(uri).setTimeout(3_000L);
    assertThat(outcome(wrong)).isNotEqualTo("CHANGED");
    wrong.getEndpoint().destroy();
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  private static String outcome(CoapClient client) {
    try {
      return String.valueOf(client.post("{}", 50));
    } catch (ConnectorException | IOException e) {
      return "refused";
    }
  }

  private static CoapClient dtls(String identity, String key) {
    Configuration configuration =
        new Configuration(
            CoapConfig.DEFINITIONS,
            UdpConfig.DEFINITIONS,
            SystemConfig.DEFINITIONS,
            DtlsConfig.DEFINITIONS);
    configuration.set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.CLIENT_ONLY);
    configuration.set(
        DtlsConfig.DTLS_CIPHER_SUITES, List.of(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256));
    return new CoapClient()
        .setEndpoint(
            CoapEndpoint.builder()
                .setConfiguration(configuration)
                .setConnector(
                    new DTLSConnector(
                        DtlsConnectorConfig.builder(configuration)
                            .setAddress(new InetSocketAddress("127.0.0.1", 0))
                            .setAdvancedPskStore(
                                new AdvancedSinglePskStore(identity, HexFormat.of().parseHex(key)))
                            .build()))
                .build());
  }

  private static CoapResponse post(String device, String token, String payload)
      throws ConnectorException, IOException {
    CoapClient client = new CoapClient(uri(plain, "coap", device, token)).setTimeout(40_000L);
    try {
      return client.post(payload, 50);
    } finally {
      client.shutdown();
    }
  }

  private static CoapResponse send(String uri) throws ConnectorException, IOException {
    CoapClient client = new CoapClient(uri);
    try {
      return client.post("{}", 50);
    } finally {
      client.shutdown();
    }
  }

  private static String uri(OpenedRoute route, String scheme, String device, String token) {
    int port = ((CoapServerConsumer) route.route().getConsumer()).port();
    return scheme
        + "://127.0.0.1:"
        + port
        + "/t/default/d/"
        + device
        + "/telemetry"
        + (token == null ? "" : "?token=" + token);
  }

  private static String message(int value) {
    return "{\"timestamp\":\"2026-01-01T00:00:00Z\",\"metrics\":{\"temperature\":" + value + "}}";
  }
}
