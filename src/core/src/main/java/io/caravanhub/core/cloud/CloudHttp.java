package io.caravanhub.core.cloud;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP as clouds are spoken to: one deadline for a whole exchange, answers of a bounded size, no
 * redirect followed, for a credential must not go where somebody else says. Thread-safe.
 */
public final class CloudHttp {
  private static final int LARGEST = 16 * 1024 * 1024;

  /** Connections with an authority of their own, each with a client and its thread. */
  private static final int CLIENTS = 128;

  private static final String METADATA = "fd00:ec2:0:0:0:0:0:254";

  private final HttpClient client;
  private final Duration deadline;
  private final Map<CloudTrust, HttpClient> others =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<CloudTrust, HttpClient> eldest) {
          return size() > CLIENTS;
        }
      };

  /** An answer, whatever its status. */
  record Answer(int status, HttpHeaders headers, byte[] body) {
    String header(String name) {
      return name.isEmpty() ? "" : headers.firstValue(name).orElse("").strip();
    }
  }

  /**
   * @param deadline for connecting, sending and receiving together
   */
  public CloudHttp(Duration deadline) {
    this.deadline = deadline;
    this.client = builder().build();
  }

  private HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(deadline)
        .followRedirects(HttpClient.Redirect.NEVER);
  }

  private HttpClient client(CloudTrust trust) {
    if (trust.equals(CloudTrust.JDK)) {
      return client;
    }
    synchronized (others) {
      return others.computeIfAbsent(trust, own -> builder().sslContext(own.context()).build());
    }
  }

  /**
   * Sends a request.
   *
   * @throws CloudException when no whole answer came
   */
  Answer send(
      CloudTrust trust,
      String name,
      String method,
      URI uri,
      Map<String, String> headers,
      byte[] body) {
    refuseLink(name, uri);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> exchange =
        client(trust)
            .sendAsync(
                request(name, method, uri, headers, body),
                HttpResponse.BodyHandlers.ofByteArrayConsumer(
                    bytes ->
                        bytes.ifPresent(
                            some -> {
                              if (received.size() + some.length > LARGEST) {
                                throw new IllegalStateException(
                                    "larger than " + LARGEST + " bytes");
                              }
                              received.writeBytes(some);
                            })));
    try {
      HttpResponse<Void> response = exchange.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.headers(), received.toByteArray());
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw CloudException.unavailable(
          name + ": no answer within " + deadline.toMillis() + " ms", null);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw CloudException.unavailable(name + ": " + reason(cause), null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.cancel(true);
      throw CloudException.unavailable(name + ": interrupted", null);
    }
  }

  /**
   * Where the machines of a data centre tell secrets to whoever asks: RFC 3927, RFC 4291 section
   * 2.5.6, and fd00:ec2::254.
   */
  private static void refuseLink(String name, URI uri) {
    try {
      if (uri.getHost() != null
          && Arrays.stream(InetAddress.getAllByName(uri.getHost()))
              .anyMatch(a -> a.isLinkLocalAddress() || a.getHostAddress().equals(METADATA))) {
        throw CloudException.wrong(name + ": addresses of the link are not asked");
      }
    } catch (UnknownHostException e) {
      throw CloudException.unavailable(name + ": its host is not known", null);
    }
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    for (Throwable at = cause; at != null; at = at.getCause()) {
      // A certificate that is not believed is told by itself, for a person has to look at it.
      if (at instanceof java.security.cert.CertificateException) {
        return "its certificate is not trusted: " + at.getMessage();
      }
    }
    return cause instanceof java.net.ConnectException
        ? "cannot connect"
        : message == null || message.contains("://") ? cause.getClass().getSimpleName() : message;
  }

  private static HttpRequest request(
      String name, String method, URI uri, Map<String, String> headers, byte[] body) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .method(
                  method,
                  body.length == 0
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofByteArray(body));
      headers.forEach(request::setHeader);
      return request.build();
    } catch (IllegalArgumentException e) {
      // The message may hold the value of a header, which may be a secret.
      throw CloudException.wrong(name + ": a header or the address cannot be sent");
    }
  }
}
