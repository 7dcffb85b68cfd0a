package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.camel.CamelContext;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Telemetry from a real AMQP 1.0 broker (Artemis) into the whole hub. */
class AmqpInTest {
  private static final EmbeddedActiveMQ ARTEMIS = new EmbeddedActiveMQ();
  private static OpenedRoute route;
  private static Connection customer;

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @BeforeAll
  static void start() throws Exception {
    String url = "amqp://127.0.0.1:" + freePort();
    ARTEMIS.setConfiguration(
        new ConfigurationImpl()
            .setPersistenceEnabled(false)
            .setSecurityEnabled(false)
            .setJournalDirectory("target/artemis")
            .addAddressSetting(
                "#",
                new AddressSettings()
                    .setDeadLetterAddress(SimpleString.of("DLQ"))
                    .setAutoCreateQueues(true)
                    .setAutoDeleteQueues(false)
                    .setMaxDeliveryAttempts(3))
            .addAcceptorConfiguration("amqp", url.replace("amqp:", "tcp:") + "?protocols=AMQP"));
    ARTEMIS.start();
    RunningHub.get()
        .bean(CamelContext.class)
        .getRegistry()
        .bind("artemis", new JmsConnectionFactory(url));
    route = new OpenedRoute(RunningHub.get(), "amqp", Map.of("#amqpIn", "#artemis"));
    customer = new JmsConnectionFactory(url).createConnection();
    customer.start();
  }

  @AfterAll
  static void stop() throws Exception {
    customer.close();
    route.close();
    ARTEMIS.stop();
  }

  @Test
  void storesBytesAndTextsOfTheDeviceThatHeaderOrPayloadName() throws Exception {
    send(device.serial(), message(0).getBytes(StandardCharsets.UTF_8));
    try (Session session = customer.createSession()) {
      String named = "{\"deviceId\":\"" + device.id() + "\"," + message(1).substring(1);
      producer(session).send(session.createTextMessage(named));
    }

    await().atMost(Duration.ofSeconds(20)).until(() -> hub.rows(device) == 2);
    await().atMost(Duration.ofSeconds(30)).until(() -> waiting("telemetry") == 0);
  }

  @Test
  void losesNothingAndStoresNothingTwiceWhileTheDatabaseIsAway() throws Exception {
    for (int i = 0; i < 50; i++) {
      send(device.serial(), message(i).getBytes(StandardCharsets.UTF_8));
    }
    hub.toDatabase().refuse();
    hub.toDatabase().cut();
    try {
      for (int i = 50; i < 100; i++) {
        send(device.serial(), message(i).getBytes(StandardCharsets.UTF_8));
      }
      send("", "{\"nobody\":1}".getBytes(StandardCharsets.UTF_8));
      await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
      assertThat(waiting("telemetry")).as("what is not stored is with the broker").isPositive();
    } finally {
      hub.databaseIsBack();
    }

    await().atMost(Duration.ofSeconds(60)).until(() -> hub.rows(device) >= 100);
    await().atMost(Duration.ofSeconds(20)).until(() -> waiting("telemetry") == 0);
    assertThat(hub.rows(device)).isEqualTo(100);
    assertThat(waiting("DLQ")).as("given up by the broker").isZero();
  }

  @Test
  void keepsWhatCannotBeUsedAsADeadLetterAndTakesItOffTheQueue() throws Exception {
    String stranger = RunningHub.unique("stranger");

    send(stranger, message(0).getBytes(StandardCharsets.UTF_8));

    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                hub.count("select count(*) from dead_letters where device = ?", stranger) == 1
                    && waiting("telemetry") == 0);
  }

  private static long waiting(String queue) {
    var found = ARTEMIS.getActiveMQServer().locateQueue(queue);
    return found == null ? 0 : found.getMessageCount();
  }

  private static void send(String device, byte[] payload) throws JMSException {
    try (Session session = customer.createSession()) {
      BytesMessage message = session.createBytesMessage();
      message.writeBytes(payload);
      if (!device.isEmpty()) {
        message.setStringProperty("device_id", device);
      }
      message.setStringProperty("hub_tenant", "evil");
      producer(session).send((Message) message);
    }
  }

  private static MessageProducer producer(Session session) throws JMSException {
    return session.createProducer(session.createQueue("telemetry"));
  }

  private static String message(int i) {
    return "{\"timestamp\":\""
        + Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i)
        + "\",\"metrics\":{\"temperature\":"
        + i % 40
        + "}}";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
