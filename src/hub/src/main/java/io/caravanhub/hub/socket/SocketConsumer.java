package io.caravanhub.hub.socket;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.security.Caller;
import io.caravanhub.hub.security.HubPrincipal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** Turns each frame into an exchange, as its socket's caller, and its body into the answer. */
public class SocketConsumer extends DefaultConsumer {
  private final Sockets sockets;

  public SocketConsumer(SocketEndpoint endpoint, Processor processor, Sockets sockets) {
    super(endpoint, processor);
    this.sockets = sockets;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    sockets.listen(this::take);
  }

  @Override
  protected void doStop() throws Exception {
    sockets.silence();
    super.doStop();
  }

  private CompletableFuture<String> take(HubPrincipal caller, String frame) {
    Exchange exchange = createExchange(false);
    exchange.getMessage().setBody(frame.getBytes(StandardCharsets.UTF_8));
    CompletableFuture<String> answer = new CompletableFuture<>();
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(new Caller(caller));
    SecurityContextHolder.setContext(context);
    TenantScope.enter(caller.tenant());
    try {
      getAsyncProcessor()
          .process(
              exchange,
              sync -> {
                Exception failure = exchange.getException();
                String body = body(exchange);
                releaseExchange(exchange, false);
                if (failure == null && body != null) {
                  answer.complete(body);
                } else {
                  answer.completeExceptionally(
                      failure == null ? new IllegalStateException("no answer") : failure);
                }
              });
    } finally {
      TenantScope.leave();
      SecurityContextHolder.clearContext();
    }
    return answer;
  }

  /** The exchange's JSON object; what HTTP says in a header is a field of it. */
  private static @Nullable String body(Exchange exchange) {
    String body = exchange.getMessage().getBody(String.class);
    String retry = exchange.getMessage().getHeader("Retry-After", String.class);
    return body == null || retry == null
        ? body
        : body.substring(0, body.length() - 1) + ",\"retry_after\":" + retry + "}";
  }
}
