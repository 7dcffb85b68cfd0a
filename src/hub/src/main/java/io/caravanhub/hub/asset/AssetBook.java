package io.caravanhub.hub.asset;

import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.database.TenantScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The assets that have definitions, in memory, found by their devices. Brought up to date after
 * changes, of which the database tells, whichever hub or device made them; and now and then, for an
 * announcement may be lost. Thread-safe; who asks waits for nobody.
 */
@Component
class AssetBook {
  private static final String CHANNEL = "hub_assets";
  private static final long STALE_NANOS = 30_000_000_000L;

  private final JdbcClient jdbc;
  private final AssetBookRows rows;
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private volatile Map<AssetKey, WatchedAsset> assets = Map.of();
  private volatile Map<String, List<AssetKey>> byDevice = Map.of();
  private long readAt;
  private volatile boolean read;

  AssetBook(JdbcClient jdbc, AssetBookRows rows, Announcements announcements) {
    this.jdbc = jdbc;
    this.rows = rows;
    announcements.listen(CHANNEL, changed::add, () -> read = false);
  }

  /** The assets with a definition that a device watches, or null: most devices watch none. */
  @Nullable List<AssetKey> watchedBy(String device) {
    return byDevice.get(device);
  }

  @Nullable WatchedAsset asset(AssetKey key) {
    return assets.get(key);
  }

  /** An asset of the tenant in force as it is defined now, or null when it is not. */
  @Nullable WatchedAsset read(AssetKey key) {
    return rows.read(key);
  }

  /** An asset of the tenant in force as it would be under this definition, or null. */
  @Nullable WatchedAsset read(AssetKey key, AssetDefinition definition) {
    return rows.read(key, definition);
  }

  /** All assets that have definitions. */
  Iterable<WatchedAsset> all() {
    return assets.values();
  }

  /** To be called in the transaction of a change of definitions, links or assets. */
  void change(String tenant) {
    changed.add(tenant);
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationManager.registerSynchronization(
          new TransactionSynchronization() {
            @Override
            public void afterCommit() {
              changed.add(tenant);
            }
          });
    }
  }

  /**
   * Reads what has changed.
   *
   * @return the assets that are new or other than they were
   */
  synchronized List<AssetKey> refresh(long nanoTime) {
    boolean all = !read || nanoTime - readAt > STALE_NANOS;
    // Before it reads: what is missed meanwhile is read the next time.
    read = true;
    Set<String> tenants = new HashSet<>(changed);
    if (all) {
      // Those that have none any more are known here.
      assets.keySet().forEach(key -> tenants.add(key.tenant()));
      tenants.addAll(tenants());
    }
    if (tenants.isEmpty()) {
      return List.of();
    }
    changed.removeAll(tenants);
    try {
      List<AssetKey> other = replace(tenants);
      if (all) {
        readAt = nanoTime;
      }
      return other;
    } catch (RuntimeException e) {
      read = read && !all;
      changed.addAll(tenants);
      throw e;
    }
  }

  private List<String> tenants() {
    try {
      return jdbc.sql("select tenants_with_asset_definitions()").query(String.class).list();
    } catch (RuntimeException e) {
      read = false;
      throw e;
    }
  }

  private List<AssetKey> replace(Set<String> tenants) {
    Map<AssetKey, WatchedAsset> before = assets;
    Map<AssetKey, WatchedAsset> after = new HashMap<>(before);
    after.keySet().removeIf(key -> tenants.contains(key.tenant()));
    List<AssetKey> other = new ArrayList<>();
    for (String tenant : tenants) {
      for (WatchedAsset asset : TenantScope.call(tenant, () -> rows.read(tenant))) {
        after.put(asset.key(), asset);
        if (!Objects.equals(asset, before.get(asset.key()))) {
          other.add(asset.key());
        }
      }
    }
    Map<String, List<AssetKey>> devices = new HashMap<>();
    for (WatchedAsset asset : after.values()) {
      for (AssetLink link : asset.links()) {
        List<AssetKey> keys = devices.computeIfAbsent(link.device(), d -> new ArrayList<>(1));
        if (!keys.contains(asset.key())) {
          keys.add(asset.key());
        }
      }
    }
    assets = after;
    byDevice = devices;
    return other;
  }
}
