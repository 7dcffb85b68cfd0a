package io.caravanhub.hub.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the assets of the tenant in force that have definitions. Thread-safe. */
@Component
class AssetBookRows {
  private static final Logger LOG = LoggerFactory.getLogger(AssetBookRows.class);

  private final JdbcClient jdbc;
  private final DefinitionReader reader;
  private final ObjectMapper json;
  private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();

  AssetBookRows(JdbcClient jdbc, DefinitionReader reader, ObjectMapper json) {
    this.jdbc = jdbc;
    this.reader = reader;
    this.json = json;
  }

  private record Compiled(String text, AssetDefinition definition) {}

  private record Named(String name, int version, AssetDefinition definition) {
    String shown(String kind) {
      return kind + ":" + name + " v" + version;
    }
  }

  List<WatchedAsset> read(String tenant) {
    Map<String, Named> types = new HashMap<>();
    Map<String, Named> own = new HashMap<>();
    jdbc.sql("select kind, name, version, definition::text as definition from asset_definitions")
        .query(
            row -> {
              String name = row.getString("name");
              (row.getString("kind").equals("type") ? types : own)
                  .put(
                      name,
                      new Named(
                          name,
                          row.getInt("version"),
                          definition(tenant, row.getString("kind"), name, row)));
            });
    if (types.isEmpty() && own.isEmpty()) {
      return List.of();
    }
    Map<String, List<AssetLink>> links = links();
    return jdbc.sql(
            """
            select id, asset_type, metadata::text as metadata from assets
             where asset_type = any(?::text[]) or id = any(?::text[]) order by id\
            """)
        .params(types.keySet().toArray(String[]::new), own.keySet().toArray(String[]::new))
        .query((row, n) -> asset(tenant, row, types, own, links))
        .list();
  }

  /** One asset under the definitions that are stored now, or null when it has none. */
  @Nullable WatchedAsset read(AssetKey key) {
    return read(key.tenant()).stream()
        .filter(asset -> asset.key().equals(key))
        .findFirst()
        .orElse(null);
  }

  /** One asset under a definition that need not be its own, or null when there is none such. */
  @Nullable WatchedAsset read(AssetKey key, AssetDefinition definition) {
    return jdbc.sql("select asset_type, metadata::text as metadata from assets where id = ?")
        .params(key.asset())
        .query(
            (row, n) ->
                new WatchedAsset(
                    key,
                    row.getString("asset_type"),
                    map(row.getString("metadata")),
                    definition,
                    "trial",
                    links().getOrDefault(key.asset(), List.of())))
        .optional()
        .orElse(null);
  }

  private WatchedAsset asset(
      String tenant,
      ResultSet row,
      Map<String, Named> types,
      Map<String, Named> own,
      Map<String, List<AssetLink>> links)
      throws SQLException {
    String id = row.getString("id");
    Named ofType = types.get(row.getString("asset_type"));
    Named ofAsset = own.get(id);
    List<String> by = new ArrayList<>();
    AssetDefinition definition = AssetDefinition.NONE;
    if (ofType != null) {
      definition = ofType.definition;
      by.add(ofType.shown("type"));
    }
    if (ofAsset != null) {
      definition = definition.with(ofAsset.definition);
      by.add(ofAsset.shown("asset"));
    }
    return new WatchedAsset(
        new AssetKey(tenant, id),
        row.getString("asset_type"),
        map(row.getString("metadata")),
        definition,
        String.join(", ", by),
        links.getOrDefault(id, List.of()));
  }

  /** Compiled once for each text; one that no longer compiles is told and left out. */
  private AssetDefinition definition(String tenant, String kind, String name, ResultSet row)
      throws SQLException {
    String text = row.getString("definition");
    String key = tenant + "/" + kind + "/" + name;
    Compiled known = compiled.get(key);
    if (known != null && known.text.equals(text)) {
      return known.definition;
    }
    AssetDefinition definition;
    try {
      definition = reader.read(tenant, json.readTree(text));
    } catch (ProblemException | JsonProcessingException e) {
      LOG.warn("Definition of {} {} of {} is left out: {}", kind, name, tenant, e.getMessage());
      definition = AssetDefinition.NONE;
    }
    compiled.put(key, new Compiled(text, definition));
    return definition;
  }

  private Map<String, List<AssetLink>> links() {
    Map<String, List<AssetLink>> links = new HashMap<>();
    jdbc.sql(
            """
            select asset_id, device_id::text as device, role, port, metrics::text as metrics, nullif(valid_from, '-infinity') as since
              from bindings
             where valid_from <= now() and (valid_to is null or valid_to > now()) and role <> 'derived'
             order by asset_id, role = 'primary', valid_from desc, id\
            """)
        .query(
            row -> {
              java.sql.Timestamp since = row.getTimestamp("since");
              links
                  .computeIfAbsent(row.getString("asset_id"), a -> new ArrayList<>())
                  .add(
                      new AssetLink(
                          row.getString("device"),
                          row.getString("role"),
                          row.getString("port"),
                          names(row.getString("metrics")),
                          since == null ? null : since.toInstant()));
            });
    return links;
  }

  private Map<String, @Nullable String> names(String object) {
    Map<String, @Nullable String> names = new HashMap<>();
    map(object).forEach((key, value) -> names.put(key, value instanceof String s ? s : null));
    return names;
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> map(String object) {
    try {
      return json.readValue(object, Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
