package io.caravanhub.testkit.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudException.Kind;
import io.caravanhub.core.cloud.CloudRequest;
import io.caravanhub.core.cloud.Fetched;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.connector.PollTrial.Round;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Checks of a connector that polls, against its scripted cloud. */
final class PollChecks {
  private final ConnectorFolder connector;
  private final PollTrial trial;
  private final RouteTrial routes;

  PollChecks(ConnectorFolder connector, RouteTrial routes) throws IOException {
    this.connector = connector;
    this.routes = routes;
    this.trial = new PollTrial(connector);
  }

  List<Finding> findings() throws Exception {
    List<Finding> findings = new ArrayList<>();
    for (Finding.Check check :
        List.<Finding.Check>of(
            this::poll,
            this::credentials,
            this::errors,
            this::inventory,
            this::broken,
            this::again,
            this::empty,
            new WatermarkCheck(trial)::watermark,
            new WatermarkCheck(trial)::clock)) {
      findings.add(Finding.timed(check));
    }
    return findings;
  }

  private Finding poll() throws IOException {
    List<String> problems = new ArrayList<>();
    Round round = trial.round(Fault.NONE, Map.of());
    if (round.failure() != null) {
      problems.add("the poll failed: " + round.failure().getMessage());
    }
    round.unexpected().forEach(u -> problems.add("not in samples/cloud.yaml: " + u));
    int messages = 0;
    for (Fetched answer : round.answers()) {
      String mapping = answer.request().mapping();
      if (mapping == null) {
        continue;
      }
      if (!Files.exists(connector.path().resolve(mapping + ".jsonata"))
          && !Files.exists(connector.path().resolve(mapping + ".fields.yaml"))) {
        problems.add("cloud.yaml: there is no mapping " + mapping);
      }
      for (Part part : answer.parts()) {
        if (part.device().isEmpty()) {
          problems.add(answer.request().name() + ": a part without a device");
        }
      }
      messages += send(answer, problems);
    }
    if (messages == 0) {
      problems.add("nothing came to the channel raw");
    }
    return new Finding(
        "poll", round.calls().size() + " calls, " + messages + " messages came of it", problems);
  }

  private int send(Fetched answer, List<String> problems) {
    List<PartMessage> parts =
        answer.parts().stream()
            .map(
                p ->
                    new PartMessage(
                        p.device(),
                        connector.name() + "/" + answer.request().mapping(),
                        p.json().toString().getBytes(StandardCharsets.UTF_8)))
            .toList();
    try {
      return routes.poll(parts, connector.name()).size();
    } catch (IllegalStateException e) {
      problems.add("the route failed: " + e.getMessage());
      return 0;
    }
  }

  private Finding credentials() throws IOException {
    List<String> problems = new ArrayList<>();
    boolean renews = trial.cloud().auth().login() != null;
    if (!trial.cloud().auth().type().equals("none")) {
      Round once = trial.round(Fault.UNAUTHORIZED_ONCE, Map.of());
      if (renews && once.failure() != null) {
        problems.add("401, then a new token: " + once.failure().getMessage());
      }
      expect(
          problems, "401 to everything", trial.round(Fault.UNAUTHORIZED, Map.of()), Kind.REFUSED);
    }
    for (Fault fault : List.of(Fault.UNAUTHORIZED, Fault.ERROR, Fault.GARBAGE)) {
      Round round = trial.round(fault, Map.of());
      String told = round.failure() == null ? "" : String.valueOf(round.failure().getMessage());
      for (Map.Entry<String, String> secret : trial.script().credentials().entrySet()) {
        if (secret.getValue().length() > 3 && told.contains(secret.getValue())) {
          problems.add("the error message holds the credential " + secret.getKey());
        }
      }
    }
    return new Finding(
        Grade.SILVER, "auth", trial.cloud().auth().type() + (renews ? ", renewed" : ""), problems);
  }

  private Finding errors() throws IOException {
    List<String> problems = new ArrayList<>();
    long whole = trial.round(Fault.NONE, Map.of()).parts();
    for (Fault passing : List.of(Fault.ERROR_ONCE, Fault.TOO_MANY_ONCE)) {
      Round round = trial.round(passing, Map.of());
      if (round.failure() != null || round.parts() != whole) {
        problems.add(passing + ": " + round.parts() + " parts of " + whole);
      }
    }
    Round waits = trial.round(Fault.TOO_MANY_FOR_LONG, Map.of());
    expect(problems, "429 with Retry-After", waits, Kind.LIMITED);
    if (!(waits.failure() instanceof CloudException e) || e.notBefore() == null) {
      problems.add("429 with Retry-After: the time is not kept");
    }
    expect(problems, "429 without", trial.round(Fault.TOO_MANY, Map.of()), Kind.LIMITED);
    expect(problems, "500", trial.round(Fault.ERROR, Map.of()), Kind.UNAVAILABLE);
    return new Finding(Grade.SILVER, "errors", "429 and 5xx", problems);
  }

