package io.caravanhub.hub.coap;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.registry.Device;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.eclipse.californium.core.CoapResource;
import org.eclipse.californium.core.CoapServer;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.server.ServerMessageDeliverer;
import org.eclipse.californium.core.server.resources.CoapExchange;
import org.eclipse.californium.core.server.resources.Resource;
import org.jspecify.annotations.Nullable;

/** Turns each POST into an exchange. What the sender's options say goes no further. */
public class CoapServerConsumer extends DefaultConsumer {
  /** Where a token may be: an elective option of the experimental range (RFC 7252, 12.2). */
  static final int TOKEN_OPTION = 65_000;

  private static final String QUERY = "token=";

  private final CoapServerEndpoint endpoint;
  private final CoapRights rights;
  private @Nullable CoapServer server;

  public CoapServerConsumer(CoapServerEndpoint endpoint, Processor processor, CoapRights rights) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.rights = rights;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    CoapServer made = new CoapServer(CoapSetup.configuration());
    made.addEndpoint(
        CoapSetup.endpoint(
            new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), endpoint.getPsk()));
    made.setMessageDeliverer(new ServerMessageDeliverer(new Everything(), made.getConfig()));
    server = made;
    made.start();
    if (made.getEndpoints().stream().noneMatch(e -> e.isStarted())) {
      throw new IllegalStateException(
          "UDP port " + endpoint.getPort() + " on " + endpoint.getHost() + " cannot be opened");
    }
  }

  /** The port in use, for one that was asked for as 0. */
  public int port() {
    return server == null ? 0 : server.getEndpoints().get(0).getAddress().getPort();
  }

  @Override
  protected void doStop() throws Exception {
    if (server != null) {
      server.destroy();
      server = null;
    }
    super.doStop();
  }

  /** Answers for every path; whether it is one of a device is judged with the token. */
  private final class Everything extends CoapResource {
    Everything() {
      super("");
    }

    @Override
    public Resource getChild(String name) {
      return this;
    }

    @Override
    public void handlePOST(CoapExchange request) {
      CoapAnswer answer = new CoapAnswer(request);
      try {
        List<String> path = request.getRequestOptions().getUriPath();
        // Of its own kind: an address of UDP can be feigned, and must not count elsewhere.
        String from = "coap " + request.getSourceAddress().getHostAddress();
        take(rights.require(path, token(request), from), request.getRequestPayload(), answer);
      } catch (RuntimeException e) {
        answer.failed(e);
      }
    }
  }

  private static @Nullable String token(CoapExchange request) {
    for (Option option : request.getRequestOptions().getOthers()) {
      if (option.getNumber() == TOKEN_OPTION) {
        return new String(option.getValue(), StandardCharsets.UTF_8);
      }
    }
    for (String query : request.getRequestOptions().getUriQuery()) {
      if (query.startsWith(QUERY)) {
        return query.substring(QUERY.length());
      }
    }
    return null;
  }

  private void take(Device device, byte @Nullable [] payload, CoapAnswer answer) {
    Exchange exchange = createExchange(false);
    Message message = exchange.getMessage();
    message.setBody(payload == null ? new byte[0] : payload);
    message.setHeader(TelemetryHeaders.TENANT, device.tenant());
    message.setHeader(TelemetryHeaders.DEVICE, device.id().toString());
    message.setHeader(TelemetryHeaders.SOURCE, "coap");
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(System.currentTimeMillis()));
    answer.mayTakeLong();
    getAsyncProcessor()
        .process(
            exchange,
            sync -> {
              Exception failure = exchange.getException();
              int readings = readings(exchange.getMessage().getBody());
              if (failure == null && readings > 0) {
                rights.charge(device, readings);
              }
              releaseExchange(exchange, false);
              if (failure == null) {
                answer.stored();
              } else {
                answer.failed(failure);
              }
            });
  }

  /** A message is of one device or, from a gateway, of several. */
  private static int readings(@Nullable Object body) {
    int readings = 0;
    for (Object message : body instanceof List<?> list ? list : List.of(body == null ? "" : body)) {
      readings += message instanceof Telemetry telemetry ? telemetry.measurements().size() : 0;
    }
    return readings;
  }
}
