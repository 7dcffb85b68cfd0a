package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudException.Kind;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.CloudRequest.Since;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.Parts;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.connector.PollTrial.Round;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether requests by time leave no gap and ask for nothing twice, and how clocks bear on them. */
final class WatermarkCheck {
  private static final int ROUNDS = 6;
  private static final int FAILING = 2;

  private final PollTrial trial;

  /** The stretch that was asked for, its overlap taken off. */
  private record Asked(Instant from, Instant until) {}

  WatermarkCheck(PollTrial trial) {
    this.trial = trial;
  }

  /** Several polls, one of them broken: each begins where the last good one ended. */
  Finding watermark() throws IOException {
    List<String> problems = new ArrayList<>();
    List<CloudRequest> timed =
        trial.cloud().requests().stream().filter(r -> r.since() != null).toList();
    for (CloudRequest request : timed) {
      Map<String, String> state = new TreeMap<>();
      Map<String, Instant> ends = new HashMap<>();
      Instant now = PollTrial.NOW;
      for (int i = 0; i < ROUNDS; i++) {
        Round round = trial.round(i == FAILING ? Fault.ERROR : Fault.NONE, state, now);
        if (i != FAILING) {
          if (round.failure() != null) {
            problems.add(
                request.name() + ": poll " + (i + 1) + ": " + round.failure().getMessage());
            break;
          }
          compare(request, round, now, ends, problems);
        }
        state = round.state();
        now = now.plus(trial.cloud().interval());
      }
    }
    return new Finding(
        Grade.GOLD,
        "watermark",
        timed.isEmpty()
            ? "nothing is asked by time"
            : "no gap, nothing twice: " + ROUNDS + " polls",
        problems);
  }

  private static void compare(
      CloudRequest request,
      Round round,
      Instant now,
      Map<String, Instant> ends,
      List<String> problems) {
    Since since = request.since();
    if (since == null) {
      return;
    }
    Instant newest = newest(request, since, round, now);
    for (String call : round.calls()) {
      URI uri = URI.create(call.substring(call.indexOf(' ') + 1));
      Asked asked = asked(since, query(uri), now);
      if (asked == null) {
        continue;
      }
      Instant end = ends.get(uri.getPath());
      boolean byItems = !since.at().isEmpty();
      if (end != null && asked.from.isAfter(end)) {
        problems.add(request.name() + ": skips from " + end + " to " + asked.from);
      }
      if (end != null && !byItems && !isDate(since) && asked.from.isBefore(end)) {
        problems.add(request.name() + ": asks for " + asked.from + " to " + end + " again");
      }
      // By the items' own times: what is newer than they are may still come.
      Instant reached = byItems ? (newest == null ? asked.from : newest) : asked.until;
      ends.put(uri.getPath(), end != null && end.isAfter(reached) ? end : reached);
    }
  }

  private static boolean isDate(Since since) {
    return since.format().equals("date");
  }

  private static @Nullable Asked asked(Since since, Map<String, String> query, Instant now) {
    String from = query.get(since.query());
    if (from == null) {
      return null;
    }
    String until = query.get(since.until());
    return new Asked(
        read(since, from).plus(since.overlap()),
        until == null || isDate(since) ? now : read(since, until));
  }

  private static Instant read(Since since, String text) {
    return switch (since.format()) {
      case "seconds" -> Instant.ofEpochSecond(Long.parseLong(text));
      case "millis" -> Instant.ofEpochMilli(Long.parseLong(text));
      case "date" -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      default -> Instant.parse(text);
    };
  }

  private static @Nullable Instant newest(
      CloudRequest request, Since since, Round round, Instant now) {
    Instant newest = null;
    for (Fetched answer : round.answers()) {
      for (Part part : answer.request().equals(request) ? answer.parts() : List.<Part>of()) {
        Instant at = time(item(request, part).at(since.at()));
        if (at != null && !at.isAfter(now) && (newest == null || at.isAfter(newest))) {
          newest = at;
        }
      }
    }
    return newest;
  }

  private static JsonNode item(CloudRequest request, Part part) {
    return request.parts().wrap() ? part.json().path("item") : part.json();
  }

  private static @Nullable Instant time(JsonNode value) {
    try {
      return value.isNumber()
          ? value.asLong() > 100_000_000_000L
              ? Instant.ofEpochMilli(value.asLong())
              : Instant.ofEpochSecond(value.asLong())
          : value.isTextual() ? java.time.OffsetDateTime.parse(value.asText()).toInstant() : null;
    } catch (java.time.format.DateTimeParseException e) {
      return null;
    }
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    String raw = uri.getRawQuery();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(
          parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  /** Clocks of the cloud and of devices that are ahead or behind. */
  Finding clock() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Fault fault : List.of(Fault.CLOCK_BEHIND, Fault.CLOCK_AHEAD)) {
      Round round = trial.round(fault, Map.of());
      if (!(round.failure() instanceof CloudException e) || e.kind() != Kind.LIMITED) {
        problems.add(fault + ": expected LIMITED, got " + round.failure());
      }
    }
    for (CloudRequest request : trial.cloud().requests()) {
      Since since = request.since();
      if (since != null && !since.at().isEmpty()) {
        Round round =
            trial
                .edited(answer -> shifted(request, since, answer))
                .round(Fault.NONE, Map.of(), PollTrial.NOW);
        round
            .state()
            .forEach(
                (key, mark) -> {
                  if (key.startsWith("since " + request.name())
                      && Instant.parse(mark).isAfter(PollTrial.NOW)) {
                    problems.add(request.name() + ": a device's clock ahead moved the watermark");
                  }
                });
      }
    }
    return new Finding(Grade.GOLD, "clock", "ahead and behind", problems);
  }

  /** The first item's time a day ahead, written as it was. */
  private static JsonNode shifted(CloudRequest request, Since since, JsonNode answer) {
    for (Part part : Parts.of(request.parts(), answer, null, name -> null)) {
      String holder = since.at().substring(0, since.at().lastIndexOf('/'));
      String field = since.at().substring(holder.length() + 1);
      if (item(request, part).at(holder) instanceof ObjectNode object && object.has(field)) {
        Instant ahead = PollTrial.NOW.plus(Duration.ofDays(1));
        JsonNode before = object.path(field);
        if (before.isTextual()) {
          object.put(field, ahead.toString());
        } else if (before.asLong() > 100_000_000_000L) {
          object.put(field, ahead.toEpochMilli());
        } else {
          object.put(field, ahead.getEpochSecond());
        }
        break;
      }
    }
    return answer;
  }
}
