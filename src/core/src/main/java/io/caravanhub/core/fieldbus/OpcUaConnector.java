package io.caravanhub.core.fieldbus;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.sdk.client.DiscoveryClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.sdk.client.OpcUaClientConfig;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.enumerated.ApplicationType;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.ApplicationDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.EndpointDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransport;
import org.eclipse.milo.opcua.stack.transport.client.tcp.OpcTcpClientTransportConfig;

/**
 * Connects Milo's client to a server. An endpoint is discovered for its certificate and its ways of
 * telling who the user is, but its address is taken as configured, for servers behind a gateway or
 * in a container announce a host name that nobody else knows. Where neither is needed, with policy
 * None and an anonymous user, nothing is discovered.
 */
final class OpcUaConnector {
  private static final String ANONYMOUS = "anonymous";
  // What a lost connection leaves on a server is gone after that.
  private static final long SESSION_MILLIS = 30_000;

  private final Duration timeout;
  private final KeyFolders keys;
  private final OpcUaPki pki;

  OpcUaConnector(Duration timeout, KeyFolders keys) {
    this.timeout = timeout;
    this.keys = keys;
    this.pki = new OpcUaPki(keys.pki());
  }

  /**
   * Connects, without waiting. A failure says what the server or this side refuses, and what to do.
   *
   * @throws IllegalArgumentException when the address is none of OPC UA, or the file with the
   *     password cannot be read
   */
  CompletableFuture<OpcUaClient> connect(FieldbusConnection connection, OpcUaOptions given) {
    String url = connection.address();
    if (!url.startsWith("opc.tcp://")) {
      throw new IllegalArgumentException("address: expected opc.tcp://host:port/path, got " + url);
    }
    OpcUaOptions options = given.withPasswordOf(connection.tenant(), keys);
    if (options.isOpen()) {
      UserTokenPolicy anonymous =
          new UserTokenPolicy(ANONYMOUS, UserTokenType.Anonymous, null, null, null);
      return open(
          OpcUaClientConfig.builder().setEndpoint(endpoint(url, anonymous)), connection, options);
    }
    OpcUaSecurity security = new OpcUaSecurity(connection, options, pki);
    return discover(url)
        .thenCompose(
            endpoints -> open(security.configure(security.choose(endpoints)), connection, options));
  }

  private CompletableFuture<OpcUaClient> open(
      org.eclipse.milo.opcua.sdk.client.OpcUaClientConfigBuilder config,
      FieldbusConnection connection,
      OpcUaOptions options) {
    config
        .setApplicationName(LocalizedText.english("Caravan Hub"))
        .setRequestTimeout(uint(timeout.toMillis()))
        .setSessionTimeout(uint(SESSION_MILLIS))
        .setSessionEndpointValidationEnabled(false);
    if (options.isOpen()) {
      config.setApplicationUri(OpcUaPki.APPLICATION);
    }
    OpcUaClient client = new OpcUaClient(config.build(), new OpcTcpClientTransport(transport()));
    return client
        .connectAsync()
        .handle(
            (connected, failure) -> {
              if (failure != null) {
                close(client);
                throw OpcUaFailure.passedOn(
                    OpcUaSecurity.explained(failure, connection, options, pki));
              }
              return client;
            });
  }

  /** Closes for good, without waiting. */
  static void close(OpcUaClient client) {
    client
        .disconnectAsync()
        .exceptionally(
            alreadyClosed -> {
              return null;
            });
  }

  private OpcTcpClientTransportConfig transport() {
    return OpcTcpClientTransportConfig.newBuilder()
        .setConnectTimeout(uint(timeout.toMillis()))
        .setAcknowledgeTimeout(uint(timeout.toMillis()))
        .build();
  }

  private CompletableFuture<List<EndpointDescription>> discover(String url) {
    String profile = TransportProfile.TCP_UASC_UABINARY.getUri();
    DiscoveryClient discovery =
        new DiscoveryClient(endpoint(url), new OpcTcpClientTransport(transport()));
    return discovery
        .connectAsync()
        .thenCompose(
            connected -> discovery.getEndpoints(url, new String[0], new String[] {profile}))
        .orTimeout(2 * timeout.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        .whenComplete((endpoints, failure) -> discovery.disconnectAsync())
        .thenApply(response -> Arrays.asList(response.getEndpoints()));
  }

  private static EndpointDescription endpoint(String url, UserTokenPolicy... tokens) {
    ApplicationDescription server =
        new ApplicationDescription(
            null, null, LocalizedText.NULL_VALUE, ApplicationType.Server, null, null, null);
    return new EndpointDescription(
        url,
        server,
        ByteString.NULL_VALUE,
        MessageSecurityMode.None,
        SecurityPolicy.None.getUri(),
        tokens,
        TransportProfile.TCP_UASC_UABINARY.getUri(),
        ubyte(0));
  }
}
