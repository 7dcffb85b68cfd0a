package io.caravanhub.core.bacnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against a peer that somebody else wrote. */
class BacstackTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final ObjectId SUPPLY_AIR = new ObjectId(0, 1);
  private static final ObjectId FILTER = new ObjectId(0, 2);
  private static final ObjectId SET_POINT = new ObjectId(2, 1);

  private static BacstackPeer peer;
  private static BacnetAddress at;
  private BacnetClient client;
  private BacnetDevice device;

  @BeforeAll
  static void start() throws Exception {
    String missing = BacstackPeer.missing();
    Assumptions.assumeTrue(missing == null, missing);
    peer = new BacstackPeer();
    at = BacnetAddress.of(peer.address());
  }

  @AfterAll
  static void stop() throws Exception {
    if (peer != null) {
      peer.close();
    }
  }

  @BeforeEach
  void open() throws Exception {
    client = BacnetClient.open(BacnetSettings.of(Duration.ofSeconds(3)));
    device = client.device(new IAm(at, 4711, 1476, 3, 7));
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void saysWhoItIs() throws Exception {
    IAm found = get(client.find(at, 4711, Duration.ofMillis(500)));
    assertThat(found).isEqualTo(new IAm(at, 4711, 1476, 3, 7));
    assertThat(get(client.whoIs(at, 1, 4710, Duration.ofMillis(300)))).isEmpty();
    assertThat(get(client.identify(at)).instance()).isEqualTo(4711);
  }

  @Test
  void isReadOneByOne() throws Exception {
    assertThat(get(device.read(PropertyReference.of(SUPPLY_AIR, BacnetProperty.PRESENT_VALUE))))
        .containsExactly(new BacnetValue.Real(14.5f));
    ObjectId self = ObjectId.device(4711);
    assertThat(get(device.read(PropertyReference.of(self, BacnetProperty.number("vendor-name")))))
        .containsExactly(new BacnetValue.Text("Käfer & Söhne"));
    assertThat(get(device.read(PropertyReference.element(self, BacnetProperty.OBJECT_LIST, 0))))
        .containsExactly(new BacnetValue.Unsigned(6));
    assertThatThrownBy(
            () -> get(device.read(PropertyReference.of(SUPPLY_AIR, BacnetProperty.RELIABILITY))))
        .hasMessage("the device answered property unknown-property");
  }

  @Test
  void isReadManyAtOnce() throws Exception {
    List<PropertyReference> asked =
        List.of(
            PropertyReference.of(FILTER, BacnetProperty.PRESENT_VALUE),
            PropertyReference.of(FILTER, BacnetProperty.STATUS_FLAGS),
            PropertyReference.of(FILTER, BacnetProperty.OBJECT_NAME),
            PropertyReference.of(new ObjectId(3, 1), BacnetProperty.PRESENT_VALUE),
            PropertyReference.of(new ObjectId(19, 1), BacnetProperty.PRESENT_VALUE),
            PropertyReference.of(new ObjectId(0, 99), BacnetProperty.PRESENT_VALUE),
            PropertyReference.of(ObjectId.device(4711), BacnetProperty.number("local-date")));
    long before = client.counts().sent();
    List<PropertyResult> results = get(device.read(asked));
    assertThat(client.counts().sent() - before).isEqualTo(1);
    assertThat(results.stream().limit(5).map(result -> result.value().orElseThrow()))
        .containsExactly(
            new BacnetValue.Real(120.25f),
            new BacnetValue.Bits("0100"),
            new BacnetValue.Text("Filter"),
            new BacnetValue.Enumerated(1),
            new BacnetValue.Unsigned(3));
    assertThat(results.get(5).error()).hasMessage("the device answered object unknown-object");
    assertThat(results.get(6).value().orElseThrow())
        .isInstanceOfSatisfying(
            BacnetValue.Date.class, date -> assertThat(date.year() + 1900).isEqualTo(2026));
    assertThat(get(device.objects(100))).hasSize(6).contains(SET_POINT);
  }

  @Test
  void isReadOneByOneWhenItRefusesMany() throws Exception {
    peer.tell("multiple off");
    try {
      List<PropertyResult> results =
          get(
              device.read(
                  List.of(
                      PropertyReference.of(SUPPLY_AIR, BacnetProperty.UNITS),
                      PropertyReference.of(FILTER, BacnetProperty.UNITS))));
      assertThat(results.stream().map(result -> result.value().orElseThrow()))
          .containsExactly(new BacnetValue.Enumerated(62), new BacnetValue.Enumerated(53));
    } finally {
      peer.tell("multiple on");
    }
  }

  @Test
  void isWrittenAndReadBack() throws Exception {
    PropertyReference setPoint = PropertyReference.of(SET_POINT, BacnetProperty.PRESENT_VALUE);
    assertThat(get(device.write(setPoint, new BacnetValue.Real(22.5f), 8)))
        .containsExactly(new BacnetValue.Real(22.5f));
    JsonNode written = peer.next("written");
    assertThat(written.path("written").path("type").asInt()).isEqualTo(2);
    assertThat(written.path("value").asDouble()).isEqualTo(22.5);
    assertThat(written.path("priority").asInt()).isEqualTo(8);
  }

  @Test
  void tellsChangesUntilTheSubscriptionEnds() throws Exception {
    List<BacnetValue> told = new CopyOnWriteArrayList<>();
    CovSubscription subscription =
        get(
            device.subscribe(
                PropertyReference.of(SUPPLY_AIR, BacnetProperty.PRESENT_VALUE),
                new CovSubscription.CovOptions(false, Duration.ofSeconds(120), null),
                change -> told.addAll(change.of(BacnetProperty.PRESENT_VALUE).values())));
    assertThat(peer.next("subscribed").path("lifetime").asInt()).isEqualTo(120);
    await().atMost(SOON).until(() -> told.size() == 1);
    peer.tell("set 0:1 15.25");
    await().atMost(SOON).until(() -> told.contains(new BacnetValue.Real(15.25f)));
    subscription.close();
    assertThat(peer.next("subscribed").path("cancelled").asBoolean()).isTrue();
    peer.tell("set 0:1 14.5");
  }

  @Test
  void tellsItsAlarmsAndHasThemAcknowledged() throws Exception {
    List<EventNotification> events = new CopyOnWriteArrayList<>();
    client.onEvent(
        (from, event) -> {
          events.add(event);
          return CompletableFuture.completedFuture(null);
        });
    peer.tell("event 127.0.0.1:" + client.port());
    assertThat(peer.next("event").path("event").asText()).isEqualTo("acknowledged");
    assertThat(events).hasSize(1);
    EventNotification event = events.get(0);
    assertThat(event.object()).isEqualTo(FILTER);
    assertThat(event.message()).isEqualTo("Filter clogged");
    assertThat(event.toState()).isEqualTo(3);
    assertThat(event.ackRequired()).isTrue();

    List<EventSummary> summaries = get(device.events());
    assertThat(summaries).hasSize(1);
    assertThat(summaries.get(0).acknowledged()).isEqualTo("011");
    assertThat(summaries.get(0).priorities()).containsExactly(1, 2, 3);
    assertThat(summaries.get(0).times().get(0)).isEqualTo(event.time());
    get(device.acknowledge(FILTER, 3, event.time(), "Mia", event.time()));
    JsonNode acknowledged = peer.next("acknowledged");
    assertThat(acknowledged.path("acknowledged").path("instance").asInt()).isEqualTo(2);
    assertThat(acknowledged.path("by").asText()).isEqualTo("Mia");
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
