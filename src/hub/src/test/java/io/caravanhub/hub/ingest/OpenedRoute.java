package io.caravanhub.hub.ingest;

import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;

/** A route file of the running hub that is off without its setting, opened for a test. */
final class OpenedRoute implements AutoCloseable {
  private final RunningHub hub;
  private final String id;
  private final Path file;
  private final String closed;

  /** Replaces texts of the file, and with them its placeholders; the loader does the rest. */
  OpenedRoute(RunningHub hub, String id, Map<String, String> replaced) throws IOException {
    this.hub = hub;
    this.id = id;
    this.file = hub.routes().resolve("ingest/" + id + ".camel.yaml");
    this.closed =
        Files.readString(TestDatabase.root().resolve("routes/ingest/" + id + ".camel.yaml"));
    String open = closed.replaceFirst("autoStartup: .*", "autoStartup: true");
    for (Map.Entry<String, String> text : replaced.entrySet()) {
      if (!open.contains(text.getKey())) {
        throw new IllegalArgumentException("not in " + file + ": " + text.getKey());
      }
      open = open.replace(text.getKey(), text.getValue());
    }
    write(open);
    await().atMost(Duration.ofSeconds(20)).until(this::isStarted);
  }

  Route route() {
    return hub.bean(CamelContext.class).getRoute(id);
  }

  void stop() throws Exception {
    hub.bean(CamelContext.class).getRouteController().stopRoute(id);
  }

  void start() throws Exception {
    hub.bean(CamelContext.class).getRouteController().startRoute(id);
  }

  boolean isStarted() {
    var status = hub.bean(CamelContext.class).getRouteController().getRouteStatus(id);
    return status != null && status.isStarted();
  }

  private void write(String content) throws IOException {
    Path fresh = Files.writeString(file.resolveSibling("." + id), content);
    Files.move(fresh, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    write(closed);
    await().atMost(Duration.ofSeconds(20)).until(() -> !isStarted());
  }
}
