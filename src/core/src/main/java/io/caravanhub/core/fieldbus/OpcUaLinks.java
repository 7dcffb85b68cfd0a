package io.caravanhub.core.fieldbus;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.ubyte;
import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
 * Opens OPC UA connections with Milo's client: security policy None and an anonymous user. The
 * endpoint is not discovered but taken as configured, for servers behind a gateway or in a
 * container announce a host name that nobody else knows. PLC4X 0.13.1 stood here first: it reads,
 * but leaves two to four threads behind at each reconnection and waits for ever on a server that
 * accepts and says nothing.
 */
final class OpcUaLinks implements DeviceLinks {
  private static final String ANONYMOUS = "anonymous";

  private final Duration timeout;

  OpcUaLinks(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public CompletableFuture<DeviceLink> open(FieldbusConnection connection, DeviceMap map) {
    if (!connection.address().startsWith("opc.tcp://")) {
      throw new IllegalArgumentException(
          "address: expected opc.tcp://host:port/path, got " + connection.address());
    }
    OpcUaClientConfig config =
        OpcUaClientConfig.builder()
            .setApplicationName(LocalizedText.english("Caravan Hub"))
            .setApplicationUri("urn:caravanhub:fieldbus")
            .setEndpoint(endpoint(connection.address()))
            .setRequestTimeout(uint(timeout.toMillis()))
            .setSessionEndpointValidationEnabled(false)
            .build();
    OpcTcpClientTransportConfig transport =
        OpcTcpClientTransportConfig.newBuilder()
            .setConnectTimeout(uint(timeout.toMillis()))
            .setAcknowledgeTimeout(uint(timeout.toMillis()))
            .build();
    OpcUaClient client = new OpcUaClient(config, new OpcTcpClientTransport(transport));
    OpcUaLink link = new OpcUaLink(client, map);
    return client
        .connectAsync()
        .handle(
            (connected, failure) -> {
              if (failure != null) {
                link.close();
                throw new java.util.concurrent.CompletionException(failure);
              }
              return (DeviceLink) link;
            });
  }

  private static EndpointDescription endpoint(String url) {
    UserTokenPolicy anonymous =
        new UserTokenPolicy(ANONYMOUS, UserTokenType.Anonymous, null, null, null);
    ApplicationDescription server =
        new ApplicationDescription(
            null, null, LocalizedText.NULL_VALUE, ApplicationType.Server, null, null, null);
    return new EndpointDescription(
        url,
        server,
        ByteString.NULL_VALUE,
        MessageSecurityMode.None,
        SecurityPolicy.None.getUri(),
        new UserTokenPolicy[] {anonymous},
        TransportProfile.TCP_UASC_UABINARY.getUri(),
        ubyte(0));
  }
}
