package io.caravanhub.bench.cluster;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How a device says something and learns that it is kept. Of one thread. */
interface Channel extends AutoCloseable {
  /** What a device waits for an answer. */
  int PATIENCE_SECONDS = 10;

  /**
   * Sends a message and waits for its acknowledgement.
   *
   * @throws IOException when it was refused, or nobody can tell whether it was taken; then the next
   *     one goes to the next address
   */
  void send(byte[] message) throws IOException, InterruptedException;

  @Override
  void close();

  /**
   * MQTT 5 with QoS 1 at the first of these ports, else the next; a session for each connection.
   */
  static Channel mqtt(String device, String token, List<Integer> ports) {
    return new Channel() {
      private int at;
      private @Nullable Mqtt5AsyncClient client;

      @Override
      public void send(byte[] message) throws IOException, InterruptedException {
        try {
          connected()
              .publishWith()
              .topic("t/default/d/" + device + "/telemetry")
              .qos(MqttQos.AT_LEAST_ONCE)
              .payload(message)
              .send()
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
          close();
          at = (at + 1) % ports.size();
          throw new IOException(e);
        }
      }

      private Mqtt5AsyncClient connected()
          throws InterruptedException, ExecutionException, TimeoutException {
        if (client == null) {
          Mqtt5AsyncClient made =
              Mqtt5Client.builder()
                  .identifier(device)
                  .serverHost("127.0.0.1")
                  .serverPort(ports.get(at))
                  .buildAsync();
          client = made;
          made.connectWith()
              .simpleAuth()
              .username(device)
              .password(token.getBytes(StandardCharsets.UTF_8))
              .applySimpleAuth()
              .send()
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        return client;
      }

      @Override
      public void close() {
        Mqtt5AsyncClient left = client;
        client = null;
        if (left != null) {
          var unused = left.disconnect();
        }
      }
    };
  }

  /** A request a message to the first of these addresses, else the next. */
  static Channel http(HttpClient http, String token, List<URI> addresses) {
    return new Channel() {
      private int at;

      @Override
      public void send(byte[] message) throws IOException, InterruptedException {
        try {
          HttpResponse<Void> answer =
              http.send(
                  HttpRequest.newBuilder(addresses.get(at))
                      .header("Authorization", "Bearer " + token)
                      .header("Content-Type", "application/json")
                      .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                      .POST(HttpRequest.BodyPublishers.ofByteArray(message))
                      .build(),
                  HttpResponse.BodyHandlers.discarding());
          if (answer.statusCode() != 202) {
            throw new IOException("answered " + answer.statusCode());
          }
        } catch (IOException e) {
          at = (at + 1) % addresses.size();
          throw e;
        }
      }

      @Override
      public void close() {
        // Connections are the client's.
      }
    };
  }
}
