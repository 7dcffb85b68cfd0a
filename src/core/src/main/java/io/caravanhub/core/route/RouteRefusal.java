package io.caravanhub.core.route;

import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.ResolveEndpointFailedException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Why a route file cannot be in force, in words for the engineer who wrote it. */
final class RouteRefusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final boolean passing;

  RouteRefusal(String reason, int line) {
    this(reason, line, false, null);
  }

  private RouteRefusal(String reason, int line, boolean passing, @Nullable Throwable cause) {
    super(reason, cause);
    this.line = line;
    this.passing = passing;
  }

  /** The line it speaks of, counted from 1, or 0. */
  int line() {
    return line;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  /** Whether the same content may well load later: its far end was not there. */
  boolean passing() {
    return passing;
  }

  /** What Camel threw, said shortly; the outline finds the line of what Camel names. */
  static RouteRefusal of(Throwable thrown, @Nullable RouteOutline outline) {
    if (thrown instanceof RouteRefusal refusal) {
      return refusal;
    }
    List<Throwable> chain = chain(thrown);
    for (Throwable t : chain) {
      if (t instanceof MarkedYamlEngineException yaml) {
        int line = yaml.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
        return new RouteRefusal(oneLine(yaml.getProblem(), yaml), line, false, thrown);
      }
    }
    boolean passing =
        chain.stream()
            .anyMatch(
                t -> t instanceof FailedToStartRouteException || t instanceof ConnectException);
    Throwable root = chain.get(chain.size() - 1);
    String reason = oneLine(root.getMessage(), root);
    return new RouteRefusal(
        reason, outline == null ? 0 : outline.lineOf(hints(chain)), passing, thrown);
  }

  /**
   * What Camel names, the most telling first: the endpoint's URI, then the causes from the root.
   */
  private static List<String> hints(List<Throwable> chain) {
    List<String> hints = new ArrayList<>();
    for (Throwable t : chain) {
      hints.add(0, String.valueOf(t.getMessage()));
    }
    for (Throwable t : chain) {
      if (t instanceof ResolveEndpointFailedException e && e.getUri() != null) {
        hints.add(0, e.getUri());
      }
    }
    return hints;
  }

  private static List<Throwable> chain(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable t = thrown; t != null && !chain.contains(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }

  private static String oneLine(@Nullable String message, Throwable thrown) {
    String text = message == null || message.isBlank() ? thrown.toString() : message;
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() > 500 ? line.substring(0, 500) + " …" : line;
  }
}
