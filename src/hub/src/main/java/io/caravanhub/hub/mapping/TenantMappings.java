package io.caravanhub.hub.mapping;

import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.mapping.MappingUse;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.mapping.MappingInUse.InForce;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/**
 * The mappings that tenants use now, out of memory. A name is looked up in the database when it is
 * first used, and again when the database announces a version of it, when its file has changed, and
 * now and then in case an announcement was missed. A version is compiled before messages see it,
 * and each message is mapped by one version; one that cannot be had leaves the last in force.
 * Thread-safe.
 */
@Component
@Primary
public class TenantMappings implements MappingCatalog, DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(TenantMappings.class);
  private static final String CHANNEL = "hub_mappings";
  private static final Duration LOOK = Duration.ofSeconds(15);
  private static final long TRY_AGAIN_NANOS = 1_000_000_000L;
  private static final int NAMES_MAX = 50_000;
  private static final int NAME_LENGTH_MAX = 200;
  private static final InForce NOTHING = new InForce(null, null, null, null);

  /** Payloads of all mappings together, about. */
  private static final int PAYLOAD_BYTES = 64 << 20;

  private static final int RING_BYTES = 1 << 20;

  /** Rows of telemetry have room for ids up to a third more than this. */
  private static final int ID_WARNING = 3 << 20;

  private final FolderMappingCatalog files;
  private final MappingStore store;
  private final MappingMeters meters;
  private final Map<Name, MappingInUse> names = new ConcurrentHashMap<>();
  private final PayloadRoom payloads = new PayloadRoom(PAYLOAD_BYTES);
  private final LinkedBlockingQueue<String> announced = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::follow, "mapping-versions");
  private final ThreadLocal<@Nullable Apart> apart = new ThreadLocal<>();
  private volatile boolean closed;

  /** Names of files that were there when they were last looked at; of one thread. */
  private Set<String> seen;

  /** Work of this thread that is not counted, with another version of one mapping if need be. */
  private record Apart(String tenant, @Nullable String name, @Nullable Mapping instead) {}

  public TenantMappings(
      FolderMappingCatalog files,
      MappingStore store,
      MappingMeters meters,
      Announcements announcements) {
    this.files = files;
    this.meters = meters;
    this.seen = Set.copyOf(files.names());
    this.store = store;
    thread.setDaemon(true);
    thread.start();
    announcements.listen(CHANNEL, announced::add, () -> announced.add(""));
  }

  private record Name(String tenant, String name) {
    // What a record brings by itself is several times slower, and this is asked for every message.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name that && name.equals(that.name) && tenant.equals(that.tenant);
    }

    @Override
    public int hashCode() {
      return 31 * tenant.hashCode() + name.hashCode();
    }
  }

  /** The file of this name, whatever tenants have made of it. */
  @Override
  public Optional<MappingSource> find(String name) {
    return files.find(name);
  }

  @Override
  public Optional<MappingSource> find(String tenant, String name) {
    Apart work = apart.get();
    if (work != null && name.equals(work.name) && tenant.equals(work.tenant)) {
      return Optional.ofNullable(work.instead).map(Mapping::source);
    }
    InForce now = inForce(tenant, name);
    if (now.mapping() != null) {
      return Optional.of(now.mapping().source());
    }
    return now.version() == null ? Optional.empty() : Optional.of(now.version().source());
  }

  @Override
  public Optional<Mapping> compiled(String tenant, String name) {
    Apart work = apart.get();
    if (work != null && name.equals(work.name) && tenant.equals(work.tenant)) {
      return Optional.ofNullable(work.instead);
    }
    InForce now = inForce(tenant, name);
    if (now.problem() != null) {
      throw now.problem();
    }
    return Optional.ofNullable(now.mapping());
  }

  /**
   * The version in force, or null when the tenant has none of this name; then the name is not
   * remembered, for anybody may ask for any.
   */
  @Nullable MappingVersion version(String tenant, String name) {
    InForce now = inForce(tenant, name);
    if (now.mapping() == null && now.problem() == null) {
      forget(new Name(tenant, name));
    }
    return now.version();
  }

  @Override
  public Optional<PayloadFormat> format(String name) {
    return files.format(name);
  }

  /**
   * Does work on this thread that is not counted: messages of the past.
   *
   * @param name a mapping that is another for that work, or null
   * @param instead what it is then
   */
  public void apart(
      String tenant, @Nullable String name, @Nullable Mapping instead, Runnable work) {
    apart.set(new Apart(tenant, name, instead));
    try {
      work.run();
    } finally {
      apart.remove();
    }
  }

  @Override
  public void used(MappingUse use) {
    if (apart.get() != null) {
      return;
    }
    MappingInUse counted = names.get(new Name(use.tenant(), use.mapping().source().name()));
    if (counted == null) {
      return;
    }
    counted.nanos.add(use.nanos());
    MappingMeters.Counts counts = counts(counted);
    MappingException failure = use.failure();
    if (failure == null) {
      counted.matched.increment();
      counts.matched().increment();
      if (use.payload() instanceof byte[] payload) {
        counted.payloads.add(System.currentTimeMillis(), use.device(), payload);
      } else if (use.payload() != null) {
        counted.parts.keep(System.currentTimeMillis(), use.device(), use.payload());
      }
    } else if (failure.foundNothing()) {
      counted.unmatched.increment();
      counts.unmatched().increment();
    } else {
      counted.failed.increment();
      counts.failed().increment();
    }
  }

  @Override
  public void refused(String tenant, String name) {
    MappingInUse counted = names.get(new Name(tenant, name));
    if (counted != null && apart.get() == null) {
      counted.matched.decrement();
      counted.failed.increment();
      counts(counted).refused().increment();
    }
  }

  private MappingMeters.Counts counts(MappingInUse counted) {
    MappingMeters.Counts counts = counted.counts;
    if (counts == null) {
      counts = meters.of(counted.name);
      counted.counts = counts;
    }
    return counts;
  }

  /** How a mapping fares in this hub, or null when no message has asked for it. */
  @Nullable MappingInUse use(String tenant, String name) {
    return names.get(new Name(tenant, name));
  }

  private InForce inForce(String tenant, String name) {
    if (name.length() > NAME_LENGTH_MAX) {
      return NOTHING;
    }
    Name key = new Name(tenant, name);
    MappingInUse use = names.get(key);
    if (use == null) {
      use = enter(key);
    }
    InForce now = use.inForce;
    if (now != null && (!now.followsFile() || files.find(name).orElse(null) == now.file())) {
      return now;
    }
    return look(use, now);
  }

  private MappingInUse enter(Name key) {
    if (names.size() > NAMES_MAX) {
      // Some have to go, and the counts and payloads of the others stay.
      names.keySet().stream().limit(NAMES_MAX / 16).toList().forEach(this::forget);
    }
    PayloadRing ring = payloads.ring(RING_BYTES);
    MappingInUse fresh = new MappingInUse(key.tenant, key.name, ring);
    MappingInUse other = names.putIfAbsent(key, fresh);
    if (other != null) {
      payloads.close(ring);
      return other;
    }
    return fresh;
  }

  private void forget(Name name) {
    MappingInUse gone = names.remove(name);
    if (gone != null) {
      payloads.close(gone.payloads);
    }
  }

  /** The first message waits for the database; later ones go on with what they have meanwhile. */
  private InForce look(MappingInUse use, @Nullable InForce last) {
    if (last != null && (use.notBefore - System.nanoTime() > 0 || !use.changing.tryLock())) {
      return last;
    }
    if (last == null) {
      use.changing.lock();
    }
    try {
      InForce now = use.inForce;
      return now != null && now != last ? now : renew(use);
    } catch (RuntimeException e) {
      if (last == null) {
        throw e;
      }
      use.notBefore = System.nanoTime() + TRY_AGAIN_NANOS;
      return last;
    } finally {
      use.changing.unlock();
    }
  }

  /** Takes what is published into force; the caller holds the lock. */
  private InForce renew(MappingInUse use) {
    InForce last = use.inForce;
    MappingSource file = files.find(use.name).orElse(null);
    MappingVersion version =
        use.tenant.isEmpty()
            ? null
            : TenantScope.<@Nullable MappingVersion>call(
                use.tenant, () -> version(use.name, file, last));
    InForce next = compile(version, file, last);
    if (next.id() != (last == null ? 0 : last.id()) && next.version() != null) {
      LOG.info(
          "mapping {} of tenant {}: version {} of {} is in use",
          use.name,
          use.tenant,
          next.version().version(),
          next.version().author());
      if (next.id() > ID_WARNING) {
        LOG.warn(
            "{} versions of mappings were made; rows of telemetry cannot name those from {} on",
            next.id(),
            1 << 22);
      }
    }
    use.inForce = next;
    return next;
  }

  private @Nullable MappingVersion version(
      String name, @Nullable MappingSource file, @Nullable InForce last) {
    MappingVersion published = store.published(name).orElse(null);
    if (file == null || published != null && (!published.followsFile() || published.holds(file))) {
      return published;
    }
    // Another hub on this database follows a file of its own; this one stays with what it has.
    if (last != null && last.version() != null && last.followsFile() && last.file() == file) {
      return last.version();
    }
    return store.record(file);
  }

  private static InForce compile(
      @Nullable MappingVersion version, @Nullable MappingSource file, @Nullable InForce last) {
    if (version == null) {
      return new InForce(null, file, file == null ? null : Mapping.compile(file), null);
    }
    if (version.followsFile() && file == null) {
      return new InForce(null, null, null, null);
    }
    if (last != null && last.mapping() != null && last.id() == version.id()) {
      return new InForce(version, file, last.mapping(), null);
    }
    try {
      return new InForce(version, file, Mapping.compile(version.source()), null);
    } catch (MappingException e) {
      LOG.error(
          "version {} of mapping {} cannot be used by this hub",
          version.version(),
          version.name(),
          e);
      return last != null && last.mapping() != null
          ? new InForce(last.version(), file, last.mapping(), null)
          : new InForce(version, file, null, e);
    }
  }

  /** Takes what was published through this hub into force before its caller is answered. */
  public void publishedHere(String tenant, String name) {
    try {
      changed(tenant, name);
    } catch (RuntimeException e) {
      LOG.warn("what was published of mapping {} is not in force yet: {}", name, e.getMessage());
      announced.add("");
    }
  }

  private void changed(String tenant, String name) {
    MappingInUse use = names.get(new Name(tenant, name));
    if (use == null) {
      return;
    }
    use.changing.lock();
    try {
      renew(use);
    } finally {
      use.changing.unlock();
    }
  }

  private void follow() {
    long due = System.nanoTime() + LOOK.toNanos();
    while (!closed) {
      try {
        String change = announced.poll(Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        seen = lookAtNew(seen);
        int space = change == null ? -1 : change.indexOf(' ');
        if (space > 0) {
          changed(change.substring(0, space), change.substring(space + 1));
        }
        if (space <= 0 || due - System.nanoTime() <= 0) {
          lookAtAll();
          due = System.nanoTime() + LOOK.toNanos();
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        // What was missed is made up for soon, however much is announced meanwhile.
        due = System.nanoTime() + TRY_AGAIN_NANOS;
        LOG.warn("Mappings cannot be looked for now: {}", e.getMessage());
      }
    }
  }

  /** A file that somebody drops in is compiled and told of before a message asks for it. */
  private Set<String> lookAtNew(Set<String> known) {
    Set<String> now = Set.copyOf(files.names());
    now.stream().filter(name -> !known.contains(name)).forEach(files::find);
    return now;
  }

  private void lookAtAll() {
    names.keySet().stream()
        .map(Name::tenant)
        .filter(tenant -> !tenant.isEmpty())
        .distinct()
        .toList()
        .forEach(
            tenant -> {
              Map<String, Integer> ids = TenantScope.call(tenant, store::publishedIds);
              names.forEach(
                  (name, use) -> {
                    InForce now = use.inForce;
                    if (name.tenant.equals(tenant)
                        && now != null
                        && now.id() != ids.getOrDefault(name.name, 0)) {
                      changed(tenant, name.name);
                    }
                  });
            });
  }

  @Override
  public void destroy() {
    closed = true;
    thread.interrupt();
  }
}
