package io.caravanhub.core.cloud;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How each single request is signed, with credentials that do not go along. Stateless. */
public sealed interface Signing permits AwsSignature, QuerySignature {

  /** A request that is ready but for its signature. */
  record Unsigned(String method, URI uri, Map<String, String> headers, byte[] body, Instant now) {}

  /** Where it goes now, and the headers that are added. */
  record Signed(URI uri, Map<String, String> headers) {}

  /**
   * Signs.
   *
   * @param values settings and credentials by name
   * @throws CloudException when one is absent
   */
  Signed sign(Unsigned request, Function<String, @Nullable String> values);

  /** The value, which has to be there. */
  static String need(Function<String, @Nullable String> values, String name) {
    return Template.fill("{" + name + "}", values);
  }
}
