package io.caravanhub.hub.cli;

import io.caravanhub.hub.database.EmbeddedDatabase;
import io.caravanhub.hub.gatewayconfig.SoftwareShelf;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.SettingException;
import io.caravanhub.hub.settings.Settings;
import io.caravanhub.hub.tenant.TenantErasure;
import io.caravanhub.hub.tenant.TenantExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ./hub tenant}: all data of a tenant, to take along or to take away. */
@Command(
    name = "tenant",
    description = "Export all data of a tenant, or delete it.",
    mixinStandardHelpOptions = true,
    subcommands = {TenantCommand.ExportCommand.class, TenantCommand.DeleteCommand.class})
final class TenantCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec == null ? new CommandLine(this) : spec.commandLine(), "say what: export or delete");
  }

  /** What is done with one tenant. */
  private abstract static class OfTenant implements Callable<Integer> {
    @Parameters(paramLabel = "TENANT", description = "its id")
    String tenant = "";
  }

  /** {@code ./hub tenant export}. */
  @Command(
      name = "export",
      description = {
        "Write everything that the database holds of a tenant: JSON lines, a file for each table.",
        "Hubs may run meanwhile."
      },
      mixinStandardHelpOptions = true)
  static final class ExportCommand extends OfTenant {
    @Option(
        names = "--to",
        required = true,
        paramLabel = "FOLDER",
        description = "new folder for the files")
    private @Nullable Path to;

    @Override
    public Integer call() throws Exception {
      Path folder = Objects.requireNonNull(to);
      if (Files.exists(folder)) {
        throw new SettingException("--to", folder + " is there; name a new folder");
      }
      Settings settings = SettingsHelp.load();
      Work export =
          connection ->
              tell(TenantExport.write(connection, tenant, folder), "written to " + folder);
      Optional<Connection> running =
          settings.has(Setting.HUB_DB_URL)
              ? Optional.empty()
              : StoreReport.embedded(settings.folder(Setting.HUB_HOME));
      if (running.isPresent()) {
        try (Connection connection = running.get()) {
          return export.on(connection);
        }
      }
      return with(settings, export);
    }
  }

  /** {@code ./hub tenant delete}. */
  @Command(
      name = "delete",
      description = {
        "Delete everything that the database holds of a tenant. All hubs on it have to be stopped.",
        "There is no way back but a backup; export it first."
      },
      mixinStandardHelpOptions = true)
  static final class DeleteCommand extends OfTenant {
    @Option(
        names = "--confirm",
        required = true,
        paramLabel = "TENANT",
        description = "its id once more")
    private String confirmed = "";

    @Override
    public Integer call() throws Exception {
      if (!tenant.equals(confirmed)) {
        throw new SettingException(
            "--confirm", "says " + confirmed + ", and the tenant is " + tenant);
      }
      Settings settings = SettingsHelp.load();
      int code =
          with(settings, connection -> tell(TenantErasure.erase(connection, tenant), "deleted"));
      Path home = settings.folder(Setting.HUB_HOME);
      for (Path left :
          List.of(
              home.resolve("device-maps").resolve(tenant),
              new SoftwareShelf(home).ofTenant(tenant))) {
        if (Files.exists(left)) {
          System.out.println("still there: " + left);
        }
      }
      System.out.println(
          "Not touched: HUB_ARCHIVE, HUB_DROP_FOLDER, Kafka, logs, backups; docs/OPERATIONS.md.");
      return code;
    }
  }

  /** What is done with the database. */
  private interface Work {
    int on(Connection connection) throws SQLException, IOException;
  }

  /** With the database of the settings; the embedded one is started, which no hub may use then. */
  private static int with(Settings settings, Work work) throws SQLException, IOException {
    if (settings.has(Setting.HUB_DB_URL)) {
      String password = settings.get(Setting.HUB_DB_PASSWORD);
      try (Connection connection =
          DriverManager.getConnection(
              settings.require(Setting.HUB_DB_URL),
              settings.require(Setting.HUB_DB_USER),
              password == null ? "" : password)) {
        return work.on(connection);
      }
    }
    Path home = settings.folder(Setting.HUB_HOME);
    if (!Files.exists(home.resolve("postgres/PG_VERSION"))) {
      throw new IllegalStateException("no database in " + home + "; set HUB_HOME or HUB_DB_URL");
    }
    try (HomeLock lock = HomeLock.take(home);
        EmbeddedDatabase database = EmbeddedDatabase.start(home);
        Connection connection =
            DriverManager.getConnection(database.url(), database.user(), database.password())) {
      return work.on(connection);
    }
  }

  private static int tell(Map<String, Long> rows, String what) {
    rows.forEach(
        (table, count) -> {
          if (count > 0) {
            System.out.printf("%,12d  %s%n", count, table);
          }
        });
    System.out.printf(
        "%,12d  rows %s%n", rows.values().stream().mapToLong(Long::longValue).sum(), what);
    return CommandLine.ExitCode.OK;
  }
}
