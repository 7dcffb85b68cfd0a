package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.hub.database.TenantScope;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The metrics of rules that are saved: what they name was checked then, so that only units are
 * looked up, which limits in another unit need.
 */
record SavedMetrics(JdbcClient jdbc, String tenant) implements KnownMetrics {
  @Override
  public Optional<Known> find(String metric) {
    @Nullable String unit =
        CATALOGUE.find(metric).map(Known::unit).or(() -> own(metric)).orElse(null);
    return Optional.of(new Known(unit, true, true));
  }

  private Optional<String> own(String metric) {
    return TenantScope.call(
        tenant,
        () ->
            jdbc.sql("select unit from metrics where key = ? and unit is not null limit 1")
                .param(metric)
                .query(String.class)
                .optional());
  }
}
