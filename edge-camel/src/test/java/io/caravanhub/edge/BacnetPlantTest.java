package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.bacnet.BacnetAddress;
import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetSettings;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.CovSubscription;
import io.caravanhub.core.bacnet.EventNotification;
import io.caravanhub.core.bacnet.EventSummary;
import io.caravanhub.core.bacnet.IAm;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.core.bacnet.PropertyResult;
import io.caravanhub.sim.bacnet.RooftopBacnetServer;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The BACnet client and the simulated plant, whose codecs know nothing of each other. */
class BacnetPlantTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final PropertyReference FILTER_LIMIT =
      PropertyReference.of(ObjectId.parse("analog-value:2"), BacnetProperty.PRESENT_VALUE);

  private RooftopBacnetServer unit;
  private BacnetClient client;
  private BacnetDevice device;

  @BeforeEach
  void connect() throws Exception {
    unit = new RooftopBacnetServer(new Plant(1, FaultTimetable.none()).unit("RTU-2"), 1002, 0);
    client = BacnetClient.open(BacnetSettings.of(Duration.ofSeconds(3)));
    int port = Integer.parseInt(unit.address().split(":")[1]);
    BacnetAddress at = BacnetAddress.of(new InetSocketAddress("127.0.0.1", port));
    IAm found = get(client.find(at, 1002, Duration.ofMillis(500)));
    assertThat(get(client.identify(at)).instance()).isEqualTo(1002);
    device = client.device(found);
  }

  @AfterEach
  void disconnect() {
    client.close();
    unit.close();
  }

  @Test
  void everyPropertyOfEveryObjectComesInSegments() throws Exception {
    List<PropertyReference> references = new ArrayList<>();
    for (ObjectId object : get(device.objects(100))) {
      references.add(PropertyReference.of(object, BacnetProperty.OBJECT_NAME));
      references.add(PropertyReference.of(object, BacnetProperty.DESCRIPTION));
      references.add(PropertyReference.of(object, BacnetProperty.OBJECT_IDENTIFIER));
    }
    List<PropertyResult> results = get(device.read(references));
    assertThat(results).hasSize(18 * 3).allMatch(result -> result.error() == null);
    assertThat(results.get(3).values()).containsExactly(new BacnetValue.Text("SupplyAirTemp"));
  }

  @Test
  void theFiltersAlarmIsToldAndAcknowledgedAfterItsLimitIsWritten() throws Exception {
    List<EventNotification> events = new CopyOnWriteArrayList<>();
    client.onEvent(
        (from, event) -> {
          events.add(event);
          return CompletableFuture.completedFuture(null);
        });
    List<BacnetValue> flags = new CopyOnWriteArrayList<>();
    ObjectId filter = ObjectId.parse("analog-input:8");
    CovSubscription subscription =
        get(
            device.subscribe(
                PropertyReference.of(filter, BacnetProperty.PRESENT_VALUE),
                new CovSubscription.CovOptions(true, Duration.ofSeconds(60), 1f),
                change -> flags.addAll(change.of(BacnetProperty.STATUS_FLAGS).values())));
    await().atMost(SOON).until(() -> flags.contains(new BacnetValue.Bits("0000")));
    assertThat(get(device.events())).isEmpty();

    assertThat(get(device.write(FILTER_LIMIT, new BacnetValue.Real(60), 8)))
        .containsExactly(new BacnetValue.Real(60));
    await().atMost(SOON).until(() -> flags.contains(new BacnetValue.Bits("1000")));
    await().atMost(SOON).until(() -> !events.isEmpty());
    assertThat(events.get(0).object()).isEqualTo(filter);
    assertThat(events.get(0).toState()).isEqualTo(3);

    EventSummary alarm = get(device.events()).get(0);
    assertThat(alarm.acknowledged()).isEqualTo("011");
    get(device.acknowledge(filter, 3, alarm.times().get(0), "Mia", alarm.times().get(0)));
    assertThat(get(device.events()).get(0).acknowledged()).isEqualTo("111");
    subscription.close();
  }

  @Test
  void aWriteThatIsRefusedSaysWhy() {
    assertThatThrownBy(() -> get(device.write(FILTER_LIMIT, new BacnetValue.Real(5000), 8)))
        .hasMessage("the device answered property value-out-of-range");
    PropertyReference supplyAir =
        PropertyReference.of(ObjectId.parse("analog-input:1"), BacnetProperty.PRESENT_VALUE);
    assertThatThrownBy(() -> get(device.write(supplyAir, new BacnetValue.Real(5), 8)))
        .hasMessage("the device answered property write-access-denied");
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
