package io.caravanhub.core.bacnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A device made of the npm package bacstack, as a process of its own. The package is fetched once
 * and kept below target.
 */
public final class BacstackPeer implements AutoCloseable {
  private static final String PACKAGE = "bacstack@0.0.1-beta.14";
  private static final Path HOME = Path.of("target/bacnet-peer").toAbsolutePath();

  private final Process process;
  private final Writer commands;
  private final BlockingQueue<JsonNode> said = new LinkedBlockingQueue<>();
  private final InetSocketAddress address;

  public BacstackPeer() throws Exception {
    Path script = HOME.resolve("peer.js");
    Files.copy(
        BacstackPeer.class.getResourceAsStream("/bacnet/peer.js"),
        script,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    process =
        new ProcessBuilder("node", script.toString())
            .redirectError(HOME.resolve("peer.log").toFile())
            .start();
    commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::listen, "bacstack-peer");
    reader.setDaemon(true);
    reader.start();
    address = new InetSocketAddress("127.0.0.1", next("port").path("port").asInt());
  }

  /** Why there is no such peer here, or null when there is. */
  public static String missing() throws Exception {
    if (!Files.isDirectory(HOME.resolve("node_modules/bacstack"))) {
      Files.createDirectories(HOME);
      for (String tool : List.of("node", "npm")) {
        if (Stream.of(System.getenv("PATH").split(":"))
            .noneMatch(in -> Files.isExecutable(Path.of(in, tool)))) {
          return tool + " is not installed: nothing independent speaks BACnet here";
        }
      }
      Process install =
          new ProcessBuilder(
                  "npm",
                  "install",
                  "--prefix",
                  HOME.toString(),
                  "--no-audit",
                  "--no-fund",
                  "--fetch-retries=0",
                  PACKAGE)
              .redirectErrorStream(true)
              .redirectOutput(HOME.resolve("install.log").toFile())
              .start();
      if (!install.waitFor(90, TimeUnit.SECONDS) || install.exitValue() != 0) {
        install.destroyForcibly();
        return PACKAGE + " cannot be had: see " + HOME.resolve("install.log");
      }
    }
    return null;
  }

  public InetSocketAddress address() {
    return address;
  }

  /** The next thing it says that has this field. */
  public JsonNode next(String field) throws Exception {
    for (int i = 0; i < 100; i++) {
      JsonNode line = said.poll(30, TimeUnit.SECONDS);
      if (line == null) {
        break;
      }
      if (line.has(field)) {
        return line;
      }
    }
    throw new IOException("the peer says nothing of " + field + ": see " + HOME + "/peer.log");
  }

  public void tell(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
  }

  private void listen() {
    ObjectMapper json = new ObjectMapper();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(json.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws Exception {
    commands.close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
