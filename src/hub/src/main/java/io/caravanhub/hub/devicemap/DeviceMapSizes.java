package io.caravanhub.hub.devicemap;

import io.caravanhub.hub.api.ProblemException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** How large a map and a list of tags may be, so that one takes no time from other tenants. */
final class DeviceMapSizes {
  private static final int MAP = 1 << 20;
  private static final int LIST = 2 << 20;

  private DeviceMapSizes() {}

  static void requireMap(String field, @Nullable String text) {
    require(field, text, MAP, "a device map has at most 1 MiB; divide it by devices or intervals");
  }

  static void requireList(String field, @Nullable String text) {
    require(field, text, LIST, "a list of tags has at most 2 MiB; divide it");
  }

  private static void require(String field, @Nullable String text, int most, String told) {
    if (text != null
        && (text.length() > most || text.getBytes(StandardCharsets.UTF_8).length > most)) {
      throw ProblemException.tooLarge(field, told);
    }
  }
}
