package io.caravanhub.hub.asset;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.telemetry.Metric;
import io.caravanhub.hub.telemetry.MetricCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a link is to be.
 *
 * @param role primary unless it is named
 * @param port null for the whole device
 * @param from null when not said
 * @param to null for a link that lasts
 * @param move whether a primary link with another asset ends where this begins
 */
record LinkRequest(
    String role,
    @Nullable String port,
    Map<String, @Nullable String> metrics,
    @Nullable Instant from,
    @Nullable Instant to,
    boolean move) {
  private static final Duration AHEAD = Duration.ofMinutes(5);
  private static final int NAMES_MAX = 200;

  boolean isPrimary() {
    return role.equals(AssetLink.PRIMARY);
  }

  static LinkRequest read(byte @Nullable [] body, String tenant, MetricCatalog catalog) {
    Fields fields = Fields.of(body);
    fields.only(List.of("role", "port", "metrics", "from", "to", "move"));
    String role = fields.text("role", AssetLink.PRIMARY);
    if (!role.matches("[A-Za-z0-9_-]{1,40}") || role.equals(AssetLink.DERIVED)) {
      throw ProblemException.badField(
          "role", "expected 1 to 40 letters, digits, _ or -; not derived, which is the hub's own");
    }
    Instant from = moment(fields, "from");
    Instant to = moment(fields, "to");
    if (from != null && to != null && !from.isBefore(to)) {
      throw ProblemException.badField("to", "expected a time after from");
    }
    return new LinkRequest(
        role,
        port(fields.optionalText("port")),
        metrics(fields, tenant, catalog),
        from,
        to,
        Boolean.TRUE.equals(fields.optionalFlag("move")));
  }

  static @Nullable String port(@Nullable String port) {
    if (port == null || port.isEmpty()) {
      return null;
    }
    if (!port.matches("[A-Za-z0-9_-]{1,40}")) {
      throw ProblemException.badField("port", "expected 1 to 40 letters, digits, _ or -");
    }
    return port;
  }

  /** A time that has come. */
  private static @Nullable Instant moment(Fields fields, String name) {
    return past(fields.optionalInstant(name), name);
  }

  static @Nullable Instant past(@Nullable Instant at, String name) {
    if (at != null && at.isAfter(Instant.now().plus(AHEAD))) {
      throw ProblemException.badField(name, "lies in the future");
    }
    return at;
  }

  private static Map<String, @Nullable String> metrics(
      Fields fields, String tenant, MetricCatalog catalog) {
    Map<String, @Nullable String> names = new LinkedHashMap<>();
    fields
        .within("metrics")
        .names()
        .forEach(metric -> names.put(metric, name(fields, metric, tenant, catalog)));
    if (names.size() > NAMES_MAX) {
      throw ProblemException.badField("metrics", "expected at most " + NAMES_MAX + " names");
    }
    return names;
  }

  /** Values keep their unit when they are renamed, so both names must have the same. */
  private static @Nullable String name(
      Fields fields, String metric, String tenant, MetricCatalog catalog) {
    String name = fields.within("metrics").optionalText(metric);
    if (name == null) {
      return null;
    }
    String field = "metrics." + metric;
    if (name.isEmpty() || name.length() > 200) {
      throw ProblemException.badField(field, "expected a metric's name of 1 to 200 characters");
    }
    Metric source = catalog.find(tenant, metric).orElse(null);
    Metric target = catalog.find(tenant, name).orElse(null);
    if (source != null
        && target != null
        && (source.textual() != target.textual()
            || !Objects.equals(source.unit(), target.unit()))) {
      throw ProblemException.badField(
          field,
          "\"" + name + "\" is in " + shown(target) + ", \"" + metric + "\" in " + shown(source));
    }
    return name;
  }

  private static String shown(Metric metric) {
    return metric.textual() ? "text" : metric.unit() == null ? "no unit" : metric.unit();
  }
}
