package io.caravanhub.hub.fsm;

import io.caravanhub.core.address.GatedHttp;
import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.fsm.FsmAdapter;
import io.caravanhub.core.fsm.FsmClient;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.database.TenantScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Which connection a tenant's actions go over: its own that is enabled, or, for one tenant that
 * never had one enabled, the address of HUB_FSM_URL. A change is seen within two seconds.
 * Thread-safe.
 */
@Component
class FsmLines {
  private static final Logger LOG = LoggerFactory.getLogger(FsmLines.class);
  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final Duration IN_USE = Duration.ofMinutes(2);

  private final FsmConnectionRows rows;
  private final FsmProducts products;
  private final ConnectionSettings settings;
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final GatedHttp http;
  private final GatedHttp anywhere = new GatedHttp(FsmAddresses.OPERATOR, FsmClient.LARGEST_ANSWER);
  private final Duration longestSettle;
  private final String url;
  private final String product;
  private final String defaultTenant;
  private final @Nullable Duration timeout;
  private final MeterRegistry meters;

  /** What was found when; looked at anew when that is long ago or stale. */
  private record Known(
      Instant looked,
      boolean stale,
      @Nullable UUID id,
      Instant updatedAt,
      @Nullable FsmAdapter adapter,
      Optional<FsmLine> line) {
    Known stale(Instant at) {
      return new Known(at, true, id, updatedAt, adapter, line);
    }
  }

  /** One whose calls nobody counts. */
  FsmLines(
      FsmConnectionRows rows,
      FsmProducts products,
      ConnectionSettings settings,
      String url,
      String product,
      String defaultTenant,
      long timeoutMillis,
      Duration longestSettle,
      FsmAddresses addresses) {
    this(
        rows,
        products,
        settings,
        url,
        product,
        defaultTenant,
        timeoutMillis,
        longestSettle,
        addresses,
        new CompositeMeterRegistry());
  }

  /**
   * @param longestSettle how long at most an order of unknown fate is left to appear
   * @param addresses where connections may be; HUB_FSM_URL may be anywhere
   */
  @Autowired
  FsmLines(
      FsmConnectionRows rows,
      FsmProducts products,
      ConnectionSettings settings,
      @Value("${hub.fsm.url:}") String url,
      @Value("${hub.fsm.adapter:default}") String product,
      @Value("${hub.fsm.tenant:default}") String defaultTenant,
      @Value("${hub.fsm.timeout:0}") long timeoutMillis,
      @Value("${hub.fsm.settle.longest:PT1M}") Duration longestSettle,
      FsmAddresses addresses,
      MeterRegistry meters) {
    this.meters = meters;
    this.longestSettle = longestSettle;
    this.http = new GatedHttp(addresses.gate(), FsmClient.LARGEST_ANSWER);
    this.rows = rows;
    this.products = products;
    this.settings = settings;
    this.url = url;
    this.product = product;
    this.defaultTenant = defaultTenant;
    this.timeout = timeoutMillis > 0 ? Duration.ofMillis(timeoutMillis) : null;
  }

  /** The line of a tenant; empty while it has none, and its actions wait. */
  Optional<FsmLine> line(String tenant) {
    Known last = known.get(tenant);
    if (last != null && !last.stale() && last.looked().plus(FRESH).isAfter(Instant.now())) {
      return last.line();
    }
    Known looked =
        known.compute(
            tenant, (name, before) -> TenantScope.call(tenant, () -> look(before, tenant)));
    return looked == null ? Optional.empty() : looked.line();
  }

  /** The one of HUB_FSM_URL, while the tenant never had one of its own enabled. */
  Optional<FsmConnection> inherited(String tenant) {
    return Optional.ofNullable(byDefault(tenant));
  }

  /** Forgets what is known of a tenant, after a change: its line is out of use until asked for. */
  void forget(String tenant) {
    known.computeIfPresent(tenant, (name, k) -> k.stale(Instant.EPOCH));
  }

  /** A tenant's connection may have changed elsewhere. */
  void renew(String tenant) {
    known.computeIfPresent(tenant, (name, k) -> k.stale(k.looked()));
  }

  /** Any tenant's connection may have changed. */
  void renew() {
    known.keySet().forEach(this::renew);
  }

  /**
   * The lines that somebody asked for in the last two minutes. The breaker of one that nobody uses
   * any more, as of a paused connection, stays as it was for ever.
   */
  List<FsmLine> inUse() {
    Instant since = Instant.now().minus(IN_USE);
    return known.values().stream()
        .filter(k -> k.looked().isAfter(since))
        .flatMap(k -> k.line().stream())
        .toList();
  }

  /** A line that is used for one test. */
  Optional<FsmLine> trial(FsmConnection connection) {
    return products.find(connection.product()).map(a -> open(connection, a));
  }

  /** Nothing is kept for a tenant without a connection: anybody may ask for any tenant's name. */
  private @Nullable Known look(@Nullable Known before, String tenant) {
    FsmConnection connection = rows.enabled().orElseGet(() -> byDefault(tenant));
    if (connection == null) {
      return null;
    }
    FsmAdapter adapter = products.find(connection.product()).orElse(null);
    if (before != null
        && before.line().isPresent()
        && java.util.Objects.equals(before.id(), connection.id())
        && before.updatedAt().equals(connection.updatedAt())
        && before.adapter() == adapter) {
      return new Known(
          Instant.now(), false, before.id(), before.updatedAt(), adapter, before.line());
    }
    Optional<FsmLine> line = Optional.empty();
    try {
      line = Optional.ofNullable(adapter).map(a -> open(connection, a));
    } catch (RuntimeException e) {
      if (before == null || !before.updatedAt().equals(connection.updatedAt())) {
        LOG.error("FSM {} cannot be used: {}", connection.name(), e.getMessage());
      }
    }
    return new Known(Instant.now(), false, connection.id(), connection.updatedAt(), adapter, line);
  }

  private @Nullable FsmConnection byDefault(String tenant) {
    return url.isBlank() || !tenant.equals(defaultTenant) || rows.anyUsed()
        ? null
        : new FsmConnection(
            null,
            tenant,
            product,
            url,
            true,
            "person",
            Map.of("url", url),
            null,
            Instant.EPOCH,
            Instant.EPOCH,
            null,
            null);
  }

  private FsmLine open(FsmConnection connection, FsmAdapter adapter) {
    Access access =
        new Access(connection, settings.open(connection.owner(), connection.credentials()));
    UUID id = connection.id();
    return new FsmLine(
        connection,
        longestSettle,
        new FsmClient(adapter, access, id == null ? anywhere : http, Clock.systemUTC(), timeout),
        meters,
        error -> {
          if (id != null) {
            TenantScope.run(connection.tenant(), () -> rows.went(id, error));
          }
        });
  }

  /** Settings and opened credentials; renewed tokens are sealed and kept. */
  private final class Access implements CloudAccess {
    private final FsmConnection connection;
    private final Map<String, String> credentials;

    Access(FsmConnection connection, Map<String, String> credentials) {
      this.connection = connection;
      this.credentials = new ConcurrentHashMap<>(credentials);
    }

    @Override
    public @Nullable String value(String name) {
      String secret = credentials.get(name);
      return secret == null ? connection.settings().get(name) : secret;
    }

    @Override
    public void renew(Map<String, String> renewed) {
      credentials.putAll(renewed);
      UUID id = connection.id();
      if (id != null) {
        byte[] sealed = settings.seal(connection.owner(), new TreeMap<>(credentials));
        TenantScope.run(connection.tenant(), () -> rows.credentials(id, sealed));
      }
    }
  }
}
