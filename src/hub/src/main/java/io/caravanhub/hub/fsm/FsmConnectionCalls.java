package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmAdapter;
import io.caravanhub.core.fsm.FsmAnswer;
import io.caravanhub.core.fsm.FsmCall;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.registry.Audit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The calls of the API for FSM connections. Secrets go in and never come out, not even to the audit
 * log. Thread-safe.
 */
@Component("fsmConnections")
public class FsmConnectionCalls {
  private static final List<String> FIELDS = List.of("product", "name", "settings", "join");

  private final FsmConnectionRows rows;
  private final FsmConnectionView views;
  private final FsmProducts products;
  private final FsmLines lines;
  private final ConnectionSettings settings;
  private final FsmAddresses addresses;
  private final Audit audit;

  FsmConnectionCalls(
      FsmConnectionRows rows,
      FsmConnectionView views,
      FsmProducts products,
      FsmLines lines,
      ConnectionSettings settings,
      FsmAddresses addresses,
      Audit audit) {
    this.rows = rows;
    this.views = views;
    this.products = products;
    this.lines = lines;
    this.settings = settings;
    this.addresses = addresses;
    this.audit = audit;
  }

  /** {@code GET /fsm-products}: the adapters, good or refused. */
  public Page<Map<String, Object>> products() {
    return new Page<>(
        products.all().entrySet().stream()
            .map(e -> FsmConnectionView.product(e.getKey(), e.getValue()))
            .toList(),
        null);
  }

  /** {@code GET /fsm-connections}. */
  public Page<Map<String, Object>> list() {
    return new Page<>(rows.all().stream().map(views::of).toList(), null);
  }

  /** The one that HUB_FSM_URL names, while it is the tenant's; its id is null. */
  public Optional<Map<String, Object>> inherited() {
    return lines.inherited(String.valueOf(TenantScope.current())).map(views::of);
  }

  /** {@code GET /fsm-connections/{c}}. */
  public Map<String, Object> get(@Header("fsmConnectionId") String id) {
    return views.of(require(id));
  }

  /** {@code POST /fsm-connections}: paused, until it is enabled. */
  @Transactional
  public Map<String, Object> create(@Body byte[] body) {
    Fields fields = Fields.of(body);
    fields.only(FIELDS);
    FsmAdapter adapter = adapter(fields.text("product"));
    UUID id = UUID.randomUUID();
    Map<String, String> open = settings.defaults(adapter.name(), adapter.product().settings());
    Map<String, String> secret = new TreeMap<>();
    settings.merge(
        adapter.name(), adapter.product().settings(), fields.object("settings"), open, secret);
    addresses.require(open);
    try {
      rows.insert(
          id,
          adapter.name(),
          fields.text("name", adapter.product().title()),
          join(fields, "person"),
          open);
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict("name", "there is an FSM connection of this name already");
    }
    FsmConnection made = rows.find(id).orElseThrow();
    rows.update(id, made.join(), open, settings.seal(made.owner(), secret));
    Map<String, Object> shown = get(id.toString());
    audit.record("fsm-connection.create", "fsm-connection:" + id, null, shown);
    return shown;
  }

  /** {@code PATCH /fsm-connections/{c}}: settings that are not named stay, null takes one away. */
  @Transactional
  public Map<String, Object> update(@Header("fsmConnectionId") String id, @Body byte[] body) {
    FsmConnection connection =
        rows.locked(key(id)).orElseThrow(() -> ProblemException.notFound("FSM connection", id));
    Map<String, Object> before = views.of(connection);
    Fields fields = Fields.of(body);
    fields.only(List.of("settings", "join", "same_system"));
    FsmAdapter adapter = adapter(connection.product());
    Map<String, String> open = new TreeMap<>(connection.settings());
    Map<String, String> secret = settings.open(connection.owner(), connection.credentials());
    settings.merge(
        adapter.name(), adapter.product().settings(), fields.object("settings"), open, secret);
    if (!open.equals(connection.settings())) {
      addresses.require(open);
      if (!Boolean.TRUE.equals(fields.optionalFlag("same_system"))) {
        requireNothingThere(connection, adapter.product().system(), open);
      }
    }
    rows.update(
        key(id), join(fields, connection.join()), open, settings.seal(connection.owner(), secret));
    lines.forget(connection.tenant());
    Map<String, Object> after = get(id);
    audit.record("fsm-connection.update", "fsm-connection:" + id, before, after);
    return after;
  }

