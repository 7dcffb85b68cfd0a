package io.caravanhub.hub.rules;

import org.jspecify.annotations.Nullable;

/**
 * The devices a rule is for. Every field that is given must match; a rule without any is global.
 *
 * @param deviceType for instance {@code rooftop_unit}
 * @param manufacturer narrows a model, whose names repeat between makers
 * @param model as in the registry
 * @param asset id of the asset the device watches, or the device's own id or serial
 */
public record RuleScope(
    @Nullable String deviceType,
    @Nullable String manufacturer,
    @Nullable String model,
    @Nullable String asset) {

  /** All devices. */
  public static final RuleScope GLOBAL = new RuleScope(null, null, null, null);

  /** Whether the device is in the scope. */
  public boolean covers(RuleDevice device) {
    return (deviceType == null || deviceType.equals(device.type()))
        && (manufacturer == null || manufacturer.equals(device.manufacturer()))
        && (model == null || model.equals(device.model()))
        && (asset == null
            || asset.equals(device.asset())
            || asset.equals(device.id())
            || asset.equals(device.serial()));
  }

  /** How near the scope is to one asset: of two rules with one id the nearer is in force. */
  public int nearness() {
    return (asset == null ? 0 : 8)
        + (model == null ? 0 : 4)
        + (manufacturer == null ? 0 : 2)
        + (deviceType == null ? 0 : 1);
  }
}
