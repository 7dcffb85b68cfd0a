package io.caravanhub.core.stream;

import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CloudLogin;
import io.caravanhub.core.cloud.Template;
import io.caravanhub.core.stream.StreamPlan.Socket;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket (RFC 6455). A message is read only when one of those before it was stored, so that a
 * cloud that sends faster is slowed down by TCP; nothing can be acknowledged.
 */
final class WebSocketLink implements StreamLink, WebSocket.Listener {
  private static final int LARGEST = 1024 * 1024;
  private static final int IN_HAND = 64;

  private final URI url;
  private final Map<String, String> headers;
  private final List<String> frames;
  private final Socket plan;
  private final LinkOptions options;
  private final StreamListener listener;
  private final AtomicBoolean over = new AtomicBoolean();
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private volatile long heard = System.nanoTime();
  private volatile @Nullable WebSocket socket;
  private volatile @Nullable ScheduledFuture<?> watch;

  private WebSocketLink(
      URI url,
      Map<String, String> headers,
      List<String> frames,
      Socket plan,
      LinkOptions options,
      StreamListener listener) {
    this.url = url;
    this.headers = headers;
    this.frames = frames;
    this.plan = plan;
    this.options = options;
    this.listener = listener;
  }

  static WebSocketLink of(
      StreamPlan plan,
      String url,
      CloudAccess access,
      CloudHttp http,
      Clock clock,
      LinkOptions options,
      StreamListener listener) {
    CloudLogin login = CloudLogin.of(plan.auth(), access, http, clock);
    Map<String, String> headers = new LinkedHashMap<>();
    plan.socket()
        .headers()
        .forEach((name, text) -> headers.put(name, Template.fill(text, login::value)));
    headers.putAll(login.headers());
    List<String> frames =
        plan.socket().send().stream().map(f -> Template.fill(f, login::value)).toList();
    URI uri;
    try {
      uri = login.uri(url);
    } catch (IllegalArgumentException e) {
      throw CloudException.wrong("url: is no address");
    }
    if (uri.getScheme() == null || !uri.getScheme().matches("wss?") || uri.getHost() == null) {
      throw CloudException.wrong("url: expected an address such as wss://stream.acme.com/v1");
    }
    if (uri.getPort() > MqttAddress.LAST_PORT) {
      throw CloudException.wrong("url: expected a port of 65535 at most");
    }
    return new WebSocketLink(uri, headers, frames, plan.socket(), options, listener);
  }

  @Override
  public void open() {
    WebSocket.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(options.deadline())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build()
            .newWebSocketBuilder()
            .connectTimeout(options.deadline());
    try {
      headers.forEach(builder::header);
    } catch (IllegalArgumentException e) {
      // The message may hold the value, which may be a secret.
      end(CloudException.wrong("a header cannot be sent"));
      return;
    }
    var unused =
        builder
            .buildAsync(url, this)
            .whenComplete(
                (opened, failure) -> {
                  if (failure != null) {
                    end(reason(failure));
                  }
                });
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    if (over.get()) {
      opened.abort();
      return;
    }
    CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    for (String frame : frames) {
      sent = sent.thenCompose(before -> opened.sendText(frame, true));
    }
    var unused =
        sent.whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                end(CloudException.unavailable("the subscription could not be sent", null));
                return;
              }
              options.threads().execute(() -> listener.connected("", false));
              watch();
              opened.request(IN_HAND);
            });
  }

  private void watch() {
    long every =
        plan.ping().isZero() ? Math.max(1, plan.idle().toMillis() / 2) : plan.ping().toMillis();
    if (!plan.ping().isZero() || !plan.idle().isZero()) {
      watch =
          options.clock().scheduleWithFixedDelay(this::look, every, every, TimeUnit.MILLISECONDS);
    }
  }

  private void look() {
    WebSocket open = socket;
    if (open == null || over.get()) {
      return;
    }
    if (!plan.idle().isZero() && System.nanoTime() - heard > plan.idle().toNanos()) {
      end(CloudException.unavailable("nothing was heard for " + plan.idle(), null));
    } else if (!plan.ping().isZero()) {
      var unused = open.sendPing(ByteBuffer.allocate(0)).exceptionally(closing -> null);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
    return part(from, text.toString().getBytes(StandardCharsets.UTF_8), last);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer bytes, boolean last) {
    byte[] some = new byte[bytes.remaining()];
    bytes.get(some);
    return part(from, some, last);
  }

  private @Nullable CompletionStage<?> part(WebSocket from, byte[] some, boolean last) {
    heard = System.nanoTime();
    if (partial.size() + some.length > LARGEST) {
      end(CloudException.wrong("a message is larger than " + LARGEST + " bytes"));
      return null;
    }
    partial.writeBytes(some);
    if (!last) {
      from.request(1);
      return null;
    }
    byte[] whole = partial.toByteArray();
    partial.reset();
    if (!over.get()) {
      Received message = new Received("", whole, false, Instant.now(), () -> from.request(1));
      options.threads().execute(() -> listener.received(message));
    }
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    heard = System.nanoTime();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
    heard = System.nanoTime();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    // RFC 6455, section 7.4: policy violated; 4001 and 4003 are what clouds say to bad tokens.
    end(
        status == 1008 || status == 4001 || status == 4003
            ? CloudException.refused("the cloud ended the connection: " + status)
            : CloudException.unavailable("the cloud ended the connection: " + status, null));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    end(reason(failure));
  }

  private static CloudException reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof WebSocketHandshakeException e) {
      int status = e.getResponse().statusCode();
      return status == 401 || status == 403
          ? CloudException.refused("handshake: " + status + ", the credentials are refused")
          : CloudException.unavailable("handshake: " + status, null);
    }
    return CloudException.unavailable(
        cause instanceof java.net.ConnectException
            ? "cannot connect"
            : "the connection broke: " + cause.getClass().getSimpleName(),
        null);
  }

  private void end(CloudException why) {
    if (over.compareAndSet(false, true)) {
      stop(false);
      options.threads().execute(() -> listener.ended(why));
    }
  }

  private void stop(boolean inOrder) {
    ScheduledFuture<?> watching = watch;
    if (watching != null) {
      watching.cancel(false);
    }
    WebSocket open = socket;
    if (open == null) {
      return;
    }
    if (!inOrder || open.isOutputClosed()) {
      open.abort();
      return;
    }
    var unused =
        open.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((sent, failure) -> open.abort());
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      stop(true);
    }
  }
}
