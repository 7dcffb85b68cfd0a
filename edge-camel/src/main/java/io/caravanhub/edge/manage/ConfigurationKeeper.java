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
  private static final int TRIES = 3;

  private final ManageSettings settings;
  private final HubApi hub;
  private final VersionStore store;
  private final LiveConfiguration live;
  private final OutcomeReport reports;
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
    this.reports = new OutcomeReport(hub, path("/report"), store);
  }

  State state() {
    return state;
  }

  /**
   * Before anything is read: finishes what the last run had begun. A version that was on trial gets
   * one more start to prove itself.
   */
  void recover() throws IOException {
    Integer lost = store.open();
    Pending pending = store.pending().orElse(null);
    Outcome outcome = store.outcome().orElse(null);
    if (pending != null) {
      String decided =
          outcome == null || outcome.version() != pending.version() ? "applying" : outcome.state();
      if (decided.equals("rolled_back")) {
        goBack(pending);
        store.endPending();
      } else if (!decided.equals("applying") || store.current() != pending.version()) {
        store.endPending();
      } else if (pending.starts() + 1 >= STARTS) {
        rollBack(
            pending, "the gateway was started twice before the version had proved itself", false);
      } else {
        Pending again =
            new Pending(
                pending.version(),
                pending.previous(),
                pending.wasDown(),
                pending.uplink(),
                pending.starts() + 1);
        store.pending(again);
        watchedSince = nanoClock.getAsLong();
      }
    }
    if (lost != null) {
      damaged(lost, "its files are gone");
    }
    reload();
    store.enrolled(enrolment());
    told();
  }

  /** Takes over the version in force, or the newest before it that can be read. */
  private void reload() throws IOException {
    while (true) {
      int version = store.current();
      try {
        live.reload();
        return;
      } catch (IOException | IllegalArgumentException e) {
        if (version == 0) {
          throw e;
        }
        // It was read before it was put in force: the files were changed by hand, or are damaged.
        damaged(version, String.valueOf(e.getMessage()));
        store.switchTo(store.before(version));
      }
    }
  }

  /** Is asked for again; what is known of another version that did not do stays known. */
  private void damaged(int version, String why) throws IOException {
    LOG.error("Version {} is damaged, going back to the one before: {}", version, why);
    store.endPending();
    Outcome last = store.outcome().orElse(null);
    if (last == null
        || last.version() == version
        || last.state().equals("healthy")
        || last.state().equals("applying")) {
      store.outcome(new Outcome(version, "damaged", why, false));
    }
  }

  private String enrolment() {
    String who = settings.api() + "\n" + settings.gateway() + "\n" + settings.token();
    return Bundle.of(Map.of("enrolment", who)).sha256();
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
    reports.send();
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
    String announced = answer.body().path("sha256").asText();
    if (version == 0 || isInForce(version, announced)) {
      seen = answer.tag();
      return;
    }
    Outcome last = store.outcome().filter(o -> o.isOf(version, announced)).orElse(null);
    if (last != null && last.isFinal()) {
      seen = answer.tag();
      return;
    }
    int tries = last != null && last.state().equals("rolled_back") ? last.again() : TRIES;
    if (tries < TRIES && !health.uplink()) {
      return;
    }
    Bundle bundle = bundle(answer.body());
    String sha256 = bundle.sha256();
    if (!sha256.equals(announced)) {
      LOG.error("Version {} came damaged: its SHA-256 is {}; asking again later", version, sha256);
      return;
    }
    Outcome trying = new Outcome(version, sha256, "applying", null, false, tries - 1);
    List<String> problems = problems(check, bundle);
    if (problems.isEmpty()) {
      apply(trying, bundle, health);
    } else {
      end(trying, "refused", String.join("\n", problems));
    }
    if (!isToBeTriedAgain()) {
      seen = answer.tag();
    }
  }

  private boolean isToBeTriedAgain() throws IOException {
    return store.outcome().filter(o -> o.state().equals("rolled_back") && !o.isFinal()).isPresent();
  }

  /** Whether these very files are in force, also on the disk. */
  private boolean isInForce(int version, String sha256) throws IOException {
    if (version != store.current() || !sha256.equals(store.sha256(version))) {
      return false;
    }
    if (store.outcome().isEmpty()) {
      // Another hub's, or forgotten: this one has to hear that it runs.
      end(new Outcome(version, sha256, "applying", null, false, 0), "healthy", null);
    }
    return true;
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

  private void apply(Outcome trying, Bundle bundle, SiteHealth health) throws IOException {
    int version = trying.version();
    int previous = store.current();
    if (previous == version) {
      // Other files under the same number: there is always a whole version in force.
      previous = store.before(version);
      store.switchTo(previous);
    }
    store.write(version, bundle);
    if (!store.sha256(version).equals(trying.sha256())) {
      store.discard(version);
      reload();
      throw new IOException("version " + version + " is not on the disk as it was written");
    }
    Pending pending = new Pending(version, previous, health.down().keySet(), health.uplink(), 0);
    store.pending(pending);
    store.outcome(trying);
    store.switchTo(version);
    watchedSince = nanoClock.getAsLong();
    try {
      live.reload();
    } catch (IOException | IllegalArgumentException e) {
      rollBack(pending, "it cannot be taken over: " + e.getMessage(), false);
      reload();
      reports.send();
      return;
    }
    LOG.info("Configuration {} is in force, on trial for {}", version, settings.healthyWithin());
    told();
    reports.send();
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
    Trial trial = Trial.of(pending, health);
    if (trial.isPassed()) {
      end(trying(pending), "healthy", null);
      store.endPending();
      store.prune(pending.previous());
    } else if (since.compareTo(settings.healthyWithin()) >= 0) {
      rollBack(
          pending,
          "after " + settings.healthyWithin() + ": " + trial.text(),
          trial.isPerhapsTheHub());
      reload();
      reports.send();
    }
  }

  /**
   * The order counts: whoever finds the outcome at a start finishes the rest.
   *
   * @param again whether it is tried again, as often as it may be
   */
  private void rollBack(Pending pending, String why, boolean again) throws IOException {
    Outcome trying = trying(pending);
    int left = again ? trying.again() : 0;
    String text = left == 0 ? why : why + "; tried again when it is back";
    decide(trying.now("rolled_back", text, left));
    goBack(pending);
    store.endPending();
    if (left > 0) {
      seen = null;
    }
    told();
  }

  private void goBack(Pending pending) throws IOException {
    boolean there = store.has(pending.previous());
    store.switchTo(there ? pending.previous() : store.before(pending.version()));
    store.discard(pending.version());
  }

  private Outcome trying(Pending pending) throws IOException {
    return store
        .outcome()
        .filter(outcome -> outcome.version() == pending.version())
        .orElseGet(() -> new Outcome(pending.version(), "applying", null, false));
  }

  private void end(Outcome trying, String what, @Nullable String error) throws IOException {
    decide(trying.now(what, error, 0));
    reports.send();
  }

  private void decide(Outcome outcome) throws IOException {
    store.outcome(outcome);
    if (outcome.error() == null) {
      LOG.info("Configuration {}: {}", outcome.version(), outcome.state());
    } else {
      LOG.warn("Configuration {}: {}: {}", outcome.version(), outcome.state(), outcome.error());
    }
    told();
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
