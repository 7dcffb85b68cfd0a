package io.caravanhub.hub.database;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tenant that this thread works for. Every connection of the application role carries it into
 * row-level security.
 */
public final class TenantScope {
  private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

  private TenantScope() {}

  /** The tenant in force, or null when none is; then no tenant's row can be seen. */
  public static @Nullable String current() {
    return CURRENT.get();
  }

  /** Runs the work as the tenant and restores what was before, also after an exception. */
  public static <T extends @Nullable Object> T call(String tenant, Supplier<T> work) {
    String before = CURRENT.get();
    CURRENT.set(tenant);
    try {
      return work.get();
    } finally {
      restore(before);
    }
  }

  /** As {@link #call}, without a result. */
  public static void run(String tenant, Runnable work) {
    TenantScope.<@Nullable Void>call(
        tenant,
        () -> {
          work.run();
          return null;
        });
  }

  /** Enters a tenant for a request; the caller must {@link #leave} in a finally block. */
  public static void enter(String tenant) {
    CURRENT.set(tenant);
  }

  /** Ends what {@link #enter} began. */
  public static void leave() {
    CURRENT.remove();
  }

  private static void restore(@Nullable String before) {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
  }
}
