package io.caravanhub.edge;

import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusConnections;
import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.route.RouteLoader;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway: the hub's own route files take in what devices say, the gateway's own route files
 * forward it. Nothing is kept here yet: while the hub is away, fieldbus readings wait in memory up
 * to their bound, and a broker on the site keeps its messages.
 */
public final class Edge {
  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

  private final Main main;
  private final RouteFiles routeFiles;

  /** A gateway that is not running yet. */
  public Edge(EdgeSettings settings) {
    main = new Main();
    properties(settings);
    FieldbusConnections connections = protocol -> ofProtocol(settings.fieldbus(), protocol);
    main.bind("fieldbusConnections", connections);
    main.bind("hubUplink", new HubUplink(settings));
    main.bind("mappingCatalog", new FolderMappingCatalog(List.of(settings.mappings())));
    FieldbusComponent fieldbus = new FieldbusComponent();
    fieldbus.setMappings(settings.mappings().toString());
    main.bind("fieldbus", fieldbus);
    routeFiles = new RouteFiles(settings);
    main.addMainListener(routeFiles);
  }

  private void properties(EdgeSettings settings) {
    main.configure().setName("edge");
    main.configure().setRoutesIncludePattern("false");
    main.configure().setAutoConfigurationLogSummary(false);
    main.configure().setShutdownTimeout(5);
    property("channel.raw.to", "direct:channel.raw");
    property("channel.raw.from", "direct:channel.raw");
    EdgeSettings.Broker mqtt = settings.mqtt();
    property("hub.mqtt.subscribe", String.valueOf(mqtt != null));
    if (mqtt != null) {
      property("hub.mqtt.url", mqtt.url());
      property("hub.mqtt.client", settings.gateway());
      property("hub.mqtt.user", mqtt.user());
      property("hub.mqtt.password", mqtt.token());
    }
  }

  private void property(String name, @Nullable String value) {
    if (value != null) {
      main.addInitialProperty(name, value);
    }
  }

  private static List<FieldbusConnection> ofProtocol(
      List<FieldbusConnection> connections, String protocol) {
    return connections.stream()
        .filter(connection -> connection.protocol().equals(protocol))
        .toList();
  }

  /** Runs until the process is told to stop; returns the exit code. */
  public int run() throws Exception {
    main.run();
    return main.getExitCode();
  }

  /** Starts without waiting; {@link #stop()} ends it. */
  public void start() {
    main.start();
    // Camel tells its listeners of a start only where it waits for the end.
    routeFiles.afterStart(main);
  }

  /** Stops taking in, finishes what is under way, stops. */
  public void stop() {
    routeFiles.beforeStop(main);
    main.stop();
  }

  /** Where the routes run. */
  public CamelContext context() {
    return main.getCamelContext();
  }

  private static final class RouteFiles extends MainListenerSupport {
    private final EdgeSettings settings;
    private @Nullable RouteLoader loader;

    RouteFiles(EdgeSettings settings) {
      this.settings = settings;
    }

    @Override
    public void afterStart(BaseMainSupport main) {
      loader = new RouteLoader(main.getCamelContext(), settings.routes()).start();
      LOG.info(
          "Gateway {} of {} reads {} devices and forwards to {}",
          settings.gateway(),
          settings.tenant(),
          settings.fieldbus().size(),
          settings.hub());
    }

    @Override
    public void beforeStop(BaseMainSupport main) {
      if (loader != null) {
        loader.close();
      }
    }
  }
}
