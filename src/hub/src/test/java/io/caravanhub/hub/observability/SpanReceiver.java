package io.caravanhub.hub.observability;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Takes spans by OTLP over HTTP, as opentelemetry-proto 1.x lays them out. */
final class SpanReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<Received> spans = new CopyOnWriteArrayList<>();

  /**
   * @param parent empty for the first of a trace
   * @param device the attribute {@code caravan.device}, empty without
   */
  record Received(String trace, String id, String parent, String name, String device) {}

  SpanReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A trace that has spans of all these names, by name. */
  Optional<Map<String, Received>> traceWith(List<String> names) {
    return spans.stream()
        .map(Received::trace)
        .distinct()
        .map(this::trace)
        .filter(trace -> trace.keySet().containsAll(names))
        .findFirst();
  }

  /** The ids of all traces. */
  Set<String> traces() {
    return spans.stream().map(Received::trace).collect(Collectors.toSet());
  }

  /** A trace's spans by name; of several of one name, the first. */
  Map<String, Received> trace(String id) {
    return spans.stream()
        .filter(span -> span.trace.equals(id))
        .collect(Collectors.toMap(Received::name, span -> span, (first, second) -> first));
  }

  private void take(HttpExchange exchange) throws IOException {
    try (InputStream body =
        "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
            ? new GZIPInputStream(exchange.getRequestBody())
            : exchange.getRequestBody()) {
      UnknownFieldSet request = UnknownFieldSet.parseFrom(body);
      for (UnknownFieldSet resource : messages(request, 1)) {
        for (UnknownFieldSet scope : messages(resource, 2)) {
          for (UnknownFieldSet span : messages(scope, 2)) {
            spans.add(
                new Received(
                    hex(span, 1),
                    hex(span, 2),
                    hex(span, 4),
                    bytes(span, 5).toStringUtf8(),
                    attribute(span, "caravan.device")));
          }
        }
      }
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static String attribute(UnknownFieldSet span, String key) throws IOException {
    for (UnknownFieldSet attribute : messages(span, 9)) {
      if (bytes(attribute, 1).toStringUtf8().equals(key)) {
        return bytes(messages(attribute, 2).get(0), 1).toStringUtf8();
      }
    }
    return "";
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet of, int field) throws IOException {
    List<UnknownFieldSet> all = new ArrayList<>();
    for (ByteString bytes : of.getField(field).getLengthDelimitedList()) {
      all.add(UnknownFieldSet.parseFrom(bytes));
    }
    return all;
  }

  private static ByteString bytes(UnknownFieldSet of, int field) {
    List<ByteString> all = of.getField(field).getLengthDelimitedList();
    return all.isEmpty() ? ByteString.EMPTY : all.get(0);
  }

  private static String hex(UnknownFieldSet of, int field) {
    return HexFormat.of().formatHex(bytes(of, field).toByteArray());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
