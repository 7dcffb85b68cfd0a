package io.caravanhub.hub.pipeline;

import io.caravanhub.core.route.RouteFile;
import io.caravanhub.core.route.RouteLoader;
import io.caravanhub.hub.api.RestApi;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Loads the route files once Camel runs, then opens the API; stops watching before Camel stops. */
@Component("routeFiles")
public class RouteFilesLifecycle implements SmartLifecycle {
  private final CamelContext context;
  private final RouteLoader loader;
  private volatile boolean running;

  public RouteFilesLifecycle(
      CamelContext context,
      @Value("${hub.routes}") Path routes,
      @Value("${hub.connectors}") Path connectors) {
    this.context = context;
    this.loader = new RouteLoader(context, List.of(routes, connectors));
  }

  /** Every route file known, with its state. */
  public List<RouteFile> files() {
    return loader.files();
  }

  @Override
  public void start() {
    loader.start();
    try {
      context.addRoutes(new RestApi());
    } catch (Exception e) {
      throw new IllegalStateException("the API of openapi.yaml cannot be served", e);
    }
    running = true;
  }

  @Override
  public void stop() {
    loader.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** After the Camel context, whose phase is the highest but one. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