  /** Else its orders would be looked for, read and written in another system. */
  private void requireNothingThere(
      FsmConnection connection, List<String> system, Map<String, String> changed) {
    Map<String, String> before = connection.settings();
    Optional<String> other =
        system.stream().filter(s -> !Objects.equals(before.get(s), changed.get(s))).findFirst();
    long there = other.isEmpty() ? 0 : rows.actionsAt(connection.id());
    if (there > 0) {
      throw ProblemException.badField(
          "settings/" + other.orElseThrow(),
          there
              + " actions are there or on their way: say that it is the same system"
              + " (same_system: true), or pause this connection and make another");
    }
  }

  /**
   * {@code DELETE /fsm-connections/{c}}: as it was; actions that wait go on waiting, or go to
   * HUB_FSM_URL where there is one.
   */
  @Transactional
  public Map<String, Object> delete(@Header("fsmConnectionId") String id) {
    FsmConnection connection = require(id);
    Map<String, Object> before = views.of(connection);
    rows.delete(key(id));
    lines.forget(connection.tenant());
    audit.record("fsm-connection.delete", "fsm-connection:" + id, before, null);
    return before;
  }

  /** {@code POST /fsm-connections/{c}/enable}: the tenant's actions go over it from now on. */
  @Transactional
  public Map<String, Object> enable(@Header("fsmConnectionId") String id) {
    addresses.require(require(id).settings());
    try {
      return state(id, true);
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict(
          "fsmConnectionId", "another FSM connection is enabled; pause it first");
    }
  }

  /** {@code POST /fsm-connections/{c}/pause}: calls that are out are finished. */
  @Transactional
  public Map<String, Object> pause(@Header("fsmConnectionId") String id) {
    return state(id, false);
  }

  private Map<String, Object> state(String id, boolean enabled) {
    FsmConnection connection = require(id);
    rows.state(key(id), enabled);
    lines.forget(connection.tenant());
    audit.record(
        enabled ? "fsm-connection.enable" : "fsm-connection.pause",
        "fsm-connection:" + id,
        null,
        null);
    return get(id);
  }

  /** {@code POST /fsm-connections/{c}/test}: asks the product once and changes nothing. */
  public Map<String, Object> test(@Header("fsmConnectionId") String id) {
    FsmConnection connection = require(id);
    adapter(connection.product());
    FsmLine line = lines.trial(connection).orElseThrow();
    FsmCall check = line.product().check();
    Map<String, Object> shown = new LinkedHashMap<>();
    if (check == null) {
      shown.put("ok", true);
      shown.put("reason", "the adapter declares no call that changes nothing");
      return shown;
    }
    long began = System.nanoTime();
    FsmAnswer answer = line.probe(check);
    shown.put("ok", answer.success());
    shown.put("status", answer.status());
    shown.put("millis", (System.nanoTime() - began) / 1_000_000);
    shown.put("reason", answer.success() ? null : answer.reason());
    return shown;
  }

  private FsmAdapter adapter(String product) {
    FsmProducts.Known known =
        products
            .look(product)
            .orElseThrow(
                () ->
                    ProblemException.badField(
                        "product", "there is no adapter \"" + product + "\""));
    if (known.adapter() == null) {
      throw ProblemException.conflict("product", "the adapter is refused: " + known.problem());
    }
    return known.adapter();
  }

  private static String join(Fields fields, String before) {
    String join = fields.text("join", before);
    if (!join.matches("never|person|any")) {
      throw ProblemException.badField("join", "expected never, person or any");
    }
    return join;
  }

  private FsmConnection require(String id) {
    return rows.find(key(id)).orElseThrow(() -> ProblemException.notFound("FSM connection", id));
  }

  private static UUID key(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw ProblemException.notFound("FSM connection", id);
    }
  }
}
