package io.caravanhub.hub.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The health of the asset that a device watches or stands for.
 *
 * @param page id of the device that stands for the asset, whose page shows what is derived
 * @param reasons what took points, most first
 */
public record AssetHealth(
    String asset, long score, String band, @Nullable String page, List<Reason> reasons) {

  /** What took points. */
  public record Reason(String points, String reason) {}
}
