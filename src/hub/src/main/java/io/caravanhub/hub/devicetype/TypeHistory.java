package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What types were, out of the audit, which has each change whole and is never deleted. A type that
 * was taken away and described again begins anew. Thread-safe.
 */
@Component
public class TypeHistory {
  /** Fields of a type that tell of it, and are not part of it. */
  static final List<String> TOLD = List.of("version", "author", "updated_at", "note");

  private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT =
      new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  TypeHistory(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Versions of a type, newest first. */
  public List<TypeVersion> list(String name, int before, int limit) {
    return jdbc
        .sql(
            """
            select after::text from audit
             where subject = :subject and after is not null and (after ->> 'version')::int < :before
               and id > coalesce((select max(id) from audit where subject = :subject and after is null), 0)
             order by id desc limit :limit\
            """)
        .param("subject", "device-type:" + name)
        .param("before", before)
        .param("limit", limit)
        .query(String.class)
        .list()
        .stream()
        .map(this::read)
        .toList();
  }

  /**
   * One version.
   *
   * @throws ProblemException 404 when there is none of this number
   */
  public TypeVersion require(String name, int number) {
    return list(name, number == Integer.MAX_VALUE ? number : number + 1, 1).stream()
        .filter(version -> version.number() == number)
        .findFirst()
        .orElseThrow(
            () -> ProblemException.notFound("version " + number + " of device type", name));
  }

  private TypeVersion read(String audited) {
    try {
      Map<String, @Nullable Object> view = json.readValue(audited, OBJECT);
      int number = ((Number) view.getOrDefault("version", 0)).intValue();
      String author = String.valueOf(view.get("author"));
      String at = String.valueOf(view.get("updated_at"));
      String note = (String) view.get("note");
      view.keySet().removeAll(TOLD);
      return new TypeVersion(DeviceTypeFields.read(view), number, author, at, note);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the audit has a device type that is no JSON", e);
    }
  }
}
