package io.caravanhub.hub.coap;

import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.pskstore.AdvancedSinglePskStore;
import org.jspecify.annotations.Nullable;

/** How a CoAP port is set up: bounded bodies and peers, few threads, no file of settings. */
final class CoapSetup {
  private static final int BODY_MAX = 1 << 20;
  private static final int PEERS_MAX = 20_000;

  private CoapSetup() {}

  static Configuration configuration() {
    Configuration configuration =
        new Configuration(
            CoapConfig.DEFINITIONS,
            UdpConfig.DEFINITIONS,
            SystemConfig.DEFINITIONS,
            DtlsConfig.DEFINITIONS);
    configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, BODY_MAX);
    configuration.set(CoapConfig.MAX_ACTIVE_PEERS, PEERS_MAX);
    configuration.set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 2);
    configuration.set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1);
    configuration.set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
    return configuration;
  }

  static CoapEndpoint endpoint(InetSocketAddress address, @Nullable String psk) {
    Configuration configuration = configuration();
    CoapEndpoint.Builder builder = CoapEndpoint.builder().setConfiguration(configuration);
    if (psk == null || psk.isBlank()) {
      return builder.setInetSocketAddress(address).build();
    }
    int colon = psk.indexOf(':');
    configuration.set(DtlsConfig.DTLS_ROLE, DtlsConfig.DtlsRole.SERVER_ONLY);
    configuration.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, 1);
    configuration.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, 2);
    configuration.set(DtlsConfig.DTLS_MAX_CONNECTIONS, PEERS_MAX);
    configuration.set(
        DtlsConfig.DTLS_CIPHER_SUITES,
        List.of(
            CipherSuite.TLS_PSK_WITH_AES_128_CCM_8, CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256));
    return builder
        .setConnector(
            new DTLSConnector(
                DtlsConnectorConfig.builder(configuration)
                    .setAddress(address)
                    .setAdvancedPskStore(
                        new AdvancedSinglePskStore(
                            psk.substring(0, colon),
                            HexFormat.of().parseHex(psk.substring(colon + 1))))
                    .build()))
        .build();
  }
}
