package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.database.TenantScope;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * The device types of every tenant, from memory: asked for every message. A change of this hub
 * counts at once, one of another hub when it is announced. Thread-safe.
 */
@Component("deviceTypes")
public class DeviceTypes implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceTypes.class);

  private final DeviceTypeRows rows;
  private final Map<String, Map<String, Profile>> tenants = new ConcurrentHashMap<>();
  private final Set<String> stale = ConcurrentHashMap.newKeySet();
  private final ExecutorService reading =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "device-types");
            thread.setDaemon(true);
            return thread;
          });

  public DeviceTypes(DeviceTypeRows rows) {
    this.rows = rows;
  }

  /** The type of this name, or null when the tenant has not described it. */
  public @Nullable Profile find(String tenant, String name) {
    Map<String, Profile> known = tenants.get(tenant);
    if (known == null) {
      known = read(tenant);
      tenants.put(tenant, known);
    }
    return known.get(name);
  }

  /** To be called when a change of the tenant's types is committed. */
  public void forget(String tenant) {
    // Read before it replaces what was, that no message finds nothing.
    tenants.put(tenant, read(tenant));
  }

  /** The tenant's types are other than they were, by another hub perhaps: they are read soon. */
  public void heard(String tenant) {
    if (tenants.containsKey(tenant) && stale.add(tenant)) {
      reading.execute(() -> renew(tenant));
    }
  }

  private void renew(String tenant) {
    stale.remove(tenant);
    try {
      forget(tenant);
    } catch (DataAccessException | CannotCreateTransactionException e) {
      // The database is away, which others tell; the next message asks for them.
      LOG.debug("The types of {} are not read now", tenant, e);
      tenants.remove(tenant);
    }
  }

  /** Any tenant's may have changed. */
  public void heard() {
    tenants.keySet().forEach(this::heard);
  }

  @Override
  public void destroy() {
    reading.shutdownNow();
  }

  private Map<String, Profile> read(String tenant) {
    return TenantScope.call(tenant, rows::profiles);
  }
}
