package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls of the API that tell and take back what device types were. Thread-safe. */
@Component("deviceTypeVersionCalls")
public class DeviceTypeVersionCalls {
  private final DeviceTypeRows rows;
  private final TypeHistory history;
  private final DeviceTypeEdits edits;

  DeviceTypeVersionCalls(DeviceTypeRows rows, TypeHistory history, DeviceTypeEdits edits) {
    this.rows = rows;
    this.history = history;
    this.edits = edits;
  }

  /** {@code GET /device-types/{name}/versions}, newest first. */
  public Page<Map<String, @Nullable Object>> list(
      @Header("typeName") String name,
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor) {
    require(name);
    int size = Page.limit(limit);
    String position = Page.position(cursor);
    int before = position == null ? Integer.MAX_VALUE : number("cursor", position);
    Page<TypeVersion> page =
        Page.of(
            history.list(name, before, size + 1),
            size,
            version -> Integer.toString(version.number()));
    return new Page<>(
        page.items().stream().map(DeviceTypeVersionCalls::line).toList(), page.cursor());
  }

  /** {@code GET /device-types/{name}/versions/{v}}: what the type was. */
  public Map<String, @Nullable Object> get(
      @Header("typeName") String name, @Header("version") String version) {
    TypeVersion wanted = version(name, version);
    Map<String, @Nullable Object> view = DeviceTypeFields.view(wanted.type());
    view.putAll(line(wanted));
    return view;
  }

  /** {@code GET /device-types/{name}/versions/{v}/diff?to=}: to another version, or the newest. */
  public Map<String, Object> diff(
      @Header("typeName") String name,
      @Header("version") String version,
      @Header("to") @Nullable String to) {
    TypeVersion from = version(name, version);
    int until = to == null || to.isBlank() ? require(name).version() : number("to", to);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("from", "version " + from.number());
    view.put("to", "version " + until);
    view.put("diff", TypeDiff.between(from, history.require(name, until)));
    return view;
  }

  /** {@code POST /device-types/{name}/rollback {version, note?}}, with {@code If-Match}. */
  public void rollback(Exchange exchange) {
    Message message = exchange.getMessage();
    Fields fields = Fields.of(message.getBody(byte[].class));
    fields.only(List.of("version", "note"));
    Integer version = fields.optionalCount("version", 1, Integer.MAX_VALUE);
    if (version == null) {
      throw ProblemException.badField("version", "expected the number of an earlier version");
    }
    Stored after =
        edits.rollback(
            message.getHeader("typeName", "", String.class),
            version,
            message.getHeader("If-Match", String.class),
            fields.optionalText("note"));
    exchange.setProperty(Answers.TAG, after.tag());
    message.setBody(DeviceTypeEdits.view(after));
  }

  private Stored require(String name) {
    return rows.find(name).orElseThrow(() -> ProblemException.notFound("device type", name));
  }

  /** A version in the path: what is no number is not there. */
  private TypeVersion version(String name, String version) {
    if (!version.matches("[0-9]{1,9}")) {
      throw ProblemException.notFound("version " + version + " of device type", name);
    }
    return history.require(name, Integer.parseInt(version));
  }

  private static int number(String field, String text) {
    if (!text.matches("[0-9]{1,9}")) {
      throw field.equals("cursor")
          ? Page.notACursor()
          : ProblemException.badField(field, "expected the number of a version");
    }
    return Integer.parseInt(text);
  }

  private static Map<String, @Nullable Object> line(TypeVersion version) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("version", version.number());
    line.put("author", version.author());
    line.put("updated_at", version.at());
    line.put("note", version.note());
    return line;
  }
}
