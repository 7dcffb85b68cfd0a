package io.caravanhub.hub.asset;

import java.util.List;
import java.util.Map;

/**
 * An asset that has a definition.
 *
 * @param type its asset type
 * @param metadata what formulas see as {@code $metadata}
 * @param definition of its type and its own, joined
 * @param judgedBy where the definition is from, for instance {@code type:chiller v3}
 * @param links of its devices that last, primary ones last, so that their values count
 */
record WatchedAsset(
    AssetKey key,
    String type,
    Map<String, Object> metadata,
    AssetDefinition definition,
    String judgedBy,
    List<AssetLink> links) {

  WatchedAsset {
    links = List.copyOf(links);
  }
}
