package io.caravanhub.core.stream;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.caravanhub.core.cloud.Part;
import java.util.List;

/**
 * A message that was taken apart.
 *
 * @param kind what it is
 * @param parts the devices in it; those without a device are here too
 */
public record Sorted(MessageKind kind, List<Part> parts) {
  /** A message that is not written as declared; its part has the device, if the topic names it. */
  static Sorted unread(MessageKind kind, String device) {
    return new Sorted(kind, List.of(new Part(device, MissingNode.getInstance())));
  }

  public Sorted {
    parts = List.copyOf(parts);
  }

  /** Whether the payload could not be read. */
  public boolean isUnread() {
    return parts.size() == 1 && parts.get(0).json().isMissingNode();
  }
}
