package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.AskedTenants;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.telemetry.MetricCatalog;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A book that hears no announcement finds what has changed by itself. */
class AssetBookTest {
  private static final long LATER = Duration.ofSeconds(31).toNanos();

  private final AskedTenants asked = new AskedTenants();
  private final String tenant = TestDatabase.tenant();
  private final String other = TestDatabase.tenant();
  private final AssetKey pump = new AssetKey(tenant, "PUMP");
  private final Announcements deaf =
      Announcements.of("jdbc:postgresql://127.0.0.1:1/none", "nobody", "");
  private final AssetBook book =
      new AssetBook(
          asked.jdbc(),
          new AssetBookRows(
              asked.jdbc(),
              new DefinitionReader(new MetricCatalog(asked.jdbc())),
              new ObjectMapper()),
          deaf);

  @AfterEach
  void close() {
    deaf.destroy();
  }

  @Test
  void asksThoseWithDefinitionsAndThoseThatHadThemAndNobodyElse() {
    TestDatabase.owner()
        .sql("insert into assets (tenant_id, id, name, asset_type) values (?, 'PUMP', 'P', 'pump')")
        .param(tenant)
        .update();
    long now = System.nanoTime();
    book.refresh(now);
    assertThat(asked.since()).doesNotContain(tenant, other);

    TestDatabase.owner()
        .sql(
            "insert into asset_definitions (tenant_id, kind, name, definition, author) values (?, 'type', 'pump', '{}', 'a')")
        .param(tenant)
        .update();
    book.refresh(now + LATER);
    assertThat(asked.since()).contains(tenant).doesNotContain(other);
    assertThat(book.asset(pump)).isNotNull();

    TestDatabase.owner()
        .sql("delete from asset_definitions where tenant_id = ?")
        .param(tenant)
        .update();
    book.refresh(now + 2 * LATER);
    assertThat(asked.since()).contains(tenant);
    assertThat(book.asset(pump)).isNull();

    book.refresh(now + 3 * LATER);
    assertThat(asked.since()).doesNotContain(tenant, other);
  }
}
