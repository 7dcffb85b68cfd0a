package io.caravanhub.hub.fsm;

import io.caravanhub.hub.database.TenantScope;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Where people see an order at the product that has it. Thread-safe. */
@Component
public class OrderLinks {
  private final JdbcClient jdbc;
  private final FsmLines lines;

  OrderLinks(JdbcClient jdbc, FsmLines lines) {
    this.jdbc = jdbc;
    this.lines = lines;
  }

  private record Placed(@Nullable UUID connection, String fsmId) {}

  /** The page of an action's order, for the tenant in force; none while it went elsewhere. */
  public Optional<String> of(UUID action) {
    Placed placed =
        jdbc.sql("select connection_id, fsm_id from actions where id = ? and fsm_id is not null")
            .params(action)
            .query((row, n) -> new Placed(row.getObject(1, UUID.class), row.getString(2)))
            .optional()
            .orElse(null);
    String tenant = TenantScope.current();
    if (placed == null || tenant == null) {
      return Optional.empty();
    }
    return lines
        .line(tenant)
        .filter(line -> Objects.equals(line.connection().id(), placed.connection()))
        .flatMap(
            line ->
                line.page(
                    new io.caravanhub.core.fsm.FsmFacts(
                        com.fasterxml.jackson.databind.node.MissingNode.getInstance(),
                        Map.of("id", placed.fsmId()))));
  }
}
