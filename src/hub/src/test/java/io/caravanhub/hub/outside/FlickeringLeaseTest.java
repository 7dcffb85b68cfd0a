package io.caravanhub.hub.outside;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.caravanhub.core.mqtt.BrokerLease;
import io.caravanhub.core.mqtt.BrokerLeases;
import io.caravanhub.core.mqtt.MqttInConsumer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease that is away between two looks at it, when a message asks, on a real Mosquitto. */
class FlickeringLeaseTest {
  private static final int COUNT = 200;

  /** Rarely enough that a connection comes to something. */
  private static final int AWAY_EVERY = 61;

  private final Set<String> taken = ConcurrentHashMap.newKeySet();

  @Test
  void takesTheMessagesThatCameWhileItWasAway(@TempDir Path folder) throws Exception {
    BrokerLease lease = new Flickering();
    BrokerLeases leases = url -> lease;
    try (MosquittoBroker broker = new MosquittoBroker(folder, "allow_anonymous true");
        DefaultCamelContext camel = new DefaultCamelContext()) {
      camel.getRegistry().bind("leases", leases);
      camel.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("mqtt-in:t/#?leases=#leases&brokerUrl=tcp://127.0.0.1:" + broker.port())
                  .routeId("in")
                  .process(e -> taken.add(e.getMessage().getBody(String.class)));
            }
          });
      camel.start();
      MqttInConsumer consumer = (MqttInConsumer) camel.getRoute("in").getConsumer();
      await().until(consumer::isConnected);
      Mqtt5BlockingClient sender =
          MqttClient.builder()
              .useMqttVersion5()
              .serverHost("127.0.0.1")
              .serverPort(broker.port())
              .buildBlocking();
      sender.connect();
      for (int i = 0; i < COUNT; i++) {
        sender
            .publishWith()
            .topic("t/1")
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(Integer.toString(i).getBytes(UTF_8))
            .send();
      }
      sender.disconnect();

      await().atMost(Duration.ofSeconds(30)).until(() -> taken.size() == COUNT);
    }
  }

  private static final class Flickering implements BrokerLease {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public String clientId() {
      return "hubs";
    }

    @Override
    public boolean isHeld() {
      boolean forMessage = !Thread.currentThread().getName().contains("mqtt-in");
      return !forMessage || asked.incrementAndGet() % AWAY_EVERY != 0;
    }

    @Override
    public void want(Runnable gained) {
      gained.run();
    }

    @Override
    public void leave(Runnable gained) {
      // Nobody else wants it.
    }

    @Override
    public void takenOver() {
      // Nobody else is there.
    }
  }
}
