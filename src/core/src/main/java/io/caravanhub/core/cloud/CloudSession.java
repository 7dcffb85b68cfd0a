package io.caravanhub.core.cloud;

import io.caravanhub.core.cloud.CloudHttp.Answer;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Requests of one poll: with credentials, tried again where that helps, never more than the cloud
 * welcomes. Not thread-safe.
 */
final class CloudSession {
  private static final int TRIES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration BACK_OFF = Duration.ofMillis(400);

  private final Cloud cloud;
  private final CloudHttp http;
  private final CloudTrust trust;
  private final CloudTokens tokens;
  private final Clock clock;
  private final Pause pause;
  private @Nullable Instant blockedUntil;
  private int sent;

  CloudSession(Cloud cloud, CloudAccess access, CloudHttp http, Clock clock, Pause pause) {
    this.cloud = cloud;
    this.http = http;
    this.trust = CloudTrust.of(access);
    this.clock = clock;
    this.pause = pause;
    this.tokens = new CloudTokens(cloud.auth(), access, clock);
  }

  /** The tokens, with one that is good now. */
  CloudTokens ready() {
    if (tokens.isNeeded()) {
      login();
    }
    return tokens;
  }

  /** How many requests were made, logins included. */
  int sent() {
    return sent;
  }

  /** When the cloud takes requests again, or null when it takes them now. */
  @Nullable Instant blockedUntil() {
    return blockedUntil;
  }

  CloudTokens tokens() {
    return tokens;
  }

  /**
   * The answer, which is a success or 304.
   *
   * @throws CloudException otherwise
   */
  Answer send(CloudRequest request, Address address, byte[] body) {
    boolean renewed = false;
    if (tokens.isNeeded()) {
      login();
    }
    for (int attempt = 1; ; attempt++) {
      Answer answer;
      try {
        answer = once(request.name(), request.method(), request, address, body);
      } catch (CloudException e) {
        if (e.kind() != CloudException.Kind.UNAVAILABLE || attempt == TRIES) {
          throw e;
        }
        rest(backOff(attempt));
        continue;
      }
      if (answer.status() / 100 == 2 || answer.status() == 304) {
        return answer;
      }
      if (answer.status() == 401 && tokens.canRenew() && !renewed) {
        login();
        renewed = true;
        continue;
      }
      rest(pauseAfter(request.name(), answer, attempt));
    }
  }

  /** How long to wait before the next try, or the exception that ends it. */
  private Duration pauseAfter(String name, Answer answer, int attempt) {
    Instant now = clock.instant();
    int status = answer.status();
    Instant until = Waiting.retryAfter(answer.header("Retry-After"), now);
    Duration wait = until == null ? backOff(attempt) : Duration.between(now, until);
    boolean patient = attempt < TRIES && wait.compareTo(PATIENCE) <= 0;
    if (status == 429) {
      if (until != null && patient) {
        return wait;
      }
      Instant reset =
          until != null ? until : Waiting.reset(answer.header(cloud.rate().reset()), now);
      throw CloudException.limited(name + ": 429, more requests than are welcome", reset);
    }
    if (status >= 500 || status == 408 || status == 425) {
      if (patient) {
        return wait;
      }
      throw CloudException.unavailable(name + ": " + status, until);
    }
    if (status == 401 || status == 403) {
      throw CloudException.refused(name + ": " + status + ", the credentials are refused");
    }
    throw CloudException.wrong(
        name + ": " + status + (status / 100 == 3 ? ", a redirect, which is not followed" : ""));
  }

  private Answer once(
      String name, String method, @Nullable CloudRequest request, Address address, byte[] body) {
    if (blockedUntil != null && blockedUntil.isAfter(clock.instant())) {
      throw CloudException.limited("the cloud takes no more requests for now", blockedUntil);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    headers.put("User-Agent", "caravan-hub");
    headers.putAll(address.headers());
    Map<String, String> query = Map.of();
    if (request != null) {
      headers.putAll(tokens.headers());
      query = tokens.query();
    }
    sent++;
    URI uri = address.uri(query);
    Signing signing = cloud.auth().signing();
    if (request != null && signing != null) {
      Signing.Signed signed =
          signing.sign(
              new Signing.Unsigned(method, uri, headers, body, clock.instant()), tokens::value);
      uri = signed.uri();
      headers.putAll(signed.headers());
    }
    Answer answer = http.send(trust, name, method, uri, headers, body);
    Instant now = clock.instant();
    if (answer.header(cloud.rate().remaining()).matches("0(\\.0*)?")) {
      blockedUntil = Waiting.reset(answer.header(cloud.rate().reset()), now);
    }
    return answer;
  }

  private void login() {
    CloudTokens.Order order = tokens.order();
    for (int attempt = 1; ; attempt++) {
      try {
        Answer answer = once("login", order.method(), null, order.address(), order.body());
        if (answer.status() / 100 == 2) {
          tokens.take(answer.body());
          return;
        }
        if (answer.status() / 100 == 4 && answer.status() != 429 && answer.status() != 408) {
          throw CloudException.refused(
              "login: " + answer.status() + ", the credentials are refused");
        }
        rest(pauseAfter("login", answer, attempt));
      } catch (CloudException e) {
        if (e.kind() != CloudException.Kind.UNAVAILABLE || attempt == TRIES) {
          throw e;
        }
        rest(backOff(attempt));
      }
    }
  }

  /** Doubles, and is spread by half to both sides, so that many connections do not come at once. */
  private static Duration backOff(int attempt) {
    double spread = 0.5 + ThreadLocalRandom.current().nextDouble();
    return Duration.ofMillis((long) (BACK_OFF.toMillis() * (1L << (attempt - 1)) * spread));
  }

  private void rest(Duration time) {
    try {
      pause.of(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CloudException.unavailable("interrupted", null);
    }
  }
}
