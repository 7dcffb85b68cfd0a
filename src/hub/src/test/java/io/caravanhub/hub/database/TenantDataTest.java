package io.caravanhub.hub.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.tenant.TenantErasure;
import io.caravanhub.hub.tenant.TenantExport;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenant with a row in every table, taken along and taken away. */
class TenantDataTest {
  private final TenancyTest others = new TenancyTest();
  private final TenancyTest filled = new TenancyTest();

  @BeforeEach
  void fill() {
    others.fill();
    filled.fill();
  }

  @AfterEach
  void takeAway() {
    others.takeAway();
    filled.takeAway();
  }

  /** Rows by table that have the text anywhere in them. */
  private static Map<String, Long> mentions(String text) {
    Map<String, Long> mentions = new TreeMap<>();
    for (String table :
        TestDatabase.owner()
            .sql(
                "select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition")
            .query(String.class)
            .list()) {
      long count =
          TestDatabase.owner()
              .sql("select count(*) from " + table + " t where row_to_json(t)::text like ?")
              .param("%" + text + "%")
              .query(Long.class)
              .single();
      if (count > 0) {
        mentions.put(table, count);
      }
    }
    return mentions;
  }

  @Test
  void anExportHasEveryRowAndNoneOfAnother(@TempDir Path folder) throws Exception {
    Map<String, Long> counts;
    try (Connection connection = TestDatabase.connection()) {
      counts = TenantExport.write(connection, filled.theirs, folder.resolve("export"));
    }

    Map<String, Long> mentions = mentions(filled.theirs);
    // What hubs told one another is no data of the tenant, and gone in a quarter of an hour.
    mentions.remove("changes");
    mentions.forEach(
        (table, rows) -> assertThat(counts).as("rows of %s", table).containsEntry(table, rows));
    assertThat(counts).containsEntry("telemetry", 1L).containsEntry("telemetry_series", 1L);
    assertThat(lines(folder.resolve("export/telemetry.jsonl.gz")))
        .singleElement()
        .asString()
        .contains("\"device\":\"S-1\"", "\"metric\":\"temperature\"", "\"value\":20");
    try (var files = Files.list(folder.resolve("export"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".gz")).toList()) {
        assertThat(lines(file)).noneMatch(line -> line.contains(others.theirs));
      }
    }
    assertThat(Files.readString(folder.resolve("export/export.json"))).contains(filled.theirs);
  }

  @Test
  void anErasureLeavesNothingOfTheTenantAndAllOfTheOthers() throws Exception {
    Map<String, Long> before = mentions(others.theirs);
    int key =
        TestDatabase.owner()
            .sql("select key from devices where tenant_id = ?")
            .param(filled.theirs)
            .query(Integer.class)
            .single();
    try (Connection connection = TestDatabase.connection()) {
      List<String> forced = forced();
      Map<String, Long> counts = TenantErasure.erase(connection, filled.theirs, false);

      assertThat(counts).containsEntry("telemetry", 1L).containsEntry("tenants", 1L);
      assertThat(forced()).as("row-level security is in force again").isEqualTo(forced);
    }
    assertThat(mentions(filled.theirs)).isEmpty();
    assertThat(mentions(others.theirs)).isEqualTo(before);
    for (String table : List.of("telemetry", "telemetry_series")) {
      assertThat(
              TestDatabase.owner()
                  .sql("select count(*) from " + table + " where device_id = ?")
                  .param(key)
                  .query(Long.class)
                  .single())
          .isZero();
    }
  }

  @Test
  void whatCannotBeErasedIsSaid() throws Exception {
    try (Connection connection = TestDatabase.connection();
        Connection another = TestDatabase.connection()) {
      assertThat(another.isValid(5)).isTrue();
      assertThatThrownBy(() -> TenantErasure.erase(connection, filled.theirs))
          .hasMessageContaining("stop all hubs");
      assertThatThrownBy(() -> TenantErasure.erase(connection, "default"))
          .hasMessageContaining("stays");
      assertThatThrownBy(() -> TenantErasure.erase(connection, "no-such"))
          .hasMessage("no such tenant: no-such");
    }
    assertThat(mentions(filled.theirs)).isNotEmpty();
  }

  private static List<String> forced() {
    return TestDatabase.owner()
        .sql("select relname::text from pg_class where relforcerowsecurity order by 1")
        .query(String.class)
        .list();
  }

  private static List<String> lines(Path file) throws Exception {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(Files.newInputStream(file))))) {
      return reader.lines().toList();
    }
  }
}
