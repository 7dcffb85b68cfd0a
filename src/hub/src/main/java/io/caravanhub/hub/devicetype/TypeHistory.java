package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What types were, out of the audit, which has each change whole and is never deleted; a version
 * that came about on the side of the type's mapping and was not noted is told by the change after
 * it. A type that was taken away and described again begins anew. Thread-safe.
 */
@Component
public class TypeHistory {
  /** Fields of a type that tell of it, and are not part of it. */
  static final List<String> TOLD = List.of("version", "author", "updated_at", "note");

  private static final TypeReference<LinkedHashMap<String, @Nullable Object>> OBJECT =
      new TypeReference<>() {};

  private final DeviceTypeRows rows;
  private final JdbcClient jdbc;
  private final ObjectMapper json;

  TypeHistory(DeviceTypeRows rows, JdbcClient jdbc, ObjectMapper json) {
    this.rows = rows;
    this.jdbc = jdbc;
    this.json = json;
  }

  /** Versions of a type, newest first. */
  public List<TypeVersion> list(String name, int before, int limit) {
    List<TypeVersion> versions = new ArrayList<>();
    rows.find(name)
        .filter(now -> now.version() < before)
        .ifPresent(now -> versions.add(ofMapping(now.type(), now)));
    versions.addAll(audited(name, before, limit));
    // What is in force is told by the audit, too, unless it came about on the side of its mapping.
    if (versions.size() > 1 && versions.get(0).number() == versions.get(1).number()) {
      versions.remove(0);
    }
    return versions.size() > limit ? versions.subList(0, limit) : versions;
  }

  private static TypeVersion ofMapping(DeviceType type, Stored stored) {
    return new TypeVersion(
        type, stored.version(), stored.author(), stored.updatedAt(), note(type.name()));
  }

  static String note(String name) {
    return "its mapping was changed as " + Profile.MAPPING + name;
  }

  /** A change tells what was before as well, which nobody may have told when it came about. */
  private List<TypeVersion> audited(String name, int before, int limit) {
    return jdbc.sql(
            """
            with told as (
              select id, after as view, true as noted from audit where subject = :subject and after is not null
              union all
              select id, before, false from audit where subject = :subject and after is not null and before is not null)
            select distinct on ((view ->> 'version')::int) view::text, noted from told
             where (view ->> 'version')::int < :before
               and id > coalesce((select max(id) from audit where subject = :subject and after is null), 0)
             order by (view ->> 'version')::int desc, noted desc limit :limit            """)
        .param("subject", "device-type:" + name)
        .param("before", before)
        .param("limit", limit)
        .query((row, n) -> read(row.getString(1), row.getBoolean(2)))
        .list();
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

  private TypeVersion read(String audited, boolean noted) {
    try {
      Map<String, @Nullable Object> view = json.readValue(audited, OBJECT);
      int number = ((Number) view.getOrDefault("version", 0)).intValue();
      String author = String.valueOf(view.get("author"));
      String at = String.valueOf(view.get("updated_at"));
      String note = (String) view.get("note");
      view.keySet().removeAll(TOLD);
      DeviceType type = DeviceTypeFields.read(view);
      return new TypeVersion(type, number, author, at, noted ? note : note(type.name()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the audit has a device type that is no JSON", e);
    }
  }
}
