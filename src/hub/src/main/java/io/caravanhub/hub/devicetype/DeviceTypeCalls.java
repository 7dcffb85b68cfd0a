package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import io.caravanhub.hub.mapping.TenantMappings;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.HubPrincipal;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The device type calls of the API. Every change is audited, and says in {@code If-Match} which
 * version it was made for. Thread-safe.
 */
@Component("deviceTypeCalls")
public class DeviceTypeCalls {
  private static final String IF_MATCH = "If-Match";
  private static final String YAML = "application/yaml";

  private final DeviceTypeRows rows;
  private final DeviceTypes types;
  private final DeviceTypeFile files;
  private final TenantMappings mappings;
  private final Audit audit;
  private final ObjectMapper json;
  private final TransactionTemplate transaction;

  DeviceTypeCalls(
      DeviceTypeRows rows,
      DeviceTypes types,
      DeviceTypeFile files,
      TenantMappings mappings,
      Audit audit,
      ObjectMapper json,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.types = types;
    this.files = files;
    this.mappings = mappings;
    this.audit = audit;
    this.json = json;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** {@code GET /device-types}, by name. */
  public Page<Map<String, @Nullable Object>> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    Page<Stored> page =
        Page.of(rows.list(Page.position(cursor), size + 1), size, stored -> stored.type().name());
    return new Page<>(page.items().stream().map(DeviceTypeCalls::view).toList(), page.cursor());
  }

  /** {@code GET /device-types/{name}}. */
  public void get(Exchange exchange) {
    answer(exchange, require(name(exchange.getMessage())));
  }

  /** {@code GET /device-types/{name}/export}: the YAML file. */
  public void export(Exchange exchange) {
    Message message = exchange.getMessage();
    Stored stored = require(name(message));
    message.removeHeaders("*");
    message.setBody(files.write(stored.type()));
    message.setHeader("ETag", etag(stored));
    message.setHeader(Exchange.CONTENT_TYPE, YAML);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
  }

  /** {@code POST /device-types}: 409 when it is there. */
  public void create(Exchange exchange) {
    DeviceType type = DeviceTypeFields.read(body(exchange));
    answer(exchange, change(type, () -> conflict(type)));
  }

  private static RuntimeException conflict(DeviceType type) {
    return ProblemException.conflict(
        "name", "a device type \"" + type.name() + "\" is there already");
  }

  /** {@code PUT /device-types/{name}}: all of it; one that is not there is made. */
  public void replace(Exchange exchange) {
    Message message = exchange.getMessage();
    Map<String, @Nullable Object> given = new LinkedHashMap<>(body(exchange));
    String name = name(message);
    for (String shown : java.util.List.of("version", "author", "updated_at")) {
      given.remove(shown);
    }
    if (!name.equals(given.getOrDefault("name", name))) {
      throw ProblemException.badField("name", "expected \"" + name + "\": a type keeps its name");
    }
    given.put("name", name);
    DeviceType type = DeviceTypeFields.read(given);
    String match = message.getHeader(IF_MATCH, String.class);
    answer(exchange, changeMatching(type, match));
  }

  /**
   * {@code POST /device-types/import}: a YAML file; a type that is there wants {@code If-Match}.
   */
  public void importFile(Exchange exchange) {
    Message message = exchange.getMessage();
    DeviceType type = files.read(message.getBody(byte[].class));
    answer(exchange, changeMatching(type, message.getHeader(IF_MATCH, String.class)));
  }

  /** {@code DELETE /device-types/{name}}: its devices go on as devices of no described type. */
  public Map<String, @Nullable Object> delete(
      @Header("typeName") String name, @Header(IF_MATCH) @Nullable String match) {
    Stored before =
        Objects.requireNonNull(
            transaction.execute(
                status -> {
                  Stored held =
                      rows.hold(name)
                          .orElseThrow(() -> ProblemException.notFound("device type", name));
                  match(held, match);
                  rows.delete(name);
                  audit.record("device-type.delete", "device-type:" + name, view(held), null);
                  return held;
                }));
    types.forget(CallerContext.current().tenant());
    return view(before);
  }

  private Stored changeMatching(DeviceType type, @Nullable String match) {
    return change(type, match, null);
  }

  private Stored change(DeviceType type, Supplier<RuntimeException> there) {
    return change(type, null, there);
  }

  private Stored change(
      DeviceType type, @Nullable String match, @Nullable Supplier<RuntimeException> there) {
    check(type);
    HubPrincipal caller = CallerContext.current();
    Stored after =
        Objects.requireNonNull(
            transaction.execute(
                status -> {
                  Stored before = rows.hold(type.name()).orElse(null);
                  if (before != null && there != null) {
                    throw there.get();
                  }
                  if (before != null) {
                    match(before, match);
                  } else if (match != null) {
                    throw ProblemException.changed(
                        "device type \"" + type.name() + "\" is not there any more");
                  }
                  rows.write(type, caller.role() + ":" + caller.subject());
                  Stored now = require(type.name());
                  audit.record(
                      before == null ? "device-type.create" : "device-type.change",
                      "device-type:" + type.name(),
                      before == null ? null : view(before),
                      view(now));
                  return now;
                }));
    mappings.publishedHere(caller.tenant(), Profile.MAPPING + type.name());
    types.forget(caller.tenant());
    return after;
  }

  /** What would fail for every message is refused here. */
  private void check(DeviceType type) {
    Profile.compile(type, 0);
    if (type.mapping() != null
        && mappings.find(CallerContext.current().tenant(), type.mapping()).isEmpty()) {
      throw ProblemException.badField("mapping", "no mapping \"" + type.mapping() + "\"");
    }
  }

  private static void match(Stored stored, @Nullable String match) {
    if (match == null) {
      throw ProblemException.versionWanted(
          "device type \""
              + stored.type().name()
              + "\" is at version "
              + stored.version()
              + "; send the ETag that you changed as If-Match");
    }
    if (!match.equals("*") && !match.contains(etag(stored))) {
      throw ProblemException.changed(
          "device type \""
              + stored.type().name()
              + "\" is at version "
              + stored.version()
              + ", changed by "
              + stored.author()
              + " at "
              + stored.updatedAt()
              + "; read it again");
    }
  }

  private Stored require(String name) {
    return rows.find(name).orElseThrow(() -> ProblemException.notFound("device type", name));
  }

  private static String etag(Stored stored) {
    return "\"" + stored.version() + "\"";
  }

  private static void answer(Exchange exchange, Stored stored) {
    exchange.setProperty(Answers.TAG, etag(stored));
    exchange.getMessage().setBody(view(stored));
  }

  private static String name(Message message) {
    return message.getHeader("typeName", "", String.class);
  }

  private static Map<String, @Nullable Object> view(Stored stored) {
    Map<String, @Nullable Object> view = DeviceTypeFields.view(stored.type());
    view.put("version", stored.version());
    view.put("author", stored.author());
    view.put("updated_at", stored.updatedAt());
    return view;
  }

  private Map<String, @Nullable Object> body(Exchange exchange) {
    byte[] body = exchange.getMessage().getBody(byte[].class);
    try {
      Map<String, ?> read =
          DeviceTypeFields.object(
              "body", json.readValue(body == null ? new byte[0] : body, Object.class));
      if (read != null) {
        return new LinkedHashMap<>(read);
      }
      throw ProblemException.badField("body", "expected a JSON object, got nothing");
    } catch (JsonProcessingException e) {
      throw ProblemException.badField(
          "body", "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw ProblemException.badField("body", "cannot be read: " + e.getMessage());
    }
  }
}
