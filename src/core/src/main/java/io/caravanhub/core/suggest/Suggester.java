package io.caravanhub.core.suggest;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Proposes a draft of a mapping for payloads of one model: by the words in the names of their
 * fields, the units in or beside them and the values, against the catalogue of metrics. It is a
 * proposal for an engineer, who decides. Belongs to one thread.
 */
public final class Suggester {
  private static final double LEAST_SURE = 0.5;
  private static final double SURE = 0.99;
  private static final int MOST_LINES = 500;

  /** For trying the lines one by one; those that were not come to no draft. */
  private static final long TRIALS_NANOS = 5_000_000_000L;

  private final List<?> payloads;
  private final Wrapped wrapped;
  private final List<Field> fields;
  private final Map<String, String> hints;
  private final Map<Field, FieldWords> words = new HashMap<>();
  private final Map<String, Set<String>> siblings = new HashMap<>();
  private final Map<String, Field> times = new LinkedHashMap<>();

  private Suggester(List<?> payloads) {
    this.payloads = payloads;
    this.wrapped = Wrapped.of(payloads);
    Flattener flattener = new Flattener();
    wrapped.inner().forEach(flattener::add);
    this.fields = flattener.fields();
    this.hints = flattener.unitHints();
  }

  /**
   * Proposes a draft.
   *
   * @param payloads samples of one model, as plain maps, lists and scalars; not changed
   */
  public static Suggestion of(List<?> payloads) {
    return new Suggester(payloads).suggest();
  }

  private Suggestion suggest() {
    for (Field field : fields) {
      FieldWords found = FieldWords.of(field.names());
      words.put(field, found);
      if (!found.marks().contains(Words.ABOUT)) {
        siblings
            .computeIfAbsent(field.series() + field.parent(), key -> new HashSet<>())
            .addAll(found.own());
      }
    }
    findTimes();
    Map<Field, String> reasons = new LinkedHashMap<>();
    Naming naming = new Naming(matches(reasons));
    reasons.putAll(naming.dropped());
    Draft draft = draft(naming.kept());
    return new Suggestion(
        draft == null ? null : draft.jsonata(),
        draft == null ? null : draft.table(),
        proposals(draft == null ? List.of() : draft.lines(), naming.kept(), reasons),
        timestamp(),
        device());
  }

  private void findTimes() {
    Map<String, List<Field>> bySeries = new LinkedHashMap<>();
    for (Field field : fields) {
      String series = field.series() == null ? "" : field.series();
      bySeries.computeIfAbsent(series, key -> new ArrayList<>()).add(field);
    }
    bySeries.forEach((series, of) -> Times.best(of).ifPresent(time -> times.put(series, time)));
  }

  private Suggestion.@Nullable Timestamp timestamp() {
    Field time = times.get("");
    if (wrapped.isLorawan()) {
      return new Suggestion.Timestamp(wrapped.time(), "iso");
    }
    return time == null
        ? null
        : new Suggestion.Timestamp(time.path(), String.valueOf(Times.format(time)));
  }

  private List<Chosen> matches(Map<Field, String> reasons) {
    List<Chosen> matched = new ArrayList<>();
    for (Field field : fields) {
      FieldWords own = words.getOrDefault(field, FieldWords.of(field.names()));
      Values values = Values.of(field.values());
      if (Times.format(field) != null) {
        reasons.put(field, times.containsValue(field) ? "the time of measurement" : "a time");
        continue;
      }
      Set<String> beside = beside(field);
      Match match = Matcher.best(field, own, values, beside, hints).orElse(null);
      if (match == null || match.confidence() < LEAST_SURE) {
        reasons.put(field, Unmatched.reason(own, match));
      } else {
        matched.add(
            new Chosen(field, own, values, match, match.metric().key(), match.confidence(), ""));
      }
    }
    return matched;
  }

  /** Words of the fields beside this one and beside what it lies in. */
  private Set<String> beside(Field field) {
    Set<String> beside = new HashSet<>();
    String parent = field.parent();
    int dot = parent.lastIndexOf('.');
    beside.addAll(siblings.getOrDefault(field.series() + parent, Set.of()));
    if (!parent.isEmpty()) {
      String above = dot < 0 ? "" : parent.substring(0, dot);
      beside.addAll(siblings.getOrDefault(field.series() + above, Set.of()));
    }
    return beside;
  }

  /** A draft that has been applied to the samples. */
  private record Draft(@Nullable String table, @Nullable String jsonata, List<Chosen> lines) {}

