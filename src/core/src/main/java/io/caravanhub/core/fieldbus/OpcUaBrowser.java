package io.caravanhub.core.fieldbus;

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.uint;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.AttributeId;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.OpcUaDataType;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExtensionObject;
import org.eclipse.milo.opcua.stack.core.types.builtin.LocalizedText;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.QualifiedName;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseDirection;
import org.eclipse.milo.opcua.stack.core.types.enumerated.BrowseResultMask;
import org.eclipse.milo.opcua.stack.core.types.enumerated.NodeClass;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowsePath;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowsePathResult;
import org.eclipse.milo.opcua.stack.core.types.structured.BrowseResult;
import org.eclipse.milo.opcua.stack.core.types.structured.EUInformation;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;
import org.eclipse.milo.opcua.stack.core.types.structured.ReferenceDescription;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePath;
import org.eclipse.milo.opcua.stack.core.types.structured.RelativePathElement;
import org.jspecify.annotations.Nullable;

/**
 * Lists the objects and variables below a node of an OPC UA server, the Objects folder at first
 * (Part 4, clause 5.9.2), over a connection of its own. A path is a node id. Blocks.
 */
public final class OpcUaBrowser implements TagBrowser {
  private static final QualifiedName UNITS = new QualifiedName(0, "EngineeringUnits");
  private static final int LONGEST_VALUE = 80;
  private static final int ATTRIBUTES = 3;

  private final Duration timeout;
  private final OpcUaConnector connector;

  /**
   * @param timeout longest wait for one answer
   * @param pki folder of keys and certificates
   * @param secrets as the component's: folder with a folder for each tenant, which a passwordFile
   *     must be below; null for any file, where who asks owns this machine
   */
  public OpcUaBrowser(Duration timeout, Path pki, @Nullable Path secrets) {
    this.timeout = timeout;
    this.connector = new OpcUaConnector(timeout, new KeyFolders(pki, secrets));
  }

  @Override
  public List<Tag> browse(FieldbusConnection connection, String path, int limit)
      throws IOException {
    if (!path.isEmpty() && !OpcUaPlace.isNode(path)) {
      throw new IllegalArgumentException("path: expected a node id like ns=2;s=Pump, got " + path);
    }
    OpcUaClient client = connected(connector.connect(connection, OpcUaOptions.of(connection)));
    try {
      NodeId node =
          path.isEmpty() ? NodeIds.ObjectsFolder : OpcUaPlace.id(path, client.getNamespaceTable());
      return answer(
          OpcUaLimits.of(client)
              .thenCompose(
                  limits ->
                      children(client, node, limit)
                          .thenCompose(children -> tags(client, limits, children))));
    } finally {
      OpcUaConnector.close(client);
    }
  }

  // One that connects too late is closed when it does.
  private OpcUaClient connected(CompletableFuture<OpcUaClient> connecting) throws IOException {
    try {
      return answer(connecting);
    } catch (IOException e) {
      var unused = connecting.thenAccept(OpcUaConnector::close);
      throw e;
    }
  }

