package io.caravanhub.core.cloud;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * AWS Signature Version 4 in the Authorization header, as "Create a signed AWS API request" of the
 * AWS Identity and Access Management user guide describes it: canonical request, string to sign,
 * derived key, signature. Credentials are {@code access_key}, {@code secret_key} and, for temporary
 * ones, {@code session_token}.
 *
 * @param service as in the credential scope, such as {@code execute-api}; with places
 * @param region such as {@code eu-west-1}; with places
 */
record AwsSignature(String service, String region) implements Signing {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @Override
  public Signed sign(Unsigned request, Function<String, @Nullable String> values) {
    String on = Template.fill(service, values);
    String time = TIME.format(request.now().truncatedTo(ChronoUnit.SECONDS));
    String day = time.substring(0, 8);
    String scope = day + "/" + Template.fill(region, values) + "/" + on + "/aws4_request";
    String digest = Hashes.hex(Hashes.digest("SHA-256", request.body()));
    Map<String, String> added = new LinkedHashMap<>();
    added.put("X-Amz-Date", time);
    String session = values.apply("session_token");
    if (session != null) {
      added.put("X-Amz-Security-Token", session);
    }
    if (on.equals("s3")) {
      added.put("X-Amz-Content-Sha256", digest);
    }
    TreeMap<String, String> signed = signedHeaders(request, added);
    String names = String.join(";", signed.keySet());
    StringBuilder canonical = new StringBuilder();
    canonical.append(request.method()).append('\n').append(path(request.uri(), on)).append('\n');
    canonical.append(QueryText.canonical(QueryText.of(request.uri()))).append('\n');
    signed.forEach((name, value) -> canonical.append(name).append(':').append(value).append('\n'));
    canonical.append('\n').append(names).append('\n').append(digest);
    String text =
        String.join(
            "\n",
            ALGORITHM,
            time,
            scope,
            Hashes.hex(Hashes.digest("SHA-256", bytes(canonical.toString()))));
    String signature = Hashes.hex(Hashes.hmac("HmacSHA256", key(scope, values), bytes(text)));
    added.put(
        "Authorization",
        ALGORITHM
            + (" Credential=" + Signing.need(values, "access_key") + "/" + scope)
            + (", SignedHeaders=" + names)
            + (", Signature=" + signature));
    return new Signed(request.uri(), added);
  }

  /** The key is derived step by step from the parts of the scope. */
  private static byte[] key(String scope, Function<String, @Nullable String> values) {
    byte[] key = bytes("AWS4" + Signing.need(values, "secret_key"));
    for (String part : scope.split("/", -1)) {
      key = Hashes.hmac("HmacSHA256", key, bytes(part));
    }
    return key;
  }

  /** Host, content type and everything of Amazon's; what proxies may add or change is left out. */
  private static TreeMap<String, String> signedHeaders(
      Unsigned request, Map<String, String> added) {
    TreeMap<String, String> signed = new TreeMap<>();
    request
        .headers()
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (lower.equals("content-type") || lower.startsWith("x-amz-")) {
                signed.put(lower, value.strip().replaceAll(" +", " "));
              }
            });
    added.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value));
    signed.put("host", host(request.uri()));
    return signed;
  }

  /** As the client writes it: without the port that the scheme has anyway. */
  private static String host(URI uri) {
    boolean usual =
        uri.getPort() == -1
            || uri.getPort() == ("https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80);
    return usual ? uri.getHost() : uri.getHost() + ":" + uri.getPort();
  }

  /** Normalized and encoded once more than on the wire, but for S3. */
  private static String path(URI uri, String service) {
    boolean once = service.equals("s3");
    String path = (once ? uri : uri.normalize()).getRawPath();
    if (path == null || path.isEmpty()) {
      return "/";
    }
    return once ? path : QueryText.encode(path).replace("%2F", "/");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
