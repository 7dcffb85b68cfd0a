package io.caravanhub.sim.oem;

import io.caravanhub.sim.device.Link;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;

/** Pushes messages as signed webhooks; only a 2xx acknowledges one. */
public final class WebhookLink implements Link {
  private final URI target;
  private final String secret;
  private final Clock clock;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * @param target the hub's hook for this cloud
   * @param secret shared with the hub
   * @param clock dates the signature; each attempt is signed anew
   */
  public WebhookLink(URI target, String secret, Clock clock) {
    this.target = target;
    this.secret = secret;
    this.clock = clock;
  }

  @Override
  public void send(byte[] message) throws IOException, InterruptedException {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .header("X-Kestrel-Timestamp", timestamp)
            .header("X-Kestrel-Signature", WebhookSignature.of(secret, timestamp, message))
            .POST(HttpRequest.BodyPublishers.ofByteArray(message))
            .build();
    int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status / 100 != 2) {
      throw new IOException(target + " answered " + status);
    }
  }

  @Override
  public void close() {
    // The JDK's client of release 17 cannot be closed; its threads end with it.
  }
}
