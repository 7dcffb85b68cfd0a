package io.caravanhub.edge;

import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusConnections;
import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.route.RouteLoader;
import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.clock.TimeSource;
import io.caravanhub.edge.manage.Management;
import io.caravanhub.edge.rule.EdgeRuleSettings;
import io.caravanhub.edge.rule.EdgeRules;
import io.caravanhub.edge.rule.EventRoute;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.uplink.HealthPart;
import io.caravanhub.edge.uplink.Uplink;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway: the hub's own route files take in what devices say, the gateway's own put it into the
 * spool, and the uplink brings it to the hub from there.
 */
public final class Edge {
  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);

  private final Main main;
  private final RouteFiles routeFiles;
  private final Spool spool;
  private final Uplink uplink;
  private final LocalWork work;
  private volatile int exitCode;

  /**
   * A gateway that is not running yet.
   *
   * @throws IllegalArgumentException names the setting that is wrong
   */
  public Edge(EdgeSettings settings) {
    this(settings, new MachineTime());
  }

  Edge(EdgeSettings settings, TimeSource time) {
    work = new LocalWork(settings);
    main = new Main();
    properties(settings);
    Management management = management(settings);
    FieldbusConnections connections =
        management == null
            ? protocol -> ofProtocol(settings.fieldbus(), protocol)
            : management.live();
    Path mappings = management == null ? settings.mappings() : management.live().mappings();
    main.bind("fieldbusConnections", connections);
    main.bind("mappingCatalog", new FolderMappingCatalog(List.of(mappings)));
    FieldbusComponent fieldbus = new FieldbusComponent();
    fieldbus.setMappings(mappings.toString());
    fieldbus.setPki(settings.spool().file().resolveSibling("pki/opcua").toString());
    // Who writes the gateway's settings may read its files.
    fieldbus.setSecrets(null);
    main.bind("fieldbus", fieldbus);
    spool = new Spool(settings.spool(), time);
    main.bind("spoolStore", spool);
    uplink = uplink(settings, fieldbus);
    main.bind("hubChannels", uplink);
    // What a section of the settings puts in their place works on the way to the spool.
    work.bind(main, spool, fieldbus, uplink);
    property("edge.event.to", "direct:edge.event");
    property("channel.alarms.to", "direct:edge.event");
    main.bind(
        "edgeRules",
        new EdgeRules(
            rules(settings, management), new EventRoute(main::getCamelContext, settings.tenant())));
    routeFiles = new RouteFiles(settings, management, fieldbus);
    main.addMainListener(routeFiles);
    if (management != null) {
      main.bind("management", management);
      management.live().onWork(work::follow);
      uplink.listen("configuration", hint -> management.hint());
    }
  }

  private static @Nullable Management management(EdgeSettings settings) {
    return settings.manage() == null
        ? null
        : new Management(
            settings.manage(),
            settings.mappings(),
            settings.rules() == null ? null : settings.rules().folder(),
            settings.fieldbus(),
            settings.work().rules(),
            list -> EdgeSettingsReader.connections(list, settings.tenant()));
  }

  /** A managed gateway may be given rules at any time. */
  private static @Nullable EdgeRuleSettings rules(
      EdgeSettings settings, @Nullable Management management) {
    EdgeRuleSettings own = settings.rules();
    if (management == null) {
      return own;
    }
    return new EdgeRuleSettings(
        management.live().rules(),
        own == null ? settings.spool().folder().resolve("rule-state") : own.state(),
        settings.tenant(),
        own == null ? List.of() : own.devices());
  }

  private Uplink uplink(EdgeSettings settings, FieldbusComponent fieldbus) {
    List<HealthPart> own = new ArrayList<>();
    try {
      Uplink made = new Uplink(settings.hub(), spool, () -> parts(own));
      own.addAll(GatewayParts.of(spool, fieldbus, new ProcessFigures(settings.spool().folder())));
      own.addAll(made.parts());
      return made;
    } catch (IllegalArgumentException e) {
      spool.close();
      throw e;
    }
  }

  /** The gateway's own first: another part may say better. */
  private List<HealthPart> parts(List<HealthPart> own) {
    List<HealthPart> all = new ArrayList<>(own);
    all.addAll(main.getCamelContext().getRegistry().findByType(HealthPart.class));
    return all;
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
    close();
    return exitCode == 0 ? main.getExitCode() : exitCode;
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
    close();
  }

  private void close() {
    work.close();
    uplink.close();
    spool.close();
  }

  /** Where the routes run. */
  public CamelContext context() {
    return main.getCamelContext();
  }

  private final class RouteFiles extends MainListenerSupport {
    private final EdgeSettings settings;
    private final @Nullable Management management;
    private final FieldbusComponent fieldbus;
    private @Nullable RouteLoader loader;

    RouteFiles(EdgeSettings settings, @Nullable Management management, FieldbusComponent fieldbus) {
      this.settings = settings;
      this.management = management;
      this.fieldbus = fieldbus;
    }

    @Override
    public void afterStart(BaseMainSupport main) {
      List<Path> folders = new ArrayList<>(settings.routes());
      if (management != null) {
        folders.add(management.live().routes());
      }
      RouteLoader started = new RouteLoader(main.getCamelContext(), folders).start();
      loader = started;
      work.start();
      uplink.start();
      if (management != null) {
        management.start(
            main.getCamelContext(),
            new EdgeHealth(
                fieldbus, started, management.live(), () -> !uplink.way().equals("none")),
            this::end);
      }
      LOG.info(
          "Gateway {} of {} reads {} devices and forwards to {}",
          settings.gateway(),
          settings.tenant(),
          management == null ? settings.fieldbus().size() : management.live().all().size(),
          settings.hub());
      if (settings.hub().api() == null) {
        LOG.info(
            "No configuration and no releases are taken from the hub, and there is no HTTPS when"
                + " MQTT is shut: hub.api is not set");
      }
    }

    private void end(int code) {
      exitCode = code;
      main.completed();
    }

    @Override
    public void beforeStop(BaseMainSupport main) {
      if (management != null) {
        management.close();
      }
      if (loader != null) {
        loader.close();
      }
    }
  }
}
