package io.caravanhub.hub.registry;

import io.caravanhub.core.rule.RuleDevice;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline needs to know of a device.
 *
 * @param key surrogate that telemetry rows carry
 * @param mapping name of the mapping set for this device, or null to look one up by manufacturer
 *     and model
 * @param modelMapping the mapping's name by manufacturer and model, when there is one
 * @param gateway the gateway that may speak for it, or null
 * @param asset the asset it watches now (its primary binding), or null
 * @param parent the device whose messages hold this one's readings, or null
 */
public record Device(
    UUID id,
    int key,
    String tenant,
    String serial,
    String deviceType,
    String manufacturer,
    String model,
    @Nullable String mapping,
    String modelMapping,
    @Nullable UUID gateway,
    @Nullable String asset,
    String status,
    @Nullable UUID parent) {

  private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^a-z0-9]+");

  /** {@code manufacturer/model} as files under mappings/ are named. */
  public static String modelMapping(String manufacturer, String model) {
    return slug(manufacturer) + "/" + slug(model);
  }

  private static String slug(String text) {
    return NOT_IN_A_NAME.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
  }

  /** The device as rules see it. */
  public RuleDevice forRules() {
    return new RuleDevice(tenant, id.toString(), serial, deviceType, manufacturer, model, asset);
  }

  /** Whether the device may deliver telemetry. */
  public boolean isActive() {
    return status.equals("active") || status.equals("maintenance");
  }
}
