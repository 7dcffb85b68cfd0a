package io.caravanhub.core.route;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kamelet.KameletEndpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RouteTemplateDefinition;
import org.apache.camel.model.rest.RestDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the content of one file into a running context and takes it out again, leaving nothing
 * behind.
 *
 * <p>Camel keeps the definition of a route that failed to be created or started, keeps templates
 * and policies for ever, and keeps the routes it made for kamelet endpoints; so all are removed
 * here by what the file named. Not thread-safe.
 */
final class CamelRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(CamelRoutes.class);

  /** How long a route may finish what it has in hand before it is stopped for a new version. */
  private static final long STOP_SECONDS = 10;

  private final CamelContext context;
  private final Model model;

  CamelRoutes(CamelContext context) {
    this.context = context;
    this.model = context.getCamelContextExtension().getContextPlugin(Model.class);
  }

  /** Reads the file as Camel does; changes nothing in the context. */
  ParsedRouteFile parse(RouteSource source, RouteOutline outline) throws Exception {
    var resource = ResourceHelper.fromString(location(source), source.text());
    Collection<RoutesBuilder> builders =
        PluginHelper.getRoutesLoader(context).findRoutesBuilders(List.of(resource));
    RouteBuilder builder = (RouteBuilder) builders.iterator().next();
    builder.setCamelContext(context);
    builder.configureRoutes(context);
    return new ParsedRouteFile(source, outline, builder);
  }

  /**
   * Camel picks its reader by all that follows a name's first dot, so the name must have no other.
   */
  private static String location(RouteSource source) {
    String file = source.path().toAbsolutePath().toString();
    String ending =
        source.kind() == RouteSource.Kind.KAMELET ? RouteSource.KAMELET : RouteSource.ROUTE;
    String folder = file.substring(0, file.length() - source.name().length() - ending.length());
    return "file:" + folder + source.name().replace('.', '-') + ending;
  }

  /** Puts the file in; when that fails, nothing of it stays. */
  void add(ParsedRouteFile file) throws Exception {
    Set<String> before = routeIds();
    try {
      RouteBuilder builder = file.builder();
      if (builder instanceof RouteConfigurationsBuilder policies) {
        policies.updateRouteConfigurationsToCamelContext(context);
      }
      builder.updateRoutesToCamelContext(context);
      builder.addTemplatedRoutesToCamelContext(context);
    } catch (Exception | LinkageError e) {
      remove(file);
      for (String id : routeIds()) {
        if (!before.contains(id)) {
          removeRoute(id);
        }
      }
      throw e;
    }
  }

  /** Takes out whatever of the file is in the context, also after a failed {@link #add}. */
  void remove(ParsedRouteFile file) throws Exception {
    for (String id : withRests(file)) {
      removeWithKamelets(id);
    }
    for (String id : file.templateIds()) {
      removeInstances(id);
      RouteTemplateDefinition template = model.getRouteTemplateDefinition(id);
      if (template != null) {
        model.removeRouteTemplateDefinition(template);
      }
    }
    for (String id : file.policyIds()) {
      RouteConfigurationDefinition policy = model.getRouteConfigurationDefinition(id);
      if (policy != null) {
        model.removeRouteConfiguration(policy);
      }
    }
  }

  private Set<String> withRests(ParsedRouteFile file) {
    Set<String> ids = new LinkedHashSet<>(file.routeIds());
    List<RestDefinition> rests = file.builder().getRestCollection().getRests();
    for (RouteDefinition route : List.copyOf(model.getRouteDefinitions())) {
      if (route.getRestDefinition() != null && rests.contains(route.getRestDefinition())) {
        ids.add(route.getRouteId());
      }
    }
    model.getRestDefinitions().removeAll(rests);
    return ids;
  }

  private void removeWithKamelets(String id) throws Exception {
    Set<String> before = kameletRoutes();
    removeRoute(id);
    before.removeAll(kameletRoutes());
    for (String orphan : before) {
      removeWithKamelets(orphan);
    }
  }

  /** Ids of the routes that Camel made for the kamelet endpoints now in use. */
  private Set<String> kameletRoutes() {
    Set<String> ids = new LinkedHashSet<>();
    kamelets().forEach(k -> ids.add(k.getRouteId()));
    return ids;
  }

  private List<KameletEndpoint> kamelets() {
    List<KameletEndpoint> found = new ArrayList<>();
    for (Endpoint endpoint : context.getEndpoints()) {
      if (endpoint instanceof KameletEndpoint kamelet
          && !kamelet.getEndpointUri().matches("kamelet:/*(source|sink)\\b.*")) {
        found.add(kamelet);
      }
    }
    return found;
  }

  /** An instance that nobody uses any more would keep its old template alive. */
  private void removeInstances(String templateId) throws Exception {
    for (KameletEndpoint kamelet : kamelets()) {
      if (templateId.equals(kamelet.getTemplateId())) {
        removeWithKamelets(kamelet.getRouteId());
        context.removeEndpoint(kamelet);
      }
    }
  }

  private Set<String> routeIds() {
    Set<String> ids = new LinkedHashSet<>();
    model.getRouteDefinitions().forEach(r -> ids.add(r.getRouteId()));
    return ids;
  }

  private void removeRoute(String id) throws Exception {
    try {
      context.getRouteController().stopRoute(id, STOP_SECONDS, TimeUnit.SECONDS);
      context.removeRoute(id);
    } catch (Exception e) {
      // A route that failed to start may fail to shut down as well; Camel then keeps listing it.
      LOG.debug("Route {} did not shut down: {}", id, e.toString());
    }
    Route left = context.getRoute(id);
    if (left != null) {
      context.getCamelContextExtension().removeRoute(left);
    }
    RouteDefinition definition = model.getRouteDefinition(id);
    if (definition != null) {
      model.getRouteDefinitions().remove(definition);
    }
  }
}
