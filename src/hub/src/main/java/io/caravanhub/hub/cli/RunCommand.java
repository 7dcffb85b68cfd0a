package io.caravanhub.hub.cli;

import io.caravanhub.hub.HubApplication;
import io.caravanhub.hub.certificate.ListenerFiles;
import io.caravanhub.hub.settings.Role;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.env.MapPropertySource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./hub run}: the hub alone, until SIGTERM or Ctrl-C. */
@Command(
    name = "run",
    description = "Run the hub.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nSettings (environment or hub.yaml):%n")
final class RunCommand implements Callable<Integer> {
  /** Set by the demo: stop when standard input ends, for then the parent is gone. */
  static final String STOP_ON_EOF = "HUB_STOP_ON_EOF";

  @Override
  public Integer call() throws Exception {
    Settings settings = SettingsHelp.load();
    ListenerFiles.check(
        settings.get(Setting.HUB_MQTTS_CERT),
        settings.get(Setting.HUB_MQTTS_KEY),
        settings.get(Setting.HUB_MQTTS_KEY_PASSWORD),
        settings.get(Setting.HUB_MQTTS_CLIENT_CA),
        settings.get(Setting.HUB_MQTT_CA));
    Ports.requireFree(settings);
    try (HomeLock lock = HomeLock.take(settings.folder(Setting.HUB_HOME))) {
      long began = System.nanoTime();
      CountDownLatch closed = new CountDownLatch(1);
      ConfigurableApplicationContext context = start(settings);
      context.addApplicationListener(
          event -> {
            if (event instanceof ContextClosedEvent) {
              closed.countDown();
            }
          });
      tell(settings, (System.nanoTime() - began) / 1_000_000);
      if (Boolean.parseBoolean(System.getenv(STOP_ON_EOF))) {
        stopWithParent();
      }
      closed.await();
      // The event comes first, the end of the database last: the lock is held until then.
      context.close();
      return CommandLine.ExitCode.OK;
    }
  }

  /** Whatever goes wrong is told in one line; the stack trace is in the log. */
  private static ConfigurableApplicationContext start(Settings settings) {
    try {
      return new SpringApplicationBuilder(HubApplication.class)
          .listeners(new FirstProperties(properties(settings)))
          .profiles(settings.has(Setting.HUB_KAFKA) ? new String[] {"kafka"} : new String[0])
          .run();
    } catch (RuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null && cause.getCause() != cause) {
        cause = cause.getCause();
      }
      String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      throw new IllegalStateException(
          "the hub did not start: "
              + reason.lines().findFirst().orElse("")
              + "; the whole story is in "
              + settings.folder(Setting.HUB_HOME).resolve("logs/hub.log"),
          e);
    }
  }

  /** Puts the hub's settings before all others, and early enough for the log's own. */
  private record FirstProperties(MapPropertySource properties)
      implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {
    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
      event.getEnvironment().getPropertySources().addFirst(properties);
    }

    @Override
    public int getOrder() {
      return Ordered.HIGHEST_PRECEDENCE;
    }
  }

  private static MapPropertySource properties(Settings settings) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("logging.config", "classpath:logback-run.xml");
    // A broker outside takes the place of the embedded one.
    boolean outside = settings.has(Setting.HUB_MQTT_URL);
    properties.put("hub.mqtt.subscribe", Boolean.toString(outside));
    properties.put("hub.mqtt.embedded", Boolean.toString(!outside));
    // Ways in that are there only when their setting says where.
    for (Setting way :
        List.of(
            Setting.HUB_INGEST_KAFKA,
            Setting.HUB_INGEST_AMQP,
            Setting.HUB_COAP_PORT,
            Setting.HUB_COAPS_PORT)) {
      properties.put(way.property() + ".enabled", Boolean.toString(settings.has(way)));
    }
    properties.put("hub.mqtt.client", HomeId.of(settings.folder(Setting.HUB_HOME)));
    for (Setting setting : Setting.values()) {
      if (settings.has(setting)) {
        properties.put(
            setting.property(),
            settings.isFolder(setting)
                ? settings.folder(setting).toString()
                : settings.require(setting));
      }
    }
    return new MapPropertySource("hub", properties);
  }

  private static void tell(Settings settings, long millis) {
    String base =
        "http://" + settings.require(Setting.HUB_BIND) + ":" + settings.port(Setting.HUB_HTTP_PORT);
    System.out.printf("Caravan Hub is up after %.1f s.%n", millis / 1000.0);
    Set<Role> roles = Role.read(Objects.requireNonNullElse(settings.get(Setting.HUB_ROLES), ""));
    if (settings.has(Setting.HUB_ROLES)) {
      System.out.println("  roles     " + settings.require(Setting.HUB_ROLES));
    }
    if (roles.contains(Role.CONSOLE)) {
      System.out.println("  console   " + base + "/");
    }
    System.out.println(
        "  "
            + (roles.contains(Role.API)
                ? "API       " + base + "/api/v1/openapi.yaml"
                : "HTTP      " + base));
    if (roles.contains(Role.INGEST)) {
      tellMqtt(settings);
    }
    System.out.println("  token     " + settings.folder(Setting.HUB_HOME).resolve("admin.token"));
    System.out.println("Ctrl-C stops it.");
  }

  private static void tellMqtt(Settings settings) {
    System.out.println(
        "  MQTT      "
            + (settings.has(Setting.HUB_MQTT_URL)
                ? settings.require(Setting.HUB_MQTT_URL)
                : "tcp://"
                    + settings.require(Setting.HUB_BIND)
                    + ":"
                    + settings.port(Setting.HUB_MQTT_PORT)
                    + ", with TLS port "
                    + settings.port(Setting.HUB_MQTTS_PORT)));
  }

  private static void stopWithParent() {
    Thread watcher =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  continue;
                }
              } catch (IOException e) {
                // a broken pipe means the same as its end
              }
              System.exit(0);
            },
            "parent-watch");
    watcher.setDaemon(true);
    watcher.start();
  }
}
