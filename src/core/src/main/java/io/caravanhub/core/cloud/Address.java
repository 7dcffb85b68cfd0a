package io.caravanhub.core.cloud;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Where a request goes.
 *
 * @param url without what {@code query} adds
 */
record Address(String url, Map<String, String> query, Map<String, String> headers) {

  URI uri(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(query);
    all.putAll(more);
    StringJoiner joined = new StringJoiner("&", url.contains("?") ? "&" : "?", "");
    joined.setEmptyValue("");
    all.forEach((name, value) -> joined.add(encode(name) + "=" + encode(value)));
    try {
      URI uri = URI.create(url + joined);
      if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("https?")) {
        throw CloudException.wrong("expected an address that begins with http:// or https://");
      }
      return uri;
    } catch (IllegalArgumentException e) {
      throw CloudException.wrong("the address that the settings make cannot be used");
    }
  }

  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
