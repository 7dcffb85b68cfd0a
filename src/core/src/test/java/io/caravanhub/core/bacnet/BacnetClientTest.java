package io.caravanhub.core.bacnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BacnetClientTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration WAIT = Duration.ofMillis(400);

  private final TestDevice device = new TestDevice(12);
  private final ObjectId supplyAir = device.analog(1, 14.5f);
  private BacnetClient client;

  @BeforeEach
  void open() throws Exception {
    client = BacnetClient.open(BacnetSettings.of(WAIT));
  }

  @AfterEach
  void close() {
    client.close();
    device.close();
  }

  @Test
  void aDeviceIsFoundByItsInstanceAndRead() throws Exception {
    IAm found = get(client.find(at(device), 12, WAIT));
    assertThat(found.address()).isEqualTo(at(device));
    assertThat(found.maxApdu()).isEqualTo(1476);

    assertThat(get(client.device(found).read(presentValue(supplyAir))))
        .containsExactly(new BacnetValue.Real(14.5f));
    assertThat(get(client.whoIs(at(device), 13, 20, WAIT))).isEmpty();
  }

  @Test
  void anInstanceThatTwoClaimIsToldAndNeitherIsTaken() {
    try (TestDevice other = new TestDevice(12)) {
      CompletableFuture<IAm> asked = client.find(at(device), 12, WAIT);
      other.iAm(new InetSocketAddress(InetAddress.getLoopbackAddress(), client.port()));
      assertThatThrownBy(() -> get(asked))
          .hasMessageContaining("device 12 is claimed by")
          .hasMessageContaining("give the address");
    }
    assertThat(client.doubledInstances()).containsExactly(12);
    assertThat(client.counts().duplicates()).isPositive();
  }

  @Test
  void theDeviceAtAnAddressSaysWhichItIs() throws Exception {
    assertThat(get(client.identify(at(device))).instance()).isEqualTo(12);
    assertThatThrownBy(() -> get(client.identify(at(device), 13)))
        .hasMessageContaining("is not device 13");
  }

  @Test
  void manyPropertiesTakeOneRequestAndARefusedOneIsTheOnlyOneWithoutValue() throws Exception {
    List<PropertyReference> asked =
        List.of(
            presentValue(supplyAir),
            PropertyReference.of(supplyAir, BacnetProperty.UNITS),
            presentValue(new ObjectId(0, 99)));
    int before = device.requests.get();
    List<PropertyResult> results = get(target().read(asked));

    assertThat(device.requests.get() - before).isEqualTo(1);
    assertThat(results).extracting(PropertyResult::reference).isEqualTo(asked);
    assertThat(results.get(0).value()).contains(new BacnetValue.Real(14.5f));
    assertThat(results.get(2).error()).hasMessage("the device answered object unknown-object");
  }

  @Test
  void aDeviceWithoutReadPropertyMultipleIsReadOneByOneAndAskedOnce() throws Exception {
    device.knowsMultiple = false;
    BacnetDevice target = target();
    List<PropertyReference> asked =
        List.of(presentValue(supplyAir), presentValue(new ObjectId(0, 99)));
    for (int i = 0; i < 3; i++) {
      List<PropertyResult> results = get(target.read(asked));
      assertThat(results.get(0).value()).contains(new BacnetValue.Real(14.5f));
      assertThat(results.get(1).error()).isNotNull();
    }
    // Remembered over connections, and asked for four at a time.
    assertThat(get(target().read(asked))).hasSize(2);
    assertThat(device.multiples).hasValue(1);
    assertThat(target.patience(8)).isEqualTo(target.patience(4).multipliedBy(2));
  }

  @Test
  void anAnswerThatIsTooLongIsAskedForInSmallerGroups() throws Exception {
    device.longestAnswer = 60;
    List<PropertyReference> asked = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      asked.add(presentValue(device.analog(i, i)));
    }
    BacnetDevice target = target();
    assertThat(get(target.read(asked))).allMatch(result -> result.error() == null);
    int first = device.requests.get();
    assertThat(get(target.read(asked)).get(19).value()).contains(new BacnetValue.Real(20));
    assertThat(device.requests.get() - first).isLessThan(first);
  }

  @Test
  void theObjectListIsReadByIndexWhereItDoesNotFit() throws Exception {
    device.longestAnswer = 100;
    for (int i = 1; i <= 50; i++) {
      device.analog(i, i);
    }
    assertThat(get(target().objects(1000))).hasSize(51).contains(new ObjectId(0, 50));
    assertThat(get(target().objects(10))).hasSize(10);
  }

  @Test
  void anAnswerInSegmentsIsPutTogetherThoughEveryFifthPacketIsLost() throws Exception {
    device.segments = true;
    device.longestAnswer = 40;
    for (int i = 1; i <= 60; i++) {
      device.analog(i, i);
    }
    AtomicInteger packets = new AtomicInteger();
    device.mangle = packet -> packets.incrementAndGet() % 5 == 0 ? null : packet;
    assertThat(get(target().objects(1000))).hasSize(61).doesNotHaveDuplicates();
    assertThat(packets.get()).isGreaterThan(10);
  }

  @Test
  void moreSegmentsThanAgreedAreRefused() {
    SegmentedAnswer answer = new SegmentedAnswer(1);
    for (int i = 0; i < SegmentedAnswer.MOST_SEGMENTS; i++) {
      answer.accept(segment(i));
    }
    assertThatThrownBy(() -> answer.accept(segment(SegmentedAnswer.MOST_SEGMENTS)))
        .hasMessage("more than 64 segments");
  }

  @Test
  void segmentsAreAcknowledgedByWindowAndAGapIsTold() {
    SegmentedAnswer answer = new SegmentedAnswer(1);
    assertThat(answer.accept(segment(0))).isEqualTo(ack(false, 0));
    assertThat(answer.accept(segment(1))).isNull();
    assertThat(answer.accept(segment(3))).isEqualTo(ack(true, 1));
    assertThat(answer.accept(segment(2))).isNull();
    assertThat(answer.accept(segment(2))).isEqualTo(ack(false, 2));
  }

  @Test
  void aDeviceThatIsOffIsATimeOutAfterTheRetries() {
    device.silent = true;
    assertThatThrownBy(() -> get(target().read(presentValue(supplyAir))))
        .hasMessageContaining("no answer to 2 requests of 400 ms each");
    assertThat(client.counts().retries()).isEqualTo(1);
    assertThat(client.counts().timeouts()).isEqualTo(1);
  }

  @Test
  void aLostAnswerIsAskedForAgain() throws Exception {
    AtomicInteger packets = new AtomicInteger();
    device.mangle = packet -> packets.incrementAndGet() == 1 ? null : packet;
    assertThat(get(target().read(presentValue(supplyAir)))).hasSize(1);
    assertThat(client.counts().retries()).isEqualTo(1);
  }

  @Test
  void garbageIsCountedAndTheNextAnswerIsTaken() throws Exception {
    AtomicInteger packets = new AtomicInteger();
    device.mangle =
        packet ->
            packets.incrementAndGet() == 1 ? Arrays.copyOf(packet, packet.length - 3) : packet;
    assertThat(get(target().read(presentValue(supplyAir)))).hasSize(1);
    assertThat(client.counts().malformed()).isEqualTo(1);
  }

  @Test
  void thousandsOfRequestsAtOnceAreAnsweredOrRefusedAndNoneIsForgotten() throws Exception {
    BacnetDevice target = target();
    List<CompletableFuture<List<BacnetValue>>> asked = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      asked.add(target.read(presentValue(supplyAir)));
    }
    int answered = 0;
    int refused = 0;
    for (CompletableFuture<List<BacnetValue>> one : asked) {
      try {
        get(one);
        answered++;
      } catch (BacnetException e) {
        assertThat(e.kind()).isEqualTo(BacnetException.Kind.UNAVAILABLE);
        refused++;
      }
    }
    assertThat(answered).isGreaterThanOrEqualTo(1028);
    assertThat(answered + refused).isEqualTo(3000);
  }

  @Test
  void aWriteIsReadBack() throws Exception {
    ObjectId setPoint = device.analog(7, 21);
    assertThat(get(target().write(presentValue(setPoint), new BacnetValue.Real(22.5f), 8)))
        .containsExactly(new BacnetValue.Real(22.5f));
  }

  @Test
  void changesAreToldAndTheSubscriptionIsRenewedAndEndedWithTheDevice() throws Exception {
    List<CovNotification> told = new CopyOnWriteArrayList<>();
    CovSubscription subscription = get(subscribe(1, told));
    await().atMost(SOON).until(() -> !told.isEmpty());
    device.analog(1, 15.5f);
    await()
        .atMost(SOON)
        .until(
            () ->
                told.get(told.size() - 1)
                    .of(BacnetProperty.PRESENT_VALUE)
                    .values()
                    .equals(List.of(new BacnetValue.Real(15.5f))));
    long before = subscription.notifications();
    await().atMost(SOON).until(() -> subscription.notifications() >= before + 2);
    assertThat(subscription.active()).isTrue();

    subscription.close();
    await().atMost(SOON).until(() -> device.subscribers() == 0);
  }

  @Test
  void aDeviceThatTellsNoChangesIsSilentUntilItSpeaksAgain() throws Exception {
    CovSubscription subscription = get(subscribe(1, new CopyOnWriteArrayList<>()));
    device.tellsChanges = false;
    await().atMost(SOON).until(() -> !subscription.active());
    assertThat(subscription.error()).isEqualTo("no notification for 1 s");
    device.tellsChanges = true;
    await().atMost(SOON).until(subscription::active);
  }

  @Test
  void aRefusedSubscriptionFailsWithTheReason() {
    device.knowsCov = false;
    assertThatThrownBy(() -> get(subscribe(60, new CopyOnWriteArrayList<>())))
        .hasMessage("the device answered services optional-functionality-not-supported");
  }

  @Test
  void aChangeOfAnotherDeviceIsNotTaken() throws Exception {
    List<CovNotification> told = new CopyOnWriteArrayList<>();
    get(subscribe(60, told));
    await().atMost(SOON).until(() -> told.size() == 1);
    device.instance = 13;
    long before = client.counts().unexpected();
    device.analog(1, 99);
    await().atMost(SOON).until(() -> client.counts().unexpected() > before);
    assertThat(told).hasSize(1);
  }

  @Test
  void confirmedNotificationsAndEventsAreAcknowledgedAndStrayOnesRefused() {
    InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), client.port());
    List<EventNotification> events = new CopyOnWriteArrayList<>();
    client.onEvent(
        (from, event) -> {
          events.add(event);
          return CompletableFuture.completedFuture(null);
        });
    byte[] event =
        new TagWriter()
            .unsigned(0, 1)
            .objectId(1, ObjectId.device(12))
            .objectId(2, supplyAir)
            .open(3)
            .unsigned(1, 16)
            .close(3)
            .unsigned(4, 4)
            .unsigned(5, 100)
            .unsigned(6, 5)
            .text(7, "too warm")
            .unsigned(8, 0)
            .bool(9, true)
            .unsigned(10, 0)
            .unsigned(11, 3)
            .octets();
    device.send(here, request(77, Service.CONFIRMED_EVENT_NOTIFICATION, event));
    byte[] stray =
        new TagWriter()
            .unsigned(0, 18)
            .objectId(1, ObjectId.device(4))
            .objectId(2, supplyAir)
            .unsigned(3, 0)
            .open(4)
            .close(4)
            .octets();
    device.send(here, request(78, Service.CONFIRMED_COV_NOTIFICATION, stray));
    device.send(here, request(79, 3, new byte[0]));

    await().atMost(SOON).until(() -> device.heard.size() == 3);
    assertThat(events).hasSize(1);
    assertThat(events.get(0).message()).isEqualTo("too warm");
    assertThat(events.get(0).toState()).isEqualTo(3);
    assertThat(events.get(0).time().sequence()).isEqualTo(16);
    assertThat(device.heard.get(0)).isEqualTo(new Apdu.SimpleAck(77, 2));
    assertThat(device.heard.get(1)).isInstanceOf(Apdu.Failure.class);
    assertThat(device.heard.get(2)).isEqualTo(new Apdu.Reject(79, 9));
  }

  @Test
  void anEventIsAcknowledgedWhenItIsKeptAndRefusedWhenItIsNotOrNobodyWantsIt() throws Exception {
    device.asker = new InetSocketAddress(InetAddress.getLoopbackAddress(), client.port());
    device.tellEvent(7, supplyAir, 1, 0, 3);
    await().atMost(SOON).until(() -> device.heard.size() == 1);
    // services, service-request-denied
    assertThat(device.heard.get(0))
        .isInstanceOfSatisfying(
            Apdu.Failure.class,
            refusal -> assertThat(refusal.content()).containsExactly(0x91, 5, 0x91, 29));

    Map<Long, CompletableFuture<Void>> kept = new ConcurrentHashMap<>();
    client.onEvent(
        (from, event) ->
            kept.computeIfAbsent(event.time().sequence(), number -> new CompletableFuture<>()));
    device.tellEvent(8, supplyAir, 2, 0, 3);
    device.tellEvent(9, supplyAir, 3, 3, 0);
    await().atMost(SOON).until(() -> kept.size() == 2);
    assertThat(device.heard).hasSize(1);
    kept.get(3L).completeExceptionally(new IllegalStateException("full"));
    kept.get(2L).complete(null);
    await().atMost(SOON).until(() -> device.heard.size() == 3);
    // out-of-resources
    assertThat(device.heard.get(1)).isEqualTo(new Apdu.Abort(true, 9, 9));
    assertThat(device.acknowledgements(8)).isEqualTo(1);
  }

  @Test
  void aForeignDeviceRegistersRenewsAndDistributesItsWhoIs() throws Exception {
    try (DatagramSocket bbmd = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      bbmd.setSoTimeout(30_000);
      InetSocketAddress at = (InetSocketAddress) bbmd.getLocalSocketAddress();
      ForeignDevice registration = client.registerAt(at, 1);
      // The first goes unanswered, the second is refused, the third is granted.
      assertThat(receive(bbmd).content()).containsExactly(0, 1);
      result(bbmd, receive(bbmd), 0x30);
      await().atMost(SOON).until(() -> String.valueOf(registration.error()).contains("refuses"));
      result(bbmd, receive(bbmd), 0);
      get(registration.granted());
      result(bbmd, receive(bbmd), 0);
      await().atMost(SOON).until(() -> registration.renewals() >= 2);

      CompletableFuture<IAm> found = client.find(BacnetAddress.of(at), 12, Duration.ofSeconds(2));
      Bvlc asked = receive(bbmd);
      while (asked.function() == Bvlc.REGISTER_FOREIGN_DEVICE) {
        result(bbmd, asked, 0);
        asked = receive(bbmd);
      }
      assertThat(asked.function()).isEqualTo(Bvlc.DISTRIBUTE_BROADCAST);
      byte[] iAm =
          new Npdu(
                  false,
                  false,
                  0,
                  "",
                  7,
                  "21",
                  HexFormat.of().parseHex("1000c40200000c2205c49100210f"))
              .encode();
      byte[] forwarded = new Bvlc(Bvlc.FORWARDED_NPDU, device.address(), iAm).encode();
      bbmd.send(new DatagramPacket(forwarded, forwarded.length, lastSender));
      assertThat(get(found).address()).isEqualTo(new BacnetAddress(device.address(), 7, "21"));

      // The BBMD falls silent: nobody is told that the registration holds, and nothing is kept.
      await().atMost(SOON).until(() -> !registration.registered());
      CompletableFuture<Void> again = registration.granted();
      for (int i = 0; i < 10; i++) {
        registration.granted().cancel(false);
      }
      assertThat(registration.waiting()).isEqualTo(1);
      assertThat(again).isNotDone();
      while (!again.isDone()) {
        result(bbmd, receive(bbmd), 0);
      }
    }
  }

  @Test
  void aBroadcastIsWhatIsSaidToBeOneAndNotWhatLooksLikeIt() throws Exception {
    try (DatagramSocket anybody = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      anybody.setSoTimeout(30_000);
      InetSocketAddress at = (InetSocketAddress) anybody.getLocalSocketAddress();
      var unused = client.whoIs(BacnetAddress.of(at), null, null, Duration.ofMillis(1));
      assertThat(receive(anybody).function()).isEqualTo(Bvlc.ORIGINAL_UNICAST);
      client.addBroadcast(at);
      unused = client.whoIs(BacnetAddress.of(at), null, null, Duration.ofMillis(1));
      assertThat(receive(anybody).function()).isEqualTo(Bvlc.ORIGINAL_BROADCAST);
    }
    assertThat(client.isBroadcast(new InetSocketAddress("198.51.100.255", 47808))).isFalse();
    assertThat(client.isBroadcast(new InetSocketAddress("255.255.255.255", 47808))).isTrue();
  }

  private InetSocketAddress lastSender;

  private Bvlc receive(DatagramSocket socket) throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    socket.receive(packet);
    lastSender = (InetSocketAddress) packet.getSocketAddress();
    return Bvlc.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  private void result(DatagramSocket socket, Bvlc request, int code) throws Exception {
    assertThat(request.function()).isEqualTo(Bvlc.REGISTER_FOREIGN_DEVICE);
    byte[] answer = Bvlc.of(Bvlc.RESULT, new byte[] {0, (byte) code}).encode();
    socket.send(new DatagramPacket(answer, answer.length, lastSender));
  }

  private CompletableFuture<CovSubscription> subscribe(int seconds, List<CovNotification> told) {
    return target()
        .subscribe(
            presentValue(supplyAir),
            new CovSubscription.CovOptions(false, Duration.ofSeconds(seconds), null),
            told::add);
  }

  private static Apdu request(int invokeId, int service, byte[] content) {
    return new Apdu.ConfirmedRequest(false, 6, 5, invokeId, service, content);
  }

  private static Apdu.ComplexAck segment(int sequence) {
    return new Apdu.ComplexAck(true, true, 1, sequence, 4, 14, new byte[] {1});
  }

  private static Apdu ack(boolean negative, int sequence) {
    return new Apdu.SegmentAck(negative, false, 1, sequence, 4);
  }

  private BacnetDevice target() {
    return client.device(new IAm(at(device), 12, 1476, device.segments ? 0 : 3, 7));
  }

  private static BacnetAddress at(TestDevice device) {
    return BacnetAddress.of(device.address());
  }

  private static PropertyReference presentValue(ObjectId object) {
    return PropertyReference.of(object, BacnetProperty.PRESENT_VALUE);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
