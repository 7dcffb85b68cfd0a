package io.caravanhub.hub.deadletter;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; what is null is not asked about.
 *
 * @param status kept, replayed or discarded
 * @param device the hub's id or the serial, as the sender may have named it either way
 * @param reason a part of the text {@code field: reason}, in any case
 * @param from created at this moment or later
 * @param to created before this moment
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LetterFilter(
    @Nullable String status,
    @Nullable String device,
    @Nullable String source,
    @Nullable String field,
    @Nullable String reason,
    @Nullable String from,
    @Nullable String to) {
  /** Names of the fields, as query parameters and in request bodies. */
  public static final List<String> NAMES =
      List.of("status", "device", "source", "field", "reason", "from", "to");

  /** The condition in SQL, on the table dead_letters, with the {@link #parameters}. */
  static final String WHERE =
      """
      (:status::text is null or status = :status)
      and (:device::text is null or device = :device
           or device in (select d.id::text from devices d where d.serial = :device union select d.serial from devices d where d.id::text = :device))
      and (:source::text is null or source = :source) and (:field::text is null or field = :field)
      and (:reason::text is null or position(lower(:reason) in lower(coalesce(field, '') || ': ' || reason)) > 0)
      and (:from::timestamptz is null or created_at >= :from) and (:to::timestamptz is null or created_at < :to)
      """;

  /** The filter that the fields of a request describe; wrong ones are told by name. */
  public static LetterFilter of(Fields fields) {
    String status = text(fields, "status");
    if (status != null && !List.of("kept", "replayed", "discarded").contains(status)) {
      throw ProblemException.badField("status", "expected kept, replayed or discarded");
    }
    return new LetterFilter(
        status,
        text(fields, "device"),
        text(fields, "source"),
        text(fields, "field"),
        text(fields, "reason"),
        moment(fields, "from"),
        moment(fields, "to"));
  }

  /** The same letters, of this status only. */
  public LetterFilter withStatus(String other) {
    return new LetterFilter(other, device, source, field, reason, from, to);
  }

  Map<String, Object> parameters() {
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("status", status);
    parameters.put("device", device);
    parameters.put("source", source);
    parameters.put("field", field);
    parameters.put("reason", reason);
    parameters.put("from", from == null ? null : Timestamp.from(Instant.parse(from)));
    parameters.put("to", to == null ? null : Timestamp.from(Instant.parse(to)));
    return parameters;
  }

  private static @Nullable String text(Fields fields, String name) {
    String text = fields.optionalText(name);
    return text == null || text.isEmpty() ? null : text;
  }

  private static @Nullable String moment(Fields fields, String name) {
    Instant moment = fields.optionalInstant(name);
    return moment == null ? null : moment.toString();
  }
}
