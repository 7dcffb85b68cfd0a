package io.caravanhub.core.fieldbus;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.sdk.core.AccessLevel;
import org.eclipse.milo.opcua.sdk.core.Reference;
import org.eclipse.milo.opcua.sdk.server.EndpointConfig;
import org.eclipse.milo.opcua.sdk.server.ManagedNamespaceWithLifecycle;
import org.eclipse.milo.opcua.sdk.server.OpcUaServer;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfig;
import org.eclipse.milo.opcua.sdk.server.OpcUaServerConfigBuilder;
import org.eclipse.milo.opcua.sdk.server.identity.AnonymousIdentityValidator;
import org.eclipse.milo.opcua.sdk.server.identity.CompositeValidator;
import org.eclipse.milo.opcua.sdk.server.identity.UsernameIdentityValidator;
import org.eclipse.milo.opcua.sdk.server.items.DataItem;
import org.eclipse.milo.opcua.sdk.server.items.MonitoredItem;
import org.eclipse.milo.opcua.sdk.server.nodes.UaFolderNode;
import org.eclipse.milo.opcua.sdk.server.nodes.UaVariableNode;
import org.eclipse.milo.opcua.sdk.server.nodes.filters.AttributeFilters;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.security.DefaultApplicationGroup;
import org.eclipse.milo.opcua.stack.core.security.DefaultCertificateManager;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateStore;
import org.eclipse.milo.opcua.stack.core.security.MemoryTrustListManager;
import org.eclipse.milo.opcua.stack.core.security.RsaSha256CertificateFactory;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.eclipse.milo.opcua.stack.core.types.enumerated.UserTokenType;
import org.eclipse.milo.opcua.stack.core.types.structured.EUInformation;
import org.eclipse.milo.opcua.stack.core.types.structured.UserTokenPolicy;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateBuilder;
import org.eclipse.milo.opcua.stack.core.util.SelfSignedCertificateGenerator;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransport;
import org.eclipse.milo.opcua.stack.transport.server.tcp.OpcTcpServerTransportConfig;
import org.jspecify.annotations.Nullable;

/**
 * An OPC UA server whose namespace 2 holds the given variables in the folder Plant. Changes are
 * told at once, whatever the sampling interval.
 */
final class NodeServer implements AutoCloseable {
  static final String URI = "urn:test:server";
  private static final Set<String> NUMBERS = Set.of("flow", "power", "level");

  final Map<String, DataValue> values = new ConcurrentHashMap<>();
  private final Set<DataItem> items = ConcurrentHashMap.newKeySet();
  private final OpcUaServer server;

  /** What makes a server a secured one: user {@code reader} with the password {@code secret}. */
  record Secured(KeyPair keys, X509Certificate certificate) {
    /** A certificate for a host. */
    static Secured as(String host) throws Exception {
      KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
      SelfSignedCertificateBuilder builder =
          new SelfSignedCertificateBuilder(keys).setCommonName("plant").setApplicationUri(URI);
      return new Secured(
          keys,
          (host.startsWith("127") ? builder.addIpAddress(host) : builder.addDnsName(host)).build());
    }
  }

  NodeServer(int port, Map<String, DataValue> initial) throws Exception {
    this(port, initial, null);
  }

  NodeServer(int port, Map<String, DataValue> initial, @Nullable Secured secured) throws Exception {
    values.putAll(initial);
    OpcUaServerConfigBuilder config =
        OpcUaServerConfig.builder()
            .setApplicationName(LocalizedText.english("test"))
            .setApplicationUri(URI)
            .setProductUri("urn:test");
    EndpointConfig.Builder endpoint =
        EndpointConfig.newBuilder()
            .setBindAddress("127.0.0.1")
            .setHostname("a-name-nobody-else-knows")
            .setBindPort(port)
            .setPath("/plant")
            .setSecurityPolicy(SecurityPolicy.None)
            .setSecurityMode(MessageSecurityMode.None);
    config.setIdentityValidator(
        new CompositeValidator(
            AnonymousIdentityValidator.INSTANCE,
            new UsernameIdentityValidator(
                given ->
                    given.getUsername().equals("reader") && given.getPassword().equals("secret"))));
    if (secured == null) {
      UserTokenPolicy plain =
          new UserTokenPolicy(
              "plain", UserTokenType.UserName, null, null, SecurityPolicy.None.getUri());
      endpoint.addTokenPolicies(OpcUaServerConfig.USER_TOKEN_POLICY_ANONYMOUS, plain);
      config.setEndpoints(Set.of(endpoint.build()));
    } else {
      endpoint
          .setCertificate(secured.certificate())
          .addTokenPolicies(
              OpcUaServerConfig.USER_TOKEN_POLICY_ANONYMOUS,
              OpcUaServerConfig.USER_TOKEN_POLICY_USERNAME);
      config
          .setEndpoints(
              Set.of(
                  endpoint.build(),
                  secured(endpoint, SecurityPolicy.Basic256Sha256),
                  secured(endpoint, SecurityPolicy.Aes256_Sha256_RsaPss)))
          .setCertificateManager(certificates(secured));
    }
    OpcTcpServerTransportConfig transport = OpcTcpServerTransportConfig.newBuilder().build();
    server = new OpcUaServer(config.build(), profile -> new OpcTcpServerTransport(transport));
    new Variables(server).startup();
    server.startup().get(20, TimeUnit.SECONDS);
  }

