package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.BundleCheck;
import io.caravanhub.core.bundle.BundleProblem;
import io.caravanhub.edge.manage.VersionStore.Outcome;
import io.caravanhub.edge.manage.VersionStore.Pending;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes new versions of the configuration: pulled, read through, put in force, watched, and taken
 * back when the gateway does not come back as well as it was. One thread at a time.
 */
final class ConfigurationKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationKeeper.class);
  private static final int STARTS = 2;

  private final ManageSettings settings;
  private final HubApi hub;
  private final VersionStore store;
  private final LiveConfiguration live;
  private final LongSupplier nanoClock;
  private long watchedSince;
  private @Nullable String seen;
  private volatile @Nullable Integer desired;
  private volatile State state = new State(null, null, "none", null);

  /**
   * As the health message has it.
   *
   * @param desired version that the hub wants, or null when it has not said
   * @param running version in force, or null for none of the hub's
   */
  record State(
      @Nullable Integer desired, @Nullable Integer running, String state, @Nullable String error) {}

  ConfigurationKeeper(
      ManageSettings settings,
      HubApi hub,
      VersionStore store,
      LiveConfiguration live,
      LongSupplier nanoClock) {
    this.settings = settings;
    this.hub = hub;
    this.store = store;
    this.live = live;
    this.nanoClock = nanoClock;
  }

  State state() {
    return state;
  }

  /**
   * Before anything is read: finishes what the last run had begun. A version that was on trial gets
   * one more start to prove itself.
   */
  void recover() throws IOException {
    store.open();
    Pending pending = store.pending().orElse(null);
    Outcome outcome = store.outcome().orElse(null);
    if (pending != null) {
      String decided =
          outcome == null || outcome.version() != pending.version() ? "applying" : outcome.state();
      if (decided.equals("rolled_back")) {
        store.switchTo(pending.previous());
        store.endPending();
      } else if (!decided.equals("applying") || store.current() != pending.version()) {
        store.endPending();
      } else if (pending.starts() + 1 >= STARTS) {
        rollBack(pending, "the gateway was started twice before the version had proved itself");
      } else {
        Pending again =
            new Pending(
                pending.version(),
                pending.previous(),
                pending.down(),
                pending.uplink(),
                pending.starts() + 1);
        store.pending(again);
        watchedSince = nanoClock.getAsLong();
      }
    }
    try {
      live.reload();
    } catch (IOException | IllegalArgumentException e) {
      // It was read before it was put in force: the files were changed by hand, or are damaged.
      LOG.error("Version {} cannot be read any more: {}", store.current(), e.getMessage());
      store.switchTo(0);
      live.reload();
    }
    told();
  }

  /** Whether a version is on trial. */
  boolean isWatching() throws IOException {
    return store.pending().isPresent();
  }

  /**
   * Asks the hub for a new version and puts it in force; reports what is not yet reported.
   *
   * @param check reads bundles as this gateway does
   */
  void pull(BundleCheck check, SiteHealth health) throws IOException {
    report();
    if (isWatching()) {
      return;
    }
    HubApi.Answer answer = hub.get(path(""), seen);
    if (answer.status() == 304) {
      return;
    }
    if (!answer.isOk()) {
      throw new IOException(answer.problem());
    }
    int version = answer.body().path("version").asInt();
    desired = version == 0 ? null : version;
    told();
    Outcome outcome = store.outcome().orElse(null);
    boolean known =
        outcome != null && outcome.version() == version && !outcome.state().equals("applying");
    if (version == 0 || version == store.current() || known) {
      seen = answer.tag();
      return;
    }
    Bundle bundle = bundle(answer.body());
    String sha256 = bundle.sha256();
    if (!sha256.equals(answer.body().path("sha256").asText())) {
      LOG.error("Version {} came damaged: its SHA-256 is {}; asking again later", version, sha256);
      return;
    }
    List<String> problems = problems(check, bundle);
    if (!problems.isEmpty()) {
      end(version, "refused", String.join("\n", problems));
      seen = answer.tag();
      return;
    }
    apply(version, bundle, health);
    seen = answer.tag();
  }

  private List<String> problems(BundleCheck check, Bundle bundle) {
    List<String> problems = new ArrayList<>();
    for (BundleProblem problem : check.problems(bundle)) {
      problems.add(problem.toString());
    }
    if (!settings.routes()
        && bundle.files().keySet().stream().anyMatch(path -> path.startsWith("routes/"))) {
      problems.add("routes/: this gateway takes no route files (manage.routes in its edge.yaml)");
    }
    String connections = bundle.files().get(Bundle.FIELDBUS);
    if (connections != null && problems.isEmpty()) {
      try {
        live.read(connections);
      } catch (IllegalArgumentException e) {
        problems.add(Bundle.FIELDBUS + ": " + e.getMessage());
      }
    }
    return problems;
  }

  private void apply(int version, Bundle bundle, SiteHealth health) throws IOException {
    int previous = store.current();
    store.write(version, bundle);
    store.pending(new Pending(version, previous, health.down().size(), health.uplink(), 0));
    store.outcome(new Outcome(version, "applying", null, false));
    store.switchTo(version);
    live.reload();
    watchedSince = nanoClock.getAsLong();
    LOG.info("Configuration {} is in force, on trial for {}", version, settings.healthyWithin());
    told();
    report();
  }

  /** Looks how the version on trial is doing; ends the trial when that is clear. */
  void watch(SiteHealth health) throws IOException {
    Pending pending = store.pending().orElse(null);
    if (pending == null) {
      return;
    }
    Duration since = Duration.ofNanos(nanoClock.getAsLong() - watchedSince);
    if (since.compareTo(settings.settle()) < 0) {
      return;
    }
    List<String> wrong = wrong(pending, health);
    if (wrong.isEmpty()) {
      end(pending.version(), "healthy", null);
      store.endPending();
      store.prune(pending.previous());
    } else if (since.compareTo(settings.healthyWithin()) >= 0) {
      rollBack(pending, "after " + settings.healthyWithin() + ": " + String.join("; ", wrong));
      live.reload();
      report();
    }
  }

  private static List<String> wrong(Pending pending, SiteHealth health) {
    List<String> wrong = new ArrayList<>();
    health.refusedRoutes().forEach((file, why) -> wrong.add(file + " is refused: " + why));
    Map<String, String> down = health.down();
    if (down.size() > pending.down()) {
      StringBuilder text = new StringBuilder();
      text.append(down.size()).append(" connections are down, before it were ");
      text.append(pending.down()).append(':');
      new TreeMap<>(down)
          .entrySet().stream()
              .limit(10)
              .forEach(
                  d ->
                      text.append(' ')
                          .append(d.getKey())
                          .append(" (")
                          .append(d.getValue())
                          .append(')'));
      wrong.add(text.toString());
    }
    if (pending.uplink() && !health.uplink()) {
      wrong.add("there is no connection to the hub any more");
    }
    return wrong;
  }

  /** The order counts: whoever finds the outcome at a start finishes the rest. */
  private void rollBack(Pending pending, String why) throws IOException {
    decide(pending.version(), "rolled_back", why);
    store.switchTo(pending.previous());
    store.endPending();
    told();
  }

  private void end(int version, String what, @Nullable String error) throws IOException {
    decide(version, what, error);
    report();
  }

  private void decide(int version, String what, @Nullable String error) throws IOException {
    store.outcome(new Outcome(version, what, error, false));
    if (error == null) {
      LOG.info("Configuration {}: {}", version, what);
    } else {
      LOG.warn("Configuration {}: {}: {}", version, what, error);
    }
    told();
  }

  /** Tells the hub what it does not know; what cannot be told now is told with the next pull. */
  private void report() throws IOException {
    Outcome outcome = store.outcome().orElse(null);
    if (outcome == null || outcome.told()) {
      return;
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("version", outcome.version());
    body.put("state", outcome.state());
    if (outcome.error() != null) {
      body.put("error", outcome.error());
    }
    try {
      HubApi.Answer answer = hub.post(path("/report"), body);
      if (answer.isOk()) {
        store.outcome(new Outcome(outcome.version(), outcome.state(), outcome.error(), true));
      } else {
        LOG.warn("The report of version {} was not taken: {}", outcome.version(), answer.problem());
      }
    } catch (IOException e) {
      LOG.debug("The report of version {} waits: {}", outcome.version(), e.toString());
    }
  }

  private void told() throws IOException {
    Outcome outcome = store.outcome().orElse(null);
    int running = store.current();
    state =
        new State(
            desired,
            running == 0 ? null : running,
            outcome == null ? "none" : outcome.state(),
            outcome == null ? null : outcome.error());
  }

  private static Bundle bundle(JsonNode body) {
    TreeMap<String, String> files = new TreeMap<>();
    body.path("files").properties().forEach(f -> files.put(f.getKey(), f.getValue().asText()));
    return new Bundle(files);
  }

  private String path(String rest) {
    return "/gateways/" + settings.gateway() + "/configuration" + rest;
  }
}
