package io.caravanhub.core.cloud;

import java.util.List;

/**
 * One answer of a cloud, taken apart.
 *
 * @param request what was asked
 * @param parts the devices in it; those without a device are here too
 * @param bytes how long the answer was
 */
public record Fetched(CloudRequest request, List<Part> parts, int bytes) {
  public Fetched {
    parts = List.copyOf(parts);
  }
}
