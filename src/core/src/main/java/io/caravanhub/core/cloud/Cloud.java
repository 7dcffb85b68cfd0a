package io.caravanhub.core.cloud;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A cloud as a connector's {@code cloud.yaml} declares it. Texts with {@code {name}} in them are
 * filled in for each request, see {@link Template}.
 *
 * @param base what every path is appended to: {@code https://api.acme.com/v1} or {@code {url}}
 * @param interval how often it is asked, unless the connection says else
 * @param headers sent with every request
 * @param auth how the hub says who it is
 * @param rate where answers say how many more requests are welcome
 * @param requests in the order in which they are made
 */
public record Cloud(
    String base,
    Duration interval,
    Map<String, String> headers,
    CloudAuth auth,
    Rate rate,
    List<CloudRequest> requests) {

  /**
   * Headers that tell the limit of requests; empty when the cloud tells none.
   *
   * @param remaining header with the number of requests still welcome
   * @param reset header with when more are: seconds from now, or epoch seconds
   * @param per what the limit counts, such as {@code {client_id}} for all connections that share
   *     one client; empty for each connection by itself
   */
  public record Rate(String remaining, String reset, String per) {}

  public Cloud {
    headers = Map.copyOf(headers);
    requests = List.copyOf(requests);
  }

  /** The request of this name, or null. */
  public @Nullable CloudRequest request(String name) {
    return requests.stream().filter(r -> r.name().equals(name)).findFirst().orElse(null);
  }

  /** Names of the settings that its addresses hold. */
  public List<String> addressSettings() {
    CloudAuth.Login login = auth.login();
    CloudConsent consent = auth.consent();
    return Stream.of(
            base, login == null ? "" : login.url(), consent == null ? "" : consent.authorizeUrl())
        .flatMap(address -> Template.places(address).stream())
        .toList();
  }

  /**
   * The same cloud at another origin, such as {@code http://127.0.0.1:8080}: every absolute address
   * keeps its path. For tests, and for whoever has a proxy between.
   */
  public Cloud at(String origin) {
    CloudAuth.Login login = auth.login();
    CloudConsent consent = auth.consent();
    return new Cloud(
        moved(base, origin),
        interval,
        headers,
        new CloudAuth(
            auth.type(),
            auth.headers(),
            auth.query(),
            login == null ? null : login.at(moved(login.url(), origin)),
            consent == null ? null : consent.at(moved(consent.authorizeUrl(), origin)),
            auth.signing()),
        rate,
        requests.stream().map(r -> r.at(moved(r.path(), origin))).toList());
  }

  private static String moved(String address, String origin) {
    return address.replaceFirst(
        "^https?://[^/]+", java.util.regex.Matcher.quoteReplacement(origin));
  }
}
