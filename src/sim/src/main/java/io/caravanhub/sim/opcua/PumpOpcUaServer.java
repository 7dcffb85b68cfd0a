package io.caravanhub.sim.opcua;

import io.caravanhub.sim.device.LoopbackPort;
import io.caravanhub.sim.plant.Pump;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.sdk.server.EndpointConfig;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfig;
import org.eclipse.milo.opcua.sdk.server.identity.AnonymousIdentityValidator;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;

/** A pump's OPC UA server on the loopback interface: no security, anonymous users, read only. */
public final class PumpOpcUaServer implements AutoCloseable {
  private static final String PATH = "/plant";

  private final OpcUaServer server;
  private final PumpNamespace namespace;
  private final int port;

  /**
   * Binds and starts it.
   *
   * @param wantedPort 0 for a free one
   */
  public PumpOpcUaServer(Pump pump, int wantedPort) throws Exception {
    port = LoopbackPort.claim(wantedPort);
    EndpointConfig endpoint =
        EndpointConfig.newBuilder()
            .setBindAddress("127.0.0.1")
            .setHostname("127.0.0.1")
            .setBindPort(port)
            .setPath(PATH)
            .setSecurityPolicy(SecurityPolicy.None)
            .setSecurityMode(MessageSecurityMode.None)
            .addTokenPolicies(OpcUaServerConfig.USER_TOKEN_POLICY_ANONYMOUS)
            .build();
    OpcUaServerConfig config =
        OpcUaServerConfig.builder()
            .setApplicationName(LocalizedText.english("Ardent P-40"))
            .setApplicationUri("urn:caravanhub:sim:p-40")
            .setProductUri("urn:caravanhub:sim")
            .setEndpoints(Set.of(endpoint))
            .setIdentityValidator(AnonymousIdentityValidator.INSTANCE)
            .build();
    OpcTcpServerTransportConfig transport = OpcTcpServerTransportConfig.newBuilder().build();
    server = new OpcUaServer(config, profile -> new OpcTcpServerTransport(transport));
    namespace = new PumpNamespace(server, pump);
    namespace.startup();
    var unused = server.startup().get(30, TimeUnit.SECONDS);
    if (server.getBoundEndpoints().isEmpty()) {
      throw new IOException("the OPC UA server could not bind to port " + port);
    }
  }

  /** Where clients connect, {@code opc.tcp://host:port/plant}. */
  public String address() {
    return "opc.tcp://127.0.0.1:" + port + PATH;
  }

  @Override
  public void close() throws Exception {
    namespace.shutdown();
    var unused = server.shutdown().get(5, TimeUnit.SECONDS);
  }
}
