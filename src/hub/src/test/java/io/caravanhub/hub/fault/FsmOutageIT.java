package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A field-service system that is down for an hour while ten problems a second are noticed, and a
 * hub that is killed meanwhile. Every problem whose reading was acknowledged has one order in the
 * end, and none has two. A build has fewer of both; {@code -Dfsm.outage.actions=36000
 * -Dfsm.outage.kills=5} is the hour.
 */
class FsmOutageIT {
  private static final int FAMILIES = 20;
  private static final int DEVICES = Integer.getInteger("fsm.outage.actions", 400) / FAMILIES;
  private static final List<CountingFsm.Mood> OUTAGES =
      List.of(
          CountingFsm.Mood.STORES_AND_CUTS,
          CountingFsm.Mood.GONE,
          CountingFsm.Mood.SILENT,
          CountingFsm.Mood.PAGE,
          CountingFsm.Mood.AWAY);
  private static final int KILLS = Integer.getInteger("fsm.outage.kills", 2);
  private static final Duration DRAINED = Duration.ofSeconds(60 + DEVICES * FAMILIES / 20);
  private static final String TYPE = "outage_probe";

  @Test
  void an_outage_and_kills_of_the_hub_lose_no_order_and_make_none_twice(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    try (CountingFsm fsm = new CountingFsm()) {
      HubProcess hub =
          new HubProcess(
              folder.resolve("home"),
              folder.resolve("hub.txt"),
              Map.of(
                  "HUB_FSM_URL",
                  fsm.url(),
                  "HUB_JAVA_OPTS",
                  "-XX:TieredStopAtLevel=1 -Dhub.fsm.timeout=1000 -Dhub.fsm.settle.longest=PT1S"
                      + " -Dhub.fsm.back.off.longest=PT3S -Dhub.fsm.read-back.every=PT1H"));
      try {
        hub.start();
        HubClient api =
            new HubClient(
                URI.create("http://127.0.0.1:" + hub.httpPort), hub.home().resolve("admin.token"));
        rules(api);
        List<String> devices = devices(api);
        Instant began = Instant.now();
        Set<String> problems = new HashSet<>();
        int share = (DEVICES + OUTAGES.size() - 1) / OUTAGES.size();
        for (int outage = 0; outage < OUTAGES.size(); outage++) {
          fsm.be(OUTAGES.get(outage));
          long before = fsm.calls();
          int from = Math.min(devices.size(), outage * share);
          for (String device : devices.subList(from, Math.min(devices.size(), from + share))) {
            problems.addAll(overheat(api, device));
          }
          boolean deaf = OUTAGES.get(outage) == CountingFsm.Mood.GONE;
          // Where nobody listens, nobody sees the hub try: its breaker tries again after five
          // seconds.
          await()
              .atMost(Duration.ofSeconds(60))
              .pollDelay(Duration.ofSeconds(deaf ? 6 : 0))
              .until(() -> deaf || fsm.calls() > before);
          if (outage < KILLS) {
            hub.kill();
            hub.start();
          }
        }
        Duration down = Duration.between(began, Instant.now());
        fsm.be(CountingFsm.Mood.WELL);
        Instant up = Instant.now();
        await()
            .atMost(DRAINED)
            .pollInterval(Duration.ofMillis(500))
            .until(() -> fsm.orders().keySet().containsAll(problems) && underWay(api) == 0);
        System.out.printf(
            "fault: FSM down for %d s, %d kills of the hub: %d problems, %d creates sent, %d lost,"
                + " %d twice, all delivered %d s after it was up%n",
            down.toSeconds(),
            Math.min(KILLS, OUTAGES.size()),
            problems.size(),
            fsm.creates(),
            problems.size() - fsm.orders().size(),
            fsm.size() - fsm.orders().size(),
            Duration.between(up, Instant.now()).toSeconds());
        assertThat(fsm.orders().keySet()).containsExactlyInAnyOrderElementsOf(problems);
        assertThat(fsm.orders().values()).as("orders of each problem").containsOnly(1);
      } finally {
        hub.end();
      }
    }
  }

  /** Each notices the same reading, as a problem of its own. */
  private static void rules(HubClient api) throws Exception {
    for (int family = 0; family < FAMILIES; family++) {
      HubClient.Answer made =
          api.post(
              "/rules",
              """
              {"id": "outage-%1$d", "scope": {"device_type": "%2$s"}, "when": {"metric": "temperature", "above": 90},
               "event": {"type": "critical_fault", "severity": "critical", "family": "outage_%1$d", "failure_mode": "F%1$d",
                         "message": "too hot by rule %1$d", "action": "Look"}}\
              """
                  .formatted(family, TYPE));
      assertThat(made.status()).as(made.toString()).isEqualTo(201);
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> api.get("/rules").toString().contains("outage-" + (FAMILIES - 1)));
  }

  private static List<String> devices(HubClient api) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int n = 0; n < DEVICES; n++) {
      HubClient.Answer made =
          api.post(
              "/devices",
              """
              {"device_serial": "OUT-%1$d", "device_type": "%2$s", "manufacturer": "m", "model": "m", "connection_type": "http", "building_id": "B-%1$d"}\
              """
                  .formatted(n, TYPE));
      assertThat(made.status()).as(made.toString()).isEqualTo(201);
      ids.add(made.body().path("id").asText());
    }
    return ids;
  }

  /** A reading that every rule minds; acknowledged, it must come to orders. */
  private static Set<String> overheat(HubClient api, String device)
      throws IOException, InterruptedException {
    HubClient.Answer answer =
        api.post(
            "/telemetry/ingest",
            new ObjectMapper()
                .writeValueAsString(
                    Map.of("device_id", device, "metrics", Map.of("temperature", 95))));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
    Set<String> problems = new HashSet<>();
    for (int family = 0; family < FAMILIES; family++) {
      problems.add(CountingFsm.problem(device, "F" + family));
    }
    return problems;
  }

  private static int underWay(HubClient api) throws IOException, InterruptedException {
    int all = 0;
    for (String state : List.of("PLANNED", "SENDING", "UNKNOWN", "HELD", "DEAD")) {
      all += api.get("/actions?state=" + state + "&limit=1").path("items").size();
    }
    return all;
  }
}
