package io.caravanhub.edge.manage;

import io.caravanhub.edge.manage.VersionStore.Outcome;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the hub what became of versions, sooner or later. One thread at a time. */
final class OutcomeReport {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeReport.class);
  private final HubApi hub;
  private final String path;
  private final VersionStore store;

  /**
   * @param path where the hub takes reports
   */
  OutcomeReport(HubApi hub, String path, VersionStore store) {
    this.hub = hub;
    this.path = path;
    this.store = store;
  }

  /** Tells the hub what it does not know; what cannot be told now is told with the next pull. */
  void send() throws IOException {
    Outcome outcome = store.outcome().orElse(null);
    if (outcome == null || outcome.told()) {
      return;
    }
    try {
      HubApi.Answer answer = hub.post(path, body(outcome));
      if (answer.isOk()) {
        store.outcome(outcome.asTold());
      } else {
        LOG.warn("The report of version {} was not taken: {}", outcome.version(), answer.problem());
      }
    } catch (IOException e) {
      LOG.debug("The report of version {} waits: {}", outcome.version(), e.toString());
    }
  }

  /** To the hub, a version that was damaged is one that was taken back. */
  private static Map<String, Object> body(Outcome outcome) {
    boolean damaged = outcome.state().equals("damaged");
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("version", outcome.version());
    body.put("state", damaged ? "rolled_back" : outcome.state());
    if (outcome.error() != null) {
      body.put("error", damaged ? "damaged: " + outcome.error() : outcome.error());
    }
    return body;
  }
}
