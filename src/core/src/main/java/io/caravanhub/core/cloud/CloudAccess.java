package io.caravanhub.core.cloud;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings and credentials of one connection. Used by one poll at a time. */
public interface CloudAccess {
  /** The setting or credential of this name, or null. */
  @Nullable String value(String name);

  /**
   * Keeps renewed credentials, durably before this returns: a cloud that rotates its refresh token
   * takes the old one no more.
   */
  void renew(Map<String, String> credentials);
}
