package io.caravanhub.hub.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hubs of the version before run on while a new one migrates: a migration adds, and takes away only
 * what no hub that may still run reads or writes. Such a one begins with {@code -- contract: since
 * 1.4.0}, the first version that does without.
 */
class MigrationRulesTest {
  /** Those up to it have landed. */
  private static final MigrationVersion RULED = MigrationVersion.fromVersion("25");

  private static final Pattern CONTRACT =
      Pattern.compile("\\A-- contract: since \\d+\\.\\d+\\.\\d+\\b");

  private static final Pattern ALTER_TABLE = Pattern.compile("^alter (foreign )?table\\b");

  private static final Map<String, Pattern> TAKES_AWAY =
      Map.of(
          "drop",
          Pattern.compile(
              "^drop (table|view|materialized"
                  + " view|function|procedure|type|domain|schema|sequence|role|column)\\b"),
          "rename",
          Pattern.compile("\\brename (to|column|constraint|attribute|value|[a-z_]+ to)\\b"),
          "revoke",
          Pattern.compile("^revoke\\b.* from .*\\bhub_"));

  private static final Map<String, Pattern> ALTERS =
      Map.of(
          "drop column",
          Pattern.compile("\\bdrop (?!constraint|default|not null|identity|expression)"),
          "another type",
          Pattern.compile("\\balter (column )?\\S+ (set data )?type\\b"),
          "set not null",
          Pattern.compile("\\bset not null\\b"),
          "a column that must be given",
          Pattern.compile(
              "\\badd (column"
                  + " )?(?!constraint|check|unique|primary|foreign|exclude)(?![^,]*\\b(default|generated)\\b)[^,]*\\bnot"
                  + " null\\b"));

  @Test
  void migrationsFromNowOnAddAndTakeNothingAway() throws IOException {
    try (Stream<Path> files = Files.list(TestDatabase.root().resolve("db/migration"))) {
      for (Path file : files.filter(MigrationRulesTest::isRuled).sorted().toList()) {
        assertThat(broken(Files.readString(file)))
            .as(
                "%s takes away what hubs of the version before still use. Do it one version later,"
                    + " in a file that begins with: -- contract: since <version>",
                file.getFileName())
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table devices drop column serial",
        "alter table devices\n  drop if exists serial, add x int",
        "drop table if exists devices;",
        "create index i on t (a); drop function f(text);",
        "alter table devices rename to things",
        "alter table devices rename serial to number",
        "alter table devices alter column serial type varchar(10)",
        "alter table devices alter serial set data type int",
        "alter table devices alter column model set not null",
        "alter table devices add column note text not null",
        "do $$ begin alter table devices drop column serial; end $$",
        "revoke insert on devices from hub_app"
      })
  void whatHubsOfTheVersionBeforeWouldMissIsFound(String sql) {
    assertThat(broken("-- why\n" + sql)).isNotEmpty();
    assertThat(broken("-- contract: since 1.4.0\n" + sql)).isEmpty();
    assertThat(broken("-- contract: some day\n" + sql)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter table devices add column note text, add column n int not null default 0",
        "alter table devices add constraint c check (model is not null) not valid",
        "alter table devices drop constraint c, alter column model drop not null",
        "create table more (id bigint generated always as identity primary key, name text not"
            + " null)",
        "-- drop table devices\n"
            + "create or replace function f() returns int language sql as $$ select 1 $$",
        "drop trigger t on devices; drop index i; drop policy p on devices"
      })
  void whatIsAddedPasses(String sql) {
    assertThat(broken(sql)).isEmpty();
  }

  private static boolean isRuled(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith("V")
        && MigrationVersion.fromVersion(name.substring(1, name.indexOf("__")).replace('_', '.'))
                .compareTo(RULED)
            > 0;
  }

  private static List<String> broken(String sql) {
    List<String> broken = new ArrayList<>();
    if (CONTRACT.matcher(sql).find()) {
      return broken;
    }
    String plain =
        sql.replaceAll("--[^\n]*", " ")
            .toLowerCase(java.util.Locale.ROOT)
            .replaceAll("\\s+", " ")
            .replaceAll("\\b(begin|then|loop|else|declare|as \\$\\w*\\$|do \\$\\w*\\$) ", "$1; ");
    for (String one : plain.split(";")) {
      String statement = one.strip();
      find(TAKES_AWAY, statement, broken);
      if (ALTER_TABLE.matcher(statement).find()) {
        find(ALTERS, statement, broken);
      }
    }
    return broken;
  }

  private static void find(Map<String, Pattern> rules, String statement, List<String> broken) {
    rules.forEach(
        (name, rule) -> {
          if (rule.matcher(statement).find()) {
            broken.add(name + ": " + statement);
          }
        });
  }
}
