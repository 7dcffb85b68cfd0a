package io.caravanhub.hub.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Which assets an asset of the thread's tenant is part of. */
final class AssetLineage {
  private AssetLineage() {}

  /** Itself first, up to one that was met before. */
  static List<String> of(JdbcClient jdbc, String asset) {
    List<String> lineage = new ArrayList<>();
    String at = asset;
    while (at != null && !lineage.contains(at)) {
      lineage.add(at);
      at = parent(jdbc, at).orElse(null);
    }
    if (at != null) {
      lineage.add(at);
    }
    return lineage;
  }

  /**
   * What is wrong with it as a scope: the way by which it is part of itself; empty when nothing.
   */
  static Optional<String> circle(JdbcClient jdbc, String asset) {
    List<String> lineage = of(jdbc, asset);
    return lineage.stream().distinct().count() < lineage.size()
        ? Optional.of("is part of itself: " + String.join(" in ", lineage))
        : Optional.empty();
  }

  private static Optional<String> parent(JdbcClient jdbc, String asset) {
    return jdbc.sql("select parent_id from assets where id = ? and parent_id is not null")
        .param(asset)
        .query(String.class)
        .optional();
  }
}
