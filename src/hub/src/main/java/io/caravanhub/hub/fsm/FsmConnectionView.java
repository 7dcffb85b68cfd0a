package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmAdapter;
import io.caravanhub.core.fsm.FsmProduct;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** FSM connections and adapters as the API shows them; secrets are masked. Thread-safe. */
@Component
class FsmConnectionView {
  private final JdbcClient jdbc;
  private final FsmProducts products;
  private final FsmLines lines;
  private final ConnectionSettings settings;

  FsmConnectionView(
      JdbcClient jdbc, FsmProducts products, FsmLines lines, ConnectionSettings settings) {
    this.jdbc = jdbc;
    this.products = products;
    this.lines = lines;
    this.settings = settings;
  }

  Map<String, Object> of(FsmConnection connection) {
    @Nullable FsmAdapter adapter = products.find(connection.product()).orElse(null);
    FsmLine line =
        connection.enabled()
            ? lines
                .line(connection.tenant())
                .filter(l -> java.util.Objects.equals(l.connection().id(), connection.id()))
                .orElse(null)
            : null;
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", connection.id() == null ? null : connection.id().toString());
    view.put("product", connection.product());
    view.put("name", connection.name());
    view.put("state", connection.enabled() ? "enabled" : "paused");
    view.put("join", connection.join());
    view.put("settings", adapter == null ? Map.of() : shown(connection, adapter));
    view.put("health", health(connection, adapter, line));
    view.put("breaker", line == null ? null : line.breaker());
    view.put(
        "last_success_at",
        connection.lastSuccess() == null ? null : connection.lastSuccess().toString());
    view.put("last_error", connection.lastError());
    view.put("changed_since", connection.changedSince().toString());
    view.put(
        "callback",
        adapter == null || adapter.product().callback() == null
            ? null
            : "/hooks/" + connection.tenant() + "/fsm/" + connection.product());
    view.put("actions", connection.enabled() ? counts() : null);
    return view;
  }

  private Map<String, Object> shown(FsmConnection connection, FsmAdapter adapter) {
    Map<String, String> secret;
    try {
      secret = settings.open(connection.owner(), connection.credentials());
    } catch (SecretException e) {
      secret = new TreeMap<>();
    }
    return settings.shown(adapter.product().settings(), connection.settings(), secret);
  }

  private Map<String, Long> counts() {
    return jdbc.sql(
            """
            select count(*) filter (where state in ('PLANNED', 'SENDING')) as waiting, count(*) filter (where state = 'UNKNOWN') as unknown,
                   count(*) filter (where state = 'HELD') as held, count(*) filter (where state = 'DEAD') as dead,
                   count(*) filter (where state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')) as open
              from actions where state in ('PLANNED', 'SENDING', 'UNKNOWN', 'HELD', 'DEAD', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')\
            """)
        .query(
            (row, n) -> {
              Map<String, Long> counts = new LinkedHashMap<>();
              for (String what : List.of("waiting", "unknown", "held", "dead", "open")) {
                counts.put(what, row.getLong(what));
              }
              return counts;
            })
        .single();
  }

  private static String health(
      FsmConnection connection, @Nullable FsmAdapter adapter, @Nullable FsmLine line) {
    if (adapter == null) {
      return "refused";
    }
    if (!connection.enabled()) {
      return "paused";
    }
    if (line == null) {
      return "failing";
    }
    if (line.breaker().equals("OPEN")) {
      return "resting";
    }
    if (line.trouble() != null) {
      return "failing";
    }
    return connection.lastSuccess() == null && !line.proved() ? "new" : "good";
  }

  static Map<String, Object> product(String name, FsmProducts.Known known) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", name);
    view.put("state", known.problem() == null ? "loaded" : "refused");
    view.put("reason", known.problem());
    if (known.adapter() != null) {
      FsmProduct product = known.adapter().product();
      view.put("title", product.title());
      view.put("description", product.description());
      view.put("provider", product.provider());
      view.put("settings", product.settings());
      Map<String, Object> kinds = new TreeMap<>();
      product.kinds().forEach((kind, calls) -> kinds.put(kind, calls.idempotency()));
      product
          .instead()
          .forEach((kind, as) -> product.kind(as).ifPresent(k -> kinds.put(kind, k.idempotency())));
      view.put("kinds", kinds);
      view.put("callbacks", product.callback() != null);
      view.put("polled", product.changes() != null);
    }
    return view;
  }
}
