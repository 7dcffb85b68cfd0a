package io.caravanhub.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.fieldbus.ConnectionFields;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.edge.manage.ManageSettingsReader;
import io.caravanhub.edge.rule.EdgeRuleSettings;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.edge.uplink.HubSettings;
import io.caravanhub.edge.work.WorkSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code edge.yaml}, every mistake told by the field's path. */
final class EdgeSettingsReader {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";
  private final Path folder;

  private final @Nullable Path home;

  /**
   * @param file the settings file; paths in it are relative to its folder
   * @param home where routes and mappings are when the file does not say
   */
  EdgeSettingsReader(Path file, @Nullable Path home) {
    this.folder = file.resolveSibling("");
    this.home = home;
  }

  EdgeSettings read(JsonNode root) {
    requireFields(
        "",
        root,
        Set.of(
            "gateway",
            "tenant",
            "hub",
            "spool",
            "work",
            "mqtt",
            "mappings",
            "routes",
            "fieldbus",
            "rules",
            "manage"));
    String gateway = name(root, "gateway", null);
    String tenant = name(root, "tenant", "default");
    Set<String> brokerFields = Set.of("url", "user", "token", "tokenFile");
    EdgeSettings.Broker mqtt = null;
    if (root.hasNonNull("mqtt")) {
      requireFields("mqtt", root.path("mqtt"), brokerFields);
      mqtt = broker(root.path("mqtt"), "mqtt", null);
    }
    List<Path> routes = new ArrayList<>();
    root.path("routes").forEach(path -> routes.add(folder(path.asText(), "routes")));
    if (routes.isEmpty()) {
      routes.add(ofHome("routes"));
    }
    HubSettings hub =
        HubSection.read(
            new SettingsSection("hub", root.path("hub"), folder),
            tenant,
            gateway,
            root.path("spool").path("backfillShare"));
    SpoolSettings spool =
        SpoolSection.read(new SettingsSection("spool", root.path("spool"), folder), data());
    return new EdgeSettings(
        gateway,
        tenant,
        hub,
        spool,
        WorkSettings.read(root.path("work"), folder, spool.folder()),
        mqtt,
        root.hasNonNull("mappings")
            ? folder(root.get("mappings").asText(), "mappings")
            : ofHome("mappings"),
        routes,
        connections(root.path("fieldbus"), tenant),
        root.has("rules") ? EdgeRuleSettings.read(root, folder, spool.folder()) : null,
        ManageSettingsReader.read(root.path("manage"), hub, folder, spool.folder(), releases()));
  }

  private EdgeSettings.Broker broker(JsonNode node, String path, @Nullable String user) {
    String url = required(node, path + ".", "url");
    URI uri = URI.create(url.replace(' ', '_'));
    boolean known = Set.of("tcp", "ssl").contains(String.valueOf(uri.getScheme()));
    if (!known || uri.getHost() == null) {
      throw new IllegalArgumentException(
          path + ".url: expected tcp://host:port or ssl://host:port, got \"" + url + "\"");
    }
    return new EdgeSettings.Broker(
        url, node.hasNonNull("user") ? node.get("user").asText() : user, token(node, path));
  }

  private @Nullable String token(JsonNode node, String path) {
    if (node.hasNonNull("tokenFile")) {
      Path file = folder.resolve(node.get("tokenFile").asText());
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new IllegalArgumentException(path + ".tokenFile: " + FileTrouble.unreadable(file), e);
      }
    }
    return node.hasNonNull("token") ? node.get("token").asText() : null;
  }

  /** The start script says where it keeps the slots. */
  private static @Nullable Path releases() {
    String releases = System.getenv("EDGE_RELEASES");
    return releases == null ? null : Path.of(releases);
  }

  /**
   * Reads a list of connections.
   *
   * @throws IllegalArgumentException naming the field
   */
  static List<FieldbusConnection> connections(JsonNode list, String tenant) {
    List<FieldbusConnection> connections = new ArrayList<>();
    Set<String> devices = new HashSet<>();
    for (JsonNode node : list) {
      String path = "fieldbus[" + connections.size() + "].";
      try {
        FieldbusConnection connection = ConnectionFields.read(node, tenant);
        if (!devices.add(connection.device())) {
          throw new IllegalArgumentException("device: " + connection.device() + " is listed twice");
        }
        connections.add(connection);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(path + e.getMessage(), e);
      }
    }
    return connections;
  }

  /** Where what is kept belongs: {@code $EDGE_DATA}, else beside the settings. */
  private Path data() {
    String data = System.getenv("EDGE_DATA");
    return data == null || data.isBlank() ? folder.resolve("data") : folder.resolve(data);
  }

  private Path ofHome(String field) {
    if (home == null) {
      throw new IllegalArgumentException(field + ": is required");
    }
    return folder(home.resolve(field).toString(), field);
  }

  private Path folder(String text, String field) {
    Path path = folder.resolve(text).normalize();
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(field + ": there is no folder " + path);
    }
    return path;
  }

  private static String name(JsonNode node, String field, @Nullable String fallback) {
    String name =
        fallback != null && !node.hasNonNull(field) ? fallback : required(node, "", field);
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          field + ": expected letters, digits, dots and dashes, got \"" + name + "\"");
    }
    return name;
  }

  private static String required(JsonNode node, String path, String field) {
    String text = node.path(field).asText("");
    if (text.isBlank()) {
      throw new IllegalArgumentException(path + field + ": is required");
    }
    return text;
  }

  private static void requireFields(String path, JsonNode node, Set<String> known) {
    if (!node.isObject()) {
      throw new IllegalArgumentException((path.isEmpty() ? "" : path + ": ") + "expected fields");
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                String name = path.isEmpty() ? field : path + "." + field;
                throw new IllegalArgumentException(name + ": there is no such setting");
              }
            });
  }
}
