package io.caravanhub.core.cloud;

import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What proves who the hub is where no request is made, as for a WebSocket. Not thread-safe. */
public final class CloudLogin {
  private final CloudTokens tokens;

  private CloudLogin(CloudTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * With a token that is good now; asks for one when there is none.
   *
   * @throws CloudException when there is none to be had
   */
  public static CloudLogin of(CloudAuth auth, CloudAccess access, CloudHttp http, Clock clock) {
    Cloud nothing =
        new Cloud(
            "", java.time.Duration.ZERO, Map.of(), auth, new Cloud.Rate("", "", ""), List.of());
    CloudSession session =
        new CloudSession(
            nothing, access, http, clock, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
    return new CloudLogin(session.ready());
  }

  /** The headers to send. */
  public Map<String, String> headers() {
    return tokens.headers();
  }

  /** The setting or credential of this name, renewed ones first, or null. */
  public @Nullable String value(String name) {
    return tokens.value(name);
  }

  /** The address with the parameters that belong to it. */
  public URI uri(String url) {
    StringJoiner query = new StringJoiner("&", url.contains("?") ? "&" : "?", "");
    query.setEmptyValue("");
    tokens.query().forEach((name, value) -> query.add(name + "=" + Address.encode(value)));
    return URI.create(url + query);
  }
}
