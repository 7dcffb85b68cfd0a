package io.caravanhub.core.route;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.CamelContext;

/** Reads a route file as {@link RouteLoader} does, without putting it in force. */
public final class RouteFileCheck {
  private RouteFileCheck() {}

  /**
   * Why a file cannot be read.
   *
   * @param line counted from 1, or 0
   */
  public record Problem(int line, String reason) {}

  /**
   * Looks at names, ids and syntax; which components and policies there are, only the gateway
   * knows.
   *
   * @param context whose reader parses the text; nothing in it changes
   */
  public static Optional<Problem> problem(CamelContext context, Path path, String text) {
    if (!RouteSource.isRouteFile(path)) {
      return Optional.of(new Problem(0, "expected a name that ends in .camel.yaml"));
    }
    RouteSource source = new RouteSource(path, text);
    RouteOutline outline = null;
    try {
      source.checkName();
      outline = RouteOutline.read(source);
      RouteInspection.checkOwnIds(source, outline);
      new CamelRoutes(context).parse(source, outline);
      return Optional.empty();
    } catch (Exception e) {
      RouteRefusal refusal = RouteRefusal.of(e, outline);
      return Optional.of(new Problem(refusal.line(), refusal.reason()));
    }
  }
}
