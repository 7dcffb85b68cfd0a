package io.caravanhub.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.edge.manage.ManageSettings;
import io.caravanhub.edge.rule.EdgeRuleSettings;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.edge.uplink.HubSettings;
import io.caravanhub.edge.work.WorkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code edge.yaml} says.
 *
 * @param gateway id of this gateway
 * @param tenant whose it is
 * @param hub where the hub is
 * @param spool what is kept until the hub has it
 * @param work what is done with readings before they are kept
 * @param mqtt a broker on the site whose telemetry is forwarded too, or null
 * @param mappings folder of the device maps
 * @param routes folders of the route files
 * @param fieldbus the devices to read
 * @param rules the rules to judge them by, or null
 * @param manage how it is managed from the hub, or null when it is not
 */
public record EdgeSettings(
    String gateway,
    String tenant,
    HubSettings hub,
    SpoolSettings spool,
    WorkSettings work,
    @Nullable Broker mqtt,
    Path mappings,
    List<Path> routes,
    List<FieldbusConnection> fieldbus,
    @Nullable EdgeRuleSettings rules,
    @Nullable ManageSettings manage) {

  /**
   * An MQTT broker.
   *
   * @param url {@code tcp://host:port} or {@code ssl://host:port}
   * @param user user name, or null for none
   * @param token password, or null for none
   */
  public record Broker(String url, @Nullable String user, @Nullable String token) {
    // A token does not belong into a log.
    @Override
    public String toString() {
      return url + " as " + user;
    }
  }

  /**
   * Reads the file; paths in it are relative to its folder.
   *
   * @param home where the folders routes and mappings are when the file does not say, or null
   * @throws IllegalArgumentException one line that names the file, the field and what is wrong
   */
  public static EdgeSettings read(Path file, @Nullable Path home) {
    try {
      JsonNode root =
          EnvironmentText.fill(
              new ObjectMapper(new YAMLFactory()).readTree(Files.readString(file)),
              System.getenv());
      return new EdgeSettingsReader(file.toAbsolutePath().normalize(), home).read(root);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(file + ": there is no such file", e);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException(file + ":" + line + ": not YAML: " + what, e);
    } catch (IOException e) {
      throw new IllegalArgumentException(FileTrouble.unreadable(file), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }
}
