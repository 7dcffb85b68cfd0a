package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the health of a device's asset, of the tenant in force. */
@Component
class AssetHealthReader {
  private final JdbcClient jdbc;
  private final ObjectMapper json;

  AssetHealthReader(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** As last judged, or null when the device has no asset or nobody judges that. */
  @Nullable AssetHealth of(String device) {
    return jdbc.sql(
            """
            select a.name, h.score, h.band, h.reasons::text as reasons, s.id::text as page
              from bindings b
              join assets a on a.tenant_id = b.tenant_id and a.id = b.asset_id
              join asset_health h on h.tenant_id = b.tenant_id and h.asset_id = b.asset_id
              left join devices s on s.tenant_id = b.tenant_id and s.serial = 'asset:' || b.asset_id and s.connection_type = 'asset'
             where b.device_id = cast(:id as uuid) and b.valid_to is null
             order by b.role = 'primary' desc, b.valid_from limit 1\
            """)
        .param("id", device)
        .query(
            (row, n) ->
                new AssetHealth(
                    row.getString("name"),
                    Math.round(row.getDouble("score")),
                    row.getString("band"),
                    row.getString("page"),
                    reasons(row.getString("reasons"))))
        .optional()
        .orElse(null);
  }

  private List<AssetHealth.Reason> reasons(String text) {
    try {
      List<AssetHealth.Reason> reasons = new ArrayList<>();
      for (JsonNode reason : json.readTree(text)) {
        reasons.add(
            new AssetHealth.Reason(
                Long.toString(Math.round(reason.path("points").asDouble())),
                reason.path("event").asText(reason.path("reason").asText())));
      }
      return reasons;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