  private <T> T answer(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(4 * timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = OpcUaFailure.cause(e.getCause() == null ? e : e.getCause());
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + 4 * timeout.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static CompletableFuture<List<ReferenceDescription>> children(
      OpcUaClient client, NodeId node, int limit) {
    BrowseDescription down =
        new BrowseDescription(
            node,
            BrowseDirection.Forward,
            NodeIds.HierarchicalReferences,
            true,
            uint(NodeClass.Object.getValue() | NodeClass.Variable.getValue()),
            uint(BrowseResultMask.All.getValue()));
    return client
        .browseAsync(down)
        .thenCompose(result -> more(client, result, new ArrayList<>(), limit));
  }

  private static CompletableFuture<List<ReferenceDescription>> more(
      OpcUaClient client, BrowseResult result, List<ReferenceDescription> found, int limit) {
    if (result.getStatusCode().isBad()) {
      return CompletableFuture.failedFuture(
          new IOException("the server answered " + OpcUaValues.name(result.getStatusCode())));
    }
    if (result.getReferences() != null) {
      Arrays.stream(result.getReferences())
          .filter(child -> found.stream().noneMatch(f -> f.getNodeId().equals(child.getNodeId())))
          .limit(Math.max(limit - found.size(), 0))
          .forEach(found::add);
    }
    ByteString rest = result.getContinuationPoint();
    if (rest == null || rest.isNullOrEmpty()) {
      return CompletableFuture.completedFuture(found);
    }
    boolean enough = found.size() >= limit;
    return client
        .browseNextAsync(enough, List.of(rest))
        .thenCompose(
            next ->
                enough
                    ? CompletableFuture.completedFuture(found)
                    : more(client, next.getResults()[0], found, limit));
  }

  private static CompletableFuture<List<Tag>> tags(
      OpcUaClient client, OpcUaLimits limits, List<ReferenceDescription> children) {
    if (children.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    List<NodeId> nodes =
        children.stream()
            .map(
                child ->
                    child
                        .getNodeId()
                        .toNodeId(client.getNamespaceTable())
                        .orElse(NodeId.NULL_VALUE))
            .toList();
    List<ReadValueId> wanted = new ArrayList<>();
    for (NodeId node : nodes) {
      wanted.add(attribute(node, AttributeId.Description));
      wanted.add(attribute(node, AttributeId.DataType));
      wanted.add(attribute(node, AttributeId.Value));
    }
    return limits
        .read(client, wanted, TimestampsToReturn.Neither)
        .thenCombine(
            units(client, limits, nodes),
            (values, units) -> {
              List<Tag> tags = new ArrayList<>();
              for (int i = 0; i < nodes.size(); i++) {
                List<DataValue> own = values.subList(i * ATTRIBUTES, (i + 1) * ATTRIBUTES);
                tags.add(tag(nodes.get(i), children.get(i), own, units.get(i)));
              }
              return tags;
            });
  }

  private static Tag tag(
      NodeId node, ReferenceDescription child, List<DataValue> own, @Nullable String unit) {
    boolean folder = child.getNodeClass() == NodeClass.Object;
    return new Tag(
        node.toParseableString(),
        String.valueOf(child.getBrowseName().name()),
        own.get(0).getValue().getValue() instanceof LocalizedText text ? text.text() : null,
        folder ? null : type(own.get(1).getValue().getValue()),
        unit,
        folder ? null : shown(own.get(2)),
        folder);
  }

  private static @Nullable String type(@Nullable Object type) {
    if (!(type instanceof NodeId node)) {
      return null;
    }
    return OpcUaDataType.isBuiltin(node)
        ? String.valueOf(OpcUaDataType.fromNodeId(node))
        : node.toParseableString();
  }

  private static @Nullable String shown(DataValue value) {
    Object raw = value.getValue().getValue();
    if (value.getStatusCode().isBad()) {
      return OpcUaValues.name(value.getStatusCode());
    }
    if (raw == null) {
      return null;
    }
    String text =
        raw instanceof LocalizedText localized
            ? String.valueOf(localized.text())
            : raw instanceof Object[] array ? Arrays.toString(array) : raw.toString();
    return text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "..." : text;
  }

  private static CompletableFuture<List<@Nullable String>> units(
      OpcUaClient client, OpcUaLimits limits, List<NodeId> nodes) {
    List<BrowsePath> paths =
        nodes.stream()
            .map(
                node ->
                    new BrowsePath(
                        node,
                        new RelativePath(
                            new RelativePathElement[] {
                              new RelativePathElement(NodeIds.HasProperty, false, true, UNITS)
                            })))
            .toList();
    return client
        .translateBrowsePathsAsync(paths)
        .thenCompose(
            response -> {
              List<ReadValueId> properties = new ArrayList<>();
              for (BrowsePathResult result : response.getResults()) {
                properties.add(OpcUaLink.value(target(client, result)));
              }
              return limits.read(client, properties, TimestampsToReturn.Neither);
            })
        .thenApply(
            values -> {
              List<@Nullable String> units = new ArrayList<>();
              values.forEach(value -> units.add(unit(client, value)));
              return units;
            });
  }

  private static NodeId target(OpcUaClient client, BrowsePathResult result) {
    return result.getStatusCode().isGood() && result.getTargets() != null
        ? Arrays.stream(result.getTargets())
            .findFirst()
            .flatMap(target -> target.getTargetId().toNodeId(client.getNamespaceTable()))
            .orElse(NodeId.NULL_VALUE)
        : NodeId.NULL_VALUE;
  }

  private static @Nullable String unit(OpcUaClient client, DataValue value) {
    Object raw = value.getValue().getValue();
    Object unit =
        raw instanceof ExtensionObject encoded
            ? encoded.decode(client.getStaticEncodingContext())
            : raw;
    return unit instanceof EUInformation information ? OpcUaUnits.ucum(information) : null;
  }

  private static ReadValueId attribute(NodeId node, AttributeId attribute) {
    return new ReadValueId(node, attribute.uid(), null, QualifiedName.NULL_VALUE);
  }
}