  private @Nullable Draft draft(List<Chosen> chosen) {
    List<Chosen> best =
        chosen.stream()
            .sorted(Comparator.comparingDouble(Chosen::confidence).reversed())
            .limit(MOST_LINES)
            .toList();
    List<Chosen> ordered = chosen.stream().filter(best::contains).toList();
    if (works(ordered)) {
      return write(ordered);
    }
    long start = System.nanoTime();
    List<Chosen> working =
        ordered.stream()
            .filter(one -> System.nanoTime() - start < TRIALS_NANOS && works(List.of(one)))
            .toList();
    List<Chosen> plain = working.stream().filter(one -> one.field().series() == null).toList();
    return works(working) ? write(working) : works(plain) ? write(plain) : null;
  }

  private Draft write(List<Chosen> lines) {
    boolean table =
        !wrapped.isLorawan() && lines.stream().allMatch(one -> one.field().series() == null);
    return table
        ? new Draft(TableDraft.write(lines, times.get("")), null, lines)
        : new Draft(null, ExpressionDraft.write(lines, times, wrapped.isLorawan()), lines);
  }

  /** Whether it compiles and gives something for a sample, and fails for none that it fits. */
  private boolean works(List<Chosen> lines) {
    if (lines.isEmpty() && !wrapped.isLorawan()) {
      return false;
    }
    Draft draft = write(lines);
    try {
      String jsonata = draft.jsonata() == null ? "" : draft.jsonata();
      Mapping mapping =
          Mapping.compile(new MappingSource("suggestion", "draft", jsonata, draft.table()));
      boolean some = false;
      for (Object payload : payloads) {
        Object yielded = mapping.yielded(payload, Map.of(), MappingBounds.DEFAULT);
        some |= gives(mapping, yielded, payload);
      }
      return some;
    } catch (MappingException e) {
      return false;
    }
  }

  // A sample may hold nothing that is mapped, a heartbeat for instance.
  private static boolean gives(
      Mapping mapping, @Nullable Object yielded, @Nullable Object payload) {
    boolean empty =
        yielded == null
            || yielded instanceof List<?> list && list.isEmpty()
            || yielded instanceof Map<?, ?> map
                && map.get("measurements") instanceof List<?> none
                && none.isEmpty();
    if (!empty) {
      mapping.require(yielded, payload);
    }
    return !empty;
  }

  private List<Proposal> proposals(
      List<Chosen> drafted, List<Chosen> kept, Map<Field, String> reasons) {
    List<Proposal> proposals = new ArrayList<>();
    for (Chosen one : kept) {
      boolean in = drafted.contains(one);
      String remark = one.remark().isEmpty() ? "" : "; " + one.remark();
      proposals.add(
          new Proposal(
              wrapped.prefix() + one.field().shown(),
              one.field().sample(),
              one.values().type(),
              in ? one.key() : null,
              in ? one.unit() : null,
              in ? Math.round(Math.max(0, Math.min(0.99, one.confidence())) * 100) / 100.0 : 0,
              in
                  ? one.match().why() + remark
                  : "looks like " + one.key() + ", and the draft does not work with it"));
    }
    reasons.forEach(
        (field, reason) ->
            proposals.add(
                new Proposal(
                    wrapped.prefix() + field.shown(),
                    field.sample(),
                    Values.of(field.values()).type(),
                    null,
                    null,
                    0,
                    reason)));
    for (Object measured : wrapped.radio()) {
      if (measured instanceof Map<?, ?> reading) {
        proposals.add(
            new Proposal(
                "$uplink().radio",
                reading.get("value"),
                "number",
                String.valueOf(reading.get("name")),
                null,
                SURE,
                "of the gateway that heard the frame best"));
      }
    }
    proposals.sort(Comparator.comparingDouble(Proposal::confidence).reversed());
    return proposals;
  }

  private @Nullable String device() {
    return fields.stream()
        .filter(field -> field.series() == null && DeviceNames.rank(field) > 0)
        .max(Comparator.comparingInt(DeviceNames::rank))
        .map(Field::path)
        .orElse(null);
  }

  /** Names that a device is known by. */
  private static final class DeviceNames {
    private static final List<String> BEST =
        List.of(
            "src",
            "id",
            "mac",
            "uuid",
            "sn",
            "serial",
            "serialnumber",
            "eui",
            "deveui",
            "sensorid",
            "deviceid");

    private static int rank(Field field) {
      if (field.sample() instanceof Boolean) {
        return 0;
      }
      List<String> own =
          Words.split(field.names().get(field.names().size() - 1)).stream()
              .map(word -> word.toLowerCase(Locale.ROOT))
              .toList();
      String joined = String.join("", own);
      boolean device = own.contains("device") || own.contains("dev") || own.contains("sensor");
      int best = BEST.indexOf(joined);
      for (String word : own) {
        best = Math.max(best, BEST.indexOf(word));
      }
      return best < 0 ? 0 : best + 2 + (device ? 10 : 0) - field.names().size();
    }
  }
}
