package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cloud once for everything its connector declares. The state moves on only after an answer
 * was taken, so that a poll that breaks off repeats and never skips. Not thread-safe.
 */
public final class CloudPoll {
  private final Cloud cloud;
  private final CloudAccess access;
  private final CloudHttp http;
  private final Clock clock;
  private final Pause pause;

  /** Polls this cloud with these credentials. */
  public CloudPoll(Cloud cloud, CloudAccess access, CloudHttp http, Clock clock) {
    this(cloud, access, http, clock, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
  }

  /** As above, with another way to wait. */
  public CloudPoll(Cloud cloud, CloudAccess access, CloudHttp http, Clock clock, Pause pause) {
    this.cloud = cloud;
    this.access = access;
    this.http = http;
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * Polls.
   *
   * @param state as the last {@link PollSink#progress} had it; empty at first
   * @throws CloudException when the poll could not be finished; what was taken stays taken
   */
  public PollReport run(Map<String, String> state, PollSink sink) {
    Map<String, String> now = new TreeMap<>(state);
    CloudSession session = new CloudSession(cloud, access, http, clock, pause);
    Map<String, List<JsonNode>> items = new HashMap<>();
    List<String> problems = new ArrayList<>();
    int parts = 0;
    for (CloudRequest request : cloud.requests()) {
      String asked = "asked " + request.name();
      if (!isDue(request, now.get(asked))) {
        continue;
      }
      Pages pages = new Pages(cloud, request, session, clock, now, sink);
      List<@Nullable JsonNode> parents = new ArrayList<>();
      if (request.each() == null) {
        parents.add(null);
      } else {
        parents.addAll(Objects.requireNonNullElse(items.get(request.each()), List.of()));
      }
      Instant begun = clock.instant();
      boolean whole = true;
      for (JsonNode parent : parents) {
        try {
          pages.fetch(parent);
        } catch (CloudException e) {
          // One device that its cloud does not know any more keeps none of the others from us.
          if (parent == null || e.kind() != CloudException.Kind.WRONG) {
            throw e;
          }
          problems.add(e.reason());
          whole = false;
        }
      }
      parts += pages.parts();
      if (whole && pages.isWhole()) {
        sink.answered(request, begun);
      }
      items.put(request.name(), pages.items());
      if (!request.every().isZero()) {
        now.put(asked, clock.instant().toString());
        sink.progress(now);
      }
    }
    return new PollReport(session.sent(), parts, session.blockedUntil(), problems);
  }

  private boolean isDue(CloudRequest request, @Nullable String asked) {
    return asked == null || !Instant.parse(asked).plus(request.every()).isAfter(clock.instant());
  }
}