  private static EndpointConfig secured(EndpointConfig.Builder endpoint, SecurityPolicy policy) {
    return endpoint
        .copy()
        .setSecurityPolicy(policy)
        .setSecurityMode(MessageSecurityMode.SignAndEncrypt)
        .build();
  }

  private static DefaultCertificateManager certificates(Secured secured) throws Exception {
    RsaSha256CertificateFactory factory =
        new RsaSha256CertificateFactory() {
          @Override
          protected KeyPair createRsaSha256KeyPair() {
            return secured.keys();
          }

          @Override
          protected X509Certificate[] createRsaSha256CertificateChain(KeyPair keys) {
            return new X509Certificate[] {secured.certificate()};
          }
        };
    return new DefaultCertificateManager(
        new MemoryCertificateQuarantine(),
        DefaultApplicationGroup.createAndInitialize(
            new MemoryTrustListManager(),
            new MemoryCertificateStore(),
            factory,
            (chain, uri, hosts) -> {}));
  }

  /** Gives a variable a value, and tells those that watch it. */
  void push(String name, DataValue value) {
    values.put(name, value);
    for (DataItem item : items) {
      if (name(item).equals(name)) {
        item.setValue(value);
      }
    }
  }

  int sessions() {
    return server.getSessionManager().getAllSessions().size();
  }

  int subscriptions() {
    return server.getSubscriptions().size();
  }

  private static String name(MonitoredItem item) {
    return item.getReadValueId().getNodeId().getIdentifier().toString();
  }

  @Override
  public void close() throws Exception {
    server.shutdown().get(20, TimeUnit.SECONDS);
  }

  private final class Variables extends ManagedNamespaceWithLifecycle {
    Variables(OpcUaServer server) {
      super(server, "urn:test");
      getLifecycleManager().addStartupTask(this::addAll);
    }

    private void addAll() {
      UaFolderNode folder =
          new UaFolderNode(
              getNodeContext(),
              newNodeId("Plant"),
              newQualifiedName("Plant"),
              LocalizedText.english("Plant"));
      getNodeManager().addNode(folder);
      folder.addReference(
          new Reference(
              folder.getNodeId(), NodeIds.Organizes, NodeIds.ObjectsFolder.expanded(), false));
      values.keySet().stream().sorted().forEach(name -> add(folder, name));
    }

    private void add(UaFolderNode folder, String name) {
      UaVariableNode node =
          new UaVariableNode.UaVariableNodeBuilder(getNodeContext())
              .setNodeId(newNodeId(name))
              .setBrowseName(newQualifiedName(name))
              .setDisplayName(LocalizedText.english(name))
              .setDescription(LocalizedText.english("what " + name + " is"))
              .setDataType(NUMBERS.contains(name) ? NodeIds.Double : NodeIds.BaseDataType)
              .setTypeDefinition(NodeIds.BaseDataVariableType)
              .setAccessLevel(AccessLevel.READ_WRITE)
              .setUserAccessLevel(AccessLevel.READ_WRITE)
              .build();
      node.getFilterChain().addLast(AttributeFilters.getValue(read -> values.get(name)));
      node.getFilterChain()
          .addFirst(AttributeFilters.setValue((write, value) -> values.put(name, value)));
      getNodeManager().addNode(node);
      folder.addOrganizes(node);
      if (name.equals("flow")) {
        addUnit(node);
      }
    }

    private void addUnit(UaVariableNode of) {
      UaVariableNode unit =
          new UaVariableNode.UaVariableNodeBuilder(getNodeContext())
              .setNodeId(newNodeId("flow/unit"))
              .setBrowseName(new QualifiedName(0, "EngineeringUnits"))
              .setDisplayName(LocalizedText.english("EngineeringUnits"))
              .setDataType(NodeIds.EUInformation)
              .setTypeDefinition(NodeIds.PropertyType)
              .build();
      // MQH, the Recommendation 20 code of cubic metre per hour.
      EUInformation cubicMetresPerHour =
          new EUInformation(
              "http://www.opcfoundation.org/UA/units/un/cefact",
              ('M' << 16) + ('Q' << 8) + 'H',
              LocalizedText.english("m³/h"),
              LocalizedText.english("cubic metre per hour"));
      unit.setValue(new DataValue(new Variant(cubicMetresPerHour)));
      getNodeManager().addNode(unit);
      of.addReference(
          new Reference(of.getNodeId(), NodeIds.HasProperty, unit.getNodeId().expanded(), true));
    }

    @Override
    public void onDataItemsCreated(List<DataItem> created) {
      for (DataItem item : created) {
        items.add(item);
        DataValue value = values.get(name(item));
        if (value != null) {
          item.setValue(value);
        }
      }
    }

    @Override
    public void onDataItemsModified(List<DataItem> modified) {}

    @Override
    public void onDataItemsDeleted(List<DataItem> deleted) {
      items.removeAll(deleted);
    }

    @Override
    public void onMonitoringModeChanged(List<MonitoredItem> changed) {}
  }
}
