package io.caravanhub.hub.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravanhub.hub.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A PostgreSQL server of the operating system's package, which brings pg_dump along; the embedded
 * one does not. Its database {@code hub} is owned by a user {@code hub} who is no superuser.
 */
final class PackagedServer implements AutoCloseable {
  private static final Path PACKAGES = Path.of("/usr/lib/postgresql");

  private final Path programs;
  private final Path folder;
  private final int port;

  private PackagedServer(Path programs, Path folder, int port) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Starts it, or skips the test when there is none.
   *
   * @param more options of the server
   */
  static PackagedServer start(String... more) throws Exception {
    Path programs = programs();
    assumeTrue(programs != null, "no PostgreSQL with pg_dump below " + PACKAGES);
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(
        !root || Files.readString(Path.of("/etc/passwd")).contains("\npostgres:"),
        "PostgreSQL does not run as root, and there is no user postgres");
    Path folder =
        Files.createTempDirectory(
            "hub-drill",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    if (root) {
      Files.setOwner(
          folder,
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
    }
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    PackagedServer server = new PackagedServer(programs, folder, port);
    String data = folder.resolve("data").toString();
    server.asServer("initdb", "-A", "trust", "-U", "postgres", "-D", data);
    String options =
        "-p "
            + port
            + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off "
            + String.join(" ", more);
    server.asServer(
        "pg_ctl", "-D", data, "-w", "-t", "120", "-l", folder + "/log", "-o", options, "start");
    JdbcClient admin = server.admin();
    admin.sql("create role hub login createrole").update();
    admin.sql("create database hub owner hub").update();
    return server;
  }

  private static Path programs() throws IOException {
    if (!Files.isDirectory(PACKAGES)) {
      return null;
    }
    try (Stream<Path> versions = Files.list(PACKAGES)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(
              bin ->
                  Stream.of("initdb", "pg_ctl", "pg_dump", "pg_restore", "psql")
                      .allMatch(program -> Files.isExecutable(bin.resolve(program))))
          .max(Comparator.naturalOrder())
          .orElse(null);
    }
  }

  /** One of the package's programs. */
  String program(String name) {
    return programs.resolve(name).toString();
  }

  /** As the superuser. */
  JdbcClient admin() {
    return JdbcClient.create(
        new TestServer("127.0.0.1", port, "postgres", "", "postgres").database("postgres"));
  }

  /** As the hub's own user. */
  TestServer hub() {
    return new TestServer("127.0.0.1", port, "hub", "", "hub");
  }

  /** Runs a script of deploy/postgres on the hub's database; what it said. */
  Said run(Path script, Path argument, String user) throws Exception {
    return run(List.of(script.toString(), argument.toString()), user, Map.of());
  }

  /** Runs a program that finds the hub's database, with these variables besides; what it said. */
  Said run(List<String> command, String user, Map<String, String> more) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(more);
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                programs + ":" + System.getenv("PATH"),
                "PGHOST",
                "127.0.0.1",
                "PGPORT",
                Integer.toString(port),
                "PGUSER",
                user,
                "PGDATABASE",
                "hub"));
    return said(builder.start());
  }

  /** What a program wrote, and how it ended. */
  record Said(int code, String text) {}

  private static Said said(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes());
    return new Said(process.waitFor(), text);
  }

  private void asServer(String program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            // A pipe would stay open as long as the server that pg_ctl starts.
            .redirectOutput(folder.resolve(program + ".out").toFile())
            .start();
    assertThat(process.waitFor())
        .as("%s: %s", program, Files.readString(folder.resolve(program + ".out")))
        .isZero();
  }

  @Override
  public void close() throws Exception {
    asServer("pg_ctl", "-D", folder.resolve("data").toString(), "-m", "immediate", "stop");
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
