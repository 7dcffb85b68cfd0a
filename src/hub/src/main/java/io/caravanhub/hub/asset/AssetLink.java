package io.caravanhub.hub.asset;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device's link with an asset that lasts.
 *
 * @param device the hub's id of the device
 * @param role primary, or what else the device is to the asset
 * @param port the device's port that the asset is at, or null for the whole device
 * @param names the asset's name of a device's metric; null keeps the metric from the asset
 * @param from when the link began, or null when it always was
 */
record AssetLink(
    String device,
    String role,
    @Nullable String port,
    Map<String, @Nullable String> names,
    @Nullable Instant from) {

  /** The role that a device has on one asset only at a time. */
  static final String PRIMARY = "primary";

  /** The role of the device that stands for the asset itself. */
  static final String DERIVED = "derived";

  boolean isPrimary() {
    return role.equals(PRIMARY);
  }

  /** The name of a device's metric on the asset, or null; as link_metric in the database has it. */
  @Nullable String metric(String key) {
    String name = key;
    if (port != null) {
      String ending = "_" + port;
      if (!key.endsWith(ending) || key.length() == ending.length()) {
        return null;
      }
      name = key.substring(0, key.length() - ending.length());
    }
    return names.containsKey(name) ? names.get(name) : name;
  }
}
