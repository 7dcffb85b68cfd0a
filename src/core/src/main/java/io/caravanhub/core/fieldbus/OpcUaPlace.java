package io.caravanhub.core.fieldbus;

import org.eclipse.milo.opcua.stack.core.NamespaceTable;
import org.eclipse.milo.opcua.stack.core.types.builtin.ExpandedNodeId;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;

/**
 * A variable of an OPC UA server, and how changes of it are asked for (Part 4, clause 5.12.1).
 *
 * @param node its node id in string form (Part 6, clause 5.3.1.10); {@code nsu=} names the
 *     namespace by its URI
 * @param sampling sampling interval in milliseconds; -1 for the publishing interval
 * @param queue how many changes the server keeps between two notifications; 0 to let the sampling
 *     decide
 * @param discardOldest which end of a full queue the server drops
 * @param deadband smallest change that is told, in raw units or percent of the range; 0 for any
 * @param percent whether the deadband is in percent of the variable's EURange
 */
record OpcUaPlace(
    String node,
    double sampling,
    int queue,
    boolean discardOldest,
    double deadband,
    boolean percent)
    implements PointPlace {
  private static final String BY_URI = "nsu=";

  static OpcUaPlace of(DevicePoint point) {
    return (OpcUaPlace) point.place();
  }

  /** Whether a text is a node id. */
  static boolean isNode(String text) {
    return text.startsWith(BY_URI)
        ? text.indexOf(';') > BY_URI.length() && isNode(text.substring(text.indexOf(';') + 1))
        : NodeId.parseSafe(text).isPresent();
  }

  /** The node id in a server's own table; the null id when the server has no such namespace. */
  NodeId id(NamespaceTable namespaces) {
    return id(node, namespaces);
  }

  static NodeId id(String node, NamespaceTable namespaces) {
    return node.startsWith(BY_URI)
        ? ExpandedNodeId.parse(node).toNodeId(namespaces).orElse(NodeId.NULL_VALUE)
        : NodeId.parse(node);
  }

  // The map does not know the variable's type; the write looks at it.
  @Override
  public boolean isSwitch() {
    return true;
  }

  @Override
  public String shown() {
    return node;
  }
}
