package io.caravanhub.testkit.connector;

import io.caravanhub.core.connector.ConnectorParts;
import io.caravanhub.core.connector.JsonPayload;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.route.RouteFile;
import io.caravanhub.core.route.RouteLoader;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;

/**
 * A connector's routes in a Camel context of their own, loaded as the hub loads them. Only what
 * listens inside the process is started: nothing is sent to or fetched from anybody.
 *
 * <p>Properties that the connector needs beside the hub's are read from {@code
 * samples/settings.properties}.
 */
public final class RouteTrial implements AutoCloseable {
  /**
   * A message that reached the channel raw.
   *
   * @param device the device it names, empty when none
   * @param mapping the mapping it asks for, empty when none
   * @param source where it says it came in, empty when it does not
   * @param body what the mapping gets
   */
  public record Sent(String device, String mapping, String source, String body) {}

  private final DefaultCamelContext context = new DefaultCamelContext();
  private final List<Sent> sent = new CopyOnWriteArrayList<>();
  private final RouteLoader loader;
  private final String entry;

  /** Loads the connector; look at {@link #files} for what came of it. */
  public RouteTrial(ConnectorFolder connector) throws Exception {
    entry = "direct:connectors." + connector.name();
    context.setAutoStartup(false);
    Properties properties = new Properties();
    Path settings = connector.path().resolve("samples/settings.properties");
    if (Files.exists(settings)) {
      try (Reader reader = Files.newBufferedReader(settings)) {
        properties.load(reader);
      }
    }
    properties.setProperty("channel.raw.to", "direct:channel.raw");
    context.getPropertiesComponent().setInitialProperties(properties);
    context.getRegistry().bind("jsonPayload", new JsonPayload());
    context.getRegistry().bind("connectorParts", new ConnectorParts());
    Model model = context.getCamelContextExtension().getContextPlugin(Model.class);
    for (String policy : List.of("ingest", "internal", "fsm")) {
      RouteConfigurationDefinition stub = new RouteConfigurationDefinition();
      stub.setId(policy);
      model.addRouteConfiguration(stub);
    }
    context.addRoutes(new Channel());
    context.start();
    context.getRouteController().startRoute("channel-raw");
    loader = new RouteLoader(context, List.of(connector.path())).start();
    startInside();
  }

  private final class Channel extends RouteBuilder {
    @Override
    public void configure() {
      from("direct:channel.raw")
          .routeId("channel-raw")
          .process(
              e ->
                  sent.add(
                      new Sent(
                          e.getMessage().getHeader(TelemetryHeaders.DEVICE, "", String.class),
                          e.getMessage().getHeader(TelemetryHeaders.MAPPING, "", String.class),
                          e.getMessage().getHeader(TelemetryHeaders.SOURCE, "", String.class),
                          e.getMessage().getBody(String.class))));
    }
  }

  private void startInside() throws Exception {
    for (Route route : List.copyOf(context.getRoutes())) {
      if (route.getEndpoint().getEndpointUri().matches("(direct|kamelet|seda):.*")) {
        context.getRouteController().startRoute(route.getRouteId());
      }
    }
  }

  /** Every route and kamelet file of the connector, loaded or refused. */
  public List<RouteFile> files() {
    return loader.files();
  }

  /** Whether the connector takes webhooks. */
  public boolean takesWebhooks() {
    return context.getRoutes().stream()
        .anyMatch(r -> r.getEndpoint().getEndpointUri().replace("//", "").equals(entry));
  }

  /**
   * Hands a webhook's body to the connector, as the hub does once its signature was checked.
   *
   * @return what reached the channel raw
   * @throws IllegalStateException with the reason when a route failed
   */
  public List<Sent> push(Path body, String oem) throws IOException {
    return push(Files.readAllBytes(body), oem);
  }

  /** As {@link #push(Path, String)}. */
  public List<Sent> push(byte[] body, String oem) {
    return send(body, "webhook:" + oem);
  }

  /** Hands the parts of a poll's answer to the connector; as {@link #push}. */
  public List<Sent> poll(List<PartMessage> parts, String oem) {
    return send(parts, "poll:" + oem);
  }

  /** Hands the parts of a stream's message to the connector; as {@link #push}. */
  List<Sent> stream(List<PartMessage> parts, String oem) {
    return send(parts, "stream:" + oem);
  }

  private List<Sent> send(Object body, String source) {
    sent.clear();
    try (ProducerTemplate template = context.createProducerTemplate()) {
      Exchange done =
          template.send(
              entry,
              exchange -> {
                exchange.getMessage().setBody(body);
                exchange.getMessage().setHeader(TelemetryHeaders.TENANT, "default");
                exchange.getMessage().setHeader(TelemetryHeaders.SOURCE, source);
              });
      if (done.getException() != null) {
        throw new IllegalStateException(done.getException().getMessage(), done.getException());
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return new ArrayList<>(sent);
  }

  @Override
  public void close() {
    loader.close();
    context.stop();
  }
}