  private Finding inventory() throws IOException {
    List<String> problems = new ArrayList<>();
    List<String> mappings =
        trial.cloud().requests().stream()
            .map(CloudRequest::inventory)
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    if (mappings.isEmpty()) {
      problems.add("cloud.yaml: no request has an inventory, devices must be entered by hand");
    }
    for (String mapping : mappings) {
      if (!Files.exists(connector.path().resolve(mapping + ".jsonata"))) {
        problems.add("cloud.yaml: there is no mapping " + mapping);
      }
    }
    if (problems.isEmpty()) {
      problems.addAll(unregistered());
    }
    return new Finding(Grade.SILVER, "inventory", String.join(", ", mappings), problems);
  }

  /** What is measured of a device that no inventory names would be dead letters for ever. */
  private List<String> unregistered() throws IOException {
    Set<String> named = new HashSet<>();
    Set<String> measured = new TreeSet<>();
    for (Fetched answer : trial.round(Fault.NONE, Map.of()).answers()) {
      for (Part part : answer.parts()) {
        if (answer.request().mapping() != null && !part.device().isEmpty()) {
          measured.add(part.device());
        }
        if (answer.request().inventory() != null) {
          named.add(id(answer.request().inventory(), part));
        }
      }
    }
    measured.removeAll(named);
    return measured.stream().map(d -> "measured, and named by no inventory: " + d).toList();
  }

  private String id(String inventory, Part part) throws IOException {
    try {
      return Reading.output(
              connector,
              inventory,
              part.device(),
              part.json().toString().getBytes(StandardCharsets.UTF_8),
              PollTrial.NOW)
          .path("id")
          .asText(part.device());
    } catch (MappingException e) {
      // One that gives nothing leaves the device without a name, and known all the same.
      return part.device();
    }
  }

  private Finding broken() throws IOException {
    List<String> problems = new ArrayList<>();
    for (Fault fault : List.of(Fault.TRUNCATED, Fault.GARBAGE, Fault.EMPTY, Fault.SILENT)) {
      Round round = trial.round(fault, Map.of());
      expect(problems, fault.name(), round, Kind.UNAVAILABLE);
      if (!round.answers().isEmpty() || !round.state().isEmpty()) {
        problems.add(fault + ": something was taken, or the watermark moved");
      }
    }
    return new Finding(Grade.GOLD, "broken", "cut, garbled, empty and silent answers", problems);
  }

  private Finding again() throws IOException {
    List<String> problems = new ArrayList<>();
    Round first = trial.round(Fault.NONE, Map.of());
    Round second = trial.round(Fault.NONE, first.state());
    if (second.failure() != null) {
      problems.add("the second poll failed: " + second.failure().getMessage());
    }
    second.unexpected().forEach(u -> problems.add("second poll, not in samples/cloud.yaml: " + u));
    first
        .state()
        .forEach(
            (key, mark) -> {
              if (key.startsWith("since ")
                  && mark.compareTo(second.state().getOrDefault(key, "")) > 0) {
                problems.add("the watermark went back: " + key);
              }
            });
    Round cut = trial.round(Fault.ERROR_AFTER_FIRST, Map.of());
    Round on = trial.round(Fault.NONE, cut.state());
    if (cut.parts() + on.parts() < first.parts() && on.parts() < first.parts()) {
      problems.add("a poll that broke off and went on took less than one that did not");
    }
    return new Finding(Grade.GOLD, "again", "repeated and broken off", problems);
  }

  private Finding empty() throws IOException {
    List<String> problems = new ArrayList<>();
    Round round = trial.emptied().round(Fault.NONE, Map.of());
    if (round.failure() != null) {
      problems.add("an answer without devices: " + round.failure().getMessage());
    }
    return new Finding(Grade.GOLD, "empty", "answers without devices", problems);
  }

  private static void expect(List<String> problems, String what, Round round, Kind kind) {
    if (!(round.failure() instanceof CloudException e) || e.kind() != kind) {
      problems.add(
          what
              + ": expected "
              + kind
              + ", got "
              + (round.failure() == null ? "a success" : round.failure().toString()));
    }
  }
}
