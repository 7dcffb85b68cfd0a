package io.caravanhub.edge.manage;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.edge.uplink.HubSettings;
import io.caravanhub.edge.uplink.HubSettings.Https;
import io.caravanhub.edge.uplink.HubTrust;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hub edge enrol}: trades a one-time code for this gateway's credentials. */
@Command(
    name = "enrol",
    description =
        "Trades a one-time code of the hub for a certificate and a token, and writes them beside"
            + " the settings.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:enrolled", "1:refused or not reached", "2:wrong usage"})
public final class EnrolCommand implements Callable<Integer> {
  @Option(
      names = "--hub",
      required = true,
      paramLabel = "URL",
      description = "the hub's address, for instance https://hub.example:8443")
  private URI hub = URI.create("http://localhost:8080");

  @Option(
      names = "--code",
      required = true,
      paramLabel = "CODE",
      description = "from the gateway's page in the hub's console; good once, for 24 hours")
  private String code = "";

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "settings of this gateway; its hub section is written")
  private Path config = Path.of("edge.yaml");

  @Option(
      names = "--authorities",
      paramLabel = "FILE",
      description =
          "certificates in PEM that vouch for the hub's HTTPS; those of the JDK if absent")
  private @Nullable Path authorities;

  @Override
  public Integer call() {
    if (!String.valueOf(hub.getScheme()).matches("https?") || hub.getHost() == null) {
      System.err.println("hub edge enrol: --hub: expected https://host:port, got " + hub);
      return 2;
    }
    String address = hub.toString().replaceAll("/+$", "");
    Path file = config.toAbsolutePath().normalize();
    Path folder = Objects.requireNonNull(file.getParent());
    SigningRequest request = SigningRequest.fresh("caravan-edge");
    try {
      // Whatever stands in the way of writing is found before the code is used up.
      Files.createDirectories(folder);
      DurableFiles.replacePrivate(folder.resolve("gateway.key.new"), utf8(request.privateKey()));
      HubApi.Answer answer =
          new HubApi(URI.create(address), null, tls(URI.create(address)))
              .post("/enrol", Map.of("code", code, "csr", request.pem()));
      if (!answer.isOk()) {
        forget(folder);
        System.err.println("hub edge enrol: " + answer.problem());
        return 1;
      }
      write(folder, file, address, answer.body());
      System.out.println(
          "Enrolled as gateway "
              + answer.body().path("gateway").asText()
              + " of "
              + answer.body().path("tenant").asText()
              + "; start it with: "
              // In a package there is no hub; its start script says what it is called by.
              + System.getProperty("edge.start", "hub edge --config")
              + " "
              + config);
      return 0;
    } catch (IOException | IllegalArgumentException e) {
      forget(folder);
      System.err.println(
          "hub edge enrol: " + address + ": " + Objects.toString(e.getMessage(), e.toString()));
      return 1;
    }
  }

  private @Nullable SSLContext tls(URI address) {
    return address.getScheme().equals("https")
        ? HubTrust.context(
            new HubSettings(
                "", "", null, address, "", null, null, null, authorities, Https.ONLY, 0))
        : null;
  }

  /** A key that nobody signed is of no use. */
  private static void forget(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve("gateway.key.new"));
    } catch (IOException e) {
      System.err.println("hub edge enrol: cannot be deleted: " + e.getMessage());
    }
  }

  private static void write(Path folder, Path file, String address, JsonNode answer)
      throws IOException {
    Files.move(
        folder.resolve("gateway.key.new"),
        folder.resolve("gateway.key"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.replacePrivate(
        folder.resolve("gateway.token"), utf8(answer.path("token").asText() + "\n"));
    DurableFiles.replace(folder.resolve("gateway.crt"), utf8(answer.path("certificate").asText()));
    DurableFiles.replace(folder.resolve("hub.crt"), utf8(answer.path("authorities").asText()));
    String before = Files.exists(file) ? Files.readString(file) : "";
    String after =
        HubSectionText.write(
            before,
            answer.path("gateway").asText(),
            answer.path("tenant").asText(),
            answer.path("mqtt").asText(),
            address);
    DurableFiles.replacePrivate(file, utf8(after));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
