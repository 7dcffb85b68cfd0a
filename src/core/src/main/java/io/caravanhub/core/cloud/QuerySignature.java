package io.caravanhub.core.cloud;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A signature of the OEM's own making over the request, sent in a parameter or a header.
 *
 * @param query parameters that are added; the one with {@code {signature}} in it is not signed
 * @param headers headers that are added
 * @param text what is signed, with {@code {method}}, {@code {path}}, {@code {query}}, {@code
 *     {pairs}}, {@code {timestamp}}, {@code {nonce}}, {@code {body}}, {@code {body_digest}} and
 *     settings in it
 * @param secret the key, with places; empty for a plain digest of a text that holds it
 * @param algorithm {@code hmac-sha1}, {@code -sha256}, {@code -sha512}, {@code -md5} or the digest
 * @param encoding {@code hex}, {@code HEX} or {@code base64}
 * @param timestamp {@code seconds}, {@code millis} or {@code iso}
 */
record QuerySignature(
    Map<String, String> query,
    Map<String, String> headers,
    String text,
    String secret,
    String algorithm,
    String encoding,
    String timestamp)
    implements Signing {
  private static final String SIGNATURE = "{signature}";

  QuerySignature {
    query = new LinkedHashMap<>(query);
    headers = new LinkedHashMap<>(headers);
  }

  @Override
  public Signed sign(Unsigned request, Function<String, @Nullable String> values) {
    Map<String, String> own = new HashMap<>();
    own.put("method", request.method());
    own.put("path", request.uri().getRawPath());
    own.put("timestamp", time(request.now()));
    own.put("nonce", UUID.randomUUID().toString().replace("-", ""));
    own.put("body", new String(request.body(), StandardCharsets.UTF_8));
    own.put("body_digest", Hashes.hex(Hashes.digest("SHA-256", request.body())));
    Function<String, @Nullable String> all =
        name -> own.containsKey(name) ? own.get(name) : values.apply(name);
    List<Map.Entry<String, String>> pairs = new ArrayList<>(QueryText.of(request.uri()));
    query.forEach(
        (name, value) -> {
          if (!value.contains(SIGNATURE)) {
            pairs.add(Map.entry(name, Template.fill(value, all)));
          }
        });
    own.put("query", QueryText.canonical(pairs));
    own.put("pairs", QueryText.joined(pairs));
    own.put("signature", signature(Template.fill(text, all), Template.fill(secret, all)));
    query.forEach(
        (name, value) -> {
          if (value.contains(SIGNATURE)) {
            pairs.add(Map.entry(name, Template.fill(value, all)));
          }
        });
    Map<String, String> added = new LinkedHashMap<>();
    headers.forEach((name, value) -> added.put(name, Template.fill(value, all)));
    return new Signed(with(request.uri(), pairs), added);
  }

  private String signature(String signed, String key) {
    byte[] content = signed.getBytes(StandardCharsets.UTF_8);
    String name = algorithm.replace("hmac-", "");
    byte[] made =
        algorithm.startsWith("hmac-")
            ? Hashes.hmac(
                "Hmac" + name.toUpperCase(Locale.ROOT),
                key.getBytes(StandardCharsets.UTF_8),
                content)
            : Hashes.digest(
                name.equals("md5") ? "MD5" : name.toUpperCase(Locale.ROOT).replace("SHA", "SHA-"),
                content);
    return switch (encoding) {
      case "base64" -> Base64.getEncoder().encodeToString(made);
      case "HEX" -> Hashes.hex(made).toUpperCase(Locale.ROOT);
      default -> Hashes.hex(made);
    };
  }

  private String time(Instant now) {
    return switch (timestamp) {
      case "millis" -> Long.toString(now.toEpochMilli());
      case "iso" -> now.truncatedTo(ChronoUnit.SECONDS).toString();
      default -> Long.toString(now.getEpochSecond());
    };
  }

  /** The same address with these parameters. */
  private static URI with(URI uri, List<Map.Entry<String, String>> pairs) {
    String address = uri.toString().replaceFirst("\\?.*", "");
    return pairs.isEmpty()
        ? uri
        : URI.create(
            address
                + "?"
                + String.join(
                    "&",
                    pairs.stream()
                        .map(
                            p ->
                                QueryText.encode(p.getKey()) + "=" + QueryText.encode(p.getValue()))
                        .toList()));
  }
}
