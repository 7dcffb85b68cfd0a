package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The device type calls of the API. Thread-safe. */
@Component("deviceTypeCalls")
public class DeviceTypeCalls {
  private static final String IF_MATCH = "If-Match";
  private static final String YAML = "application/yaml";

  private final DeviceTypeRows rows;
  private final DeviceTypeEdits edits;
  private final DeviceTypeFile files;
  private final ObjectMapper json;

  DeviceTypeCalls(
      DeviceTypeRows rows, DeviceTypeEdits edits, DeviceTypeFile files, ObjectMapper json) {
    this.rows = rows;
    this.edits = edits;
    this.files = files;
    this.json = json;
  }

  /** {@code GET /device-types}, by name. */
  public Page<Map<String, @Nullable Object>> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    Page<Stored> page =
        Page.of(rows.list(Page.position(cursor), size + 1), size, stored -> stored.type().name());
    return new Page<>(page.items().stream().map(DeviceTypeEdits::view).toList(), page.cursor());
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
    message.setHeader("ETag", stored.tag());
    message.setHeader(Exchange.CONTENT_TYPE, YAML);
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
  }

  /** {@code POST /device-types}: 409 when it is there. */
  public void create(Exchange exchange) {
    Map<String, @Nullable Object> given = body(exchange);
    String note = note(given);
    answer(exchange, edits.create(DeviceTypeFields.read(given), note));
  }

  /** {@code PUT /device-types/{name}}: all of it; one that is not there is made. */
  public void replace(Exchange exchange) {
    Message message = exchange.getMessage();
    Map<String, @Nullable Object> given = body(exchange);
    String note = note(given);
    String name = name(message);
    given.keySet().removeAll(TypeHistory.TOLD);
    if (!name.equals(given.getOrDefault("name", name))) {
      throw ProblemException.badField("name", "expected \"" + name + "\": a type keeps its name");
    }
    given.put("name", name);
    DeviceType type = DeviceTypeFields.read(given);
    String match = message.getHeader(IF_MATCH, String.class);
    answer(exchange, edits.save(type, match, note));
  }

  /**
   * {@code POST /device-types/import}: a YAML file; a type that is there wants {@code If-Match}.
   */
  public void importFile(Exchange exchange) {
    Message message = exchange.getMessage();
    DeviceType type = files.read(message.getBody(byte[].class));
    answer(exchange, edits.save(type, message.getHeader(IF_MATCH, String.class), null));
  }

  /** {@code DELETE /device-types/{name}}: its devices go on as devices of no described type. */
  public Map<String, @Nullable Object> delete(
      @Header("typeName") String name, @Header(IF_MATCH) @Nullable String match) {
    return DeviceTypeEdits.view(edits.delete(name, match));
  }

  private Stored require(String name) {
    return rows.find(name).orElseThrow(() -> ProblemException.notFound("device type", name));
  }

  private static void answer(Exchange exchange, Stored stored) {
    exchange.setProperty(Answers.TAG, stored.tag());
    exchange.getMessage().setBody(DeviceTypeEdits.view(stored));
  }

  private static @Nullable String note(Map<String, @Nullable Object> given) {
    return Fields.of(Collections.singletonMap("note", given.remove("note"))).optionalText("note");
  }

  private static String name(Message message) {
    return message.getHeader("typeName", "", String.class);
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
