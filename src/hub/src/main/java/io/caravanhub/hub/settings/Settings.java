package io.caravanhub.hub.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings in force: environment first, then hub.yaml, then defaults. Immutable. */
public final class Settings {
  private final Map<Setting, String> values;
  private final Path root;

  private Settings(Map<Setting, String> values, Path root) {
    this.values = values;
    this.root = root;
  }

  /**
   * Reads and checks all settings. A secret may be given by the name of a file that holds it:
   * {@code HUB_DB_PASSWORD_FILE} in place of {@code HUB_DB_PASSWORD}.
   *
   * @param environment usually {@link System#getenv()}
   * @param file hub.yaml; need not exist
   * @param root where the default folders of routes, connectors, mappings and rules are
   * @throws SettingException naming the one setting that is wrong
   */
  public static Settings load(Map<String, String> environment, Path file, Path root) {
    Map<String, String> fromFile = readFile(file);
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String origin = "environment";
      String value = SecretFile.given(setting, environment::get, origin);
      if (value == null) {
        origin = file.toString();
        value = SecretFile.given(setting, fromFile::get, origin);
      }
      if (value == null) {
        value = setting.byDefault;
      } else {
        check(setting, value.strip(), origin);
      }
      if (value != null) {
        values.put(setting, value.strip());
      }
    }
    checkTogether(values);
    Settings settings = new Settings(values, root);
    settings.checkFolders();
    return settings;
  }

  private static Map<String, String> readFile(Path file) {
    if (!Files.exists(file)) {
      return Map.of();
    }
    try {
      Map<?, ?> read = new YAMLMapper().readValue(Files.readString(file), Map.class);
      Map<String, String> values = new TreeMap<>();
      for (Map.Entry<?, ?> entry :
          read == null ? Map.<Object, Object>of().entrySet() : read.entrySet()) {
        String key = String.valueOf(entry.getKey());
        if (!SecretFile.isName(key) && !isSetting(key)) {
          throw new SettingException(
              key, "no such setting in " + file + "; ./hub run --help lists them all");
        }
        if (entry.getValue() != null) {
          values.put(key, String.valueOf(entry.getValue()));
        }
      }
      return values;
    } catch (JsonProcessingException e) {
      throw new SettingException(
          "hub.yaml",
          file
              + " is not a map of settings: "
              + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new SettingException("hub.yaml", file + " cannot be read: " + e.getMessage());
    }
  }

  private static boolean isSetting(String name) {
    return Arrays.stream(Setting.values()).anyMatch(setting -> setting.name().equals(name));
  }

  private static void check(Setting setting, String value, String origin) {
    String shown = setting.kind == Setting.Kind.SECRET ? "***" : '"' + value + '"';
    switch (setting.kind) {
      case PORT -> {
        if (!value.matches("\\d{1,5}")
            || Integer.parseInt(value) < 1
            || Integer.parseInt(value) > 65535) {
          throw new SettingException(
              setting.name(),
              "expected a port from 1 to 65535, got " + shown + " (" + origin + ")");
        }
      }
      case DAYS -> {
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) < 2) {
          throw new SettingException(
              setting.name(),
              "expected a number of days from 2 on, got " + shown + " (" + origin + ")");
        }
      }
      case NUMBER -> {
        if (!value.matches("[1-9]\\d{0,11}")) {
          throw new SettingException(
              setting.name(),
              "expected a whole number above zero, got " + shown + " (" + origin + ")");
        }
      }
      case RATIO -> {
        if (!value.matches("0(\\.\\d{1,9})?|1(\\.0{1,9})?")) {
          throw new SettingException(
              setting.name(),
              "expected a number from 0 to 1 such as 0.01, got " + shown + " (" + origin + ")");
        }
      }
      case FLAG -> {
        if (!value.matches("true|false")) {
          throw new SettingException(
              setting.name(), "expected true or false, got " + shown + " (" + origin + ")");
        }
      }
      case FILE -> {
        if (!Files.isReadable(Path.of(value)) || Files.isDirectory(Path.of(value))) {
          throw new SettingException(
              setting.name(), "no such file, or not readable: " + shown + " (" + origin + ")");
        }
      }
      case URL -> {
        URI uri = null;
        try {
          uri = URI.create(value);
        } catch (IllegalArgumentException e) {
          // told below, together with an address without host
        }
        if (uri == null || uri.getScheme() == null || uri.getHost() == null) {
          throw new SettingException(
              setting.name(),
              "expected a URL such as "
                  + example(setting)
                  + ", got "
                  + shown
                  + " ("
                  + origin
                  + ")");
        }
        if (setting == Setting.HUB_MQTT_URL && !uri.getScheme().matches("tcp|mqtt|ssl|mqtts")) {
          throw new SettingException(
              setting.name(),
              "expected tcp, mqtt, ssl or mqtts, got " + shown + " (" + origin + ")");
        }
      }
      default -> {
        if (setting == Setting.HUB_DB_URL && !value.startsWith("jdbc:postgresql://")) {
          throw new SettingException(
              setting.name(), "expected jdbc:postgresql://host:port/database (" + origin + ")");
        }
        if (setting == Setting.HUB_ARCHIVE && !value.matches("file:/.+|s3://[^/]+(/.*)?")) {
          throw new SettingException(
              setting.name(),
              "expected file:/folder or s3://bucket/prefix, got " + shown + " (" + origin + ")");
        }
        if (setting == Setting.HUB_SECRET_KEY && !value.contains("{{") && !areKeys(value)) {
          throw new SettingException(
              setting.name(),
              "expected 32 bytes in base64, such as openssl rand -base64 32 gives; several with commas between ("
                  + origin
                  + ")");
        }
        if (setting == Setting.HUB_ROLES) {
          try {
            var unused = Role.read(value);
          } catch (IllegalArgumentException e) {
            throw new SettingException(setting.name(), e.getMessage() + " (" + origin + ")");
          }
        }
        if (setting == Setting.HUB_LOG_FORMAT && !value.matches("text|json")) {
          throw new SettingException(
              setting.name(), "expected text or json, got " + shown + " (" + origin + ")");
        }
      }
    }
  }

  private static boolean areKeys(String value) {
    try {
      return Arrays.stream(value.split(","))
          .allMatch(key -> Base64.getDecoder().decode(key.strip()).length == 32);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String example(Setting setting) {
    return switch (setting) {
      case HUB_MQTT_URL -> "tcp://127.0.0.1:1883";
      case HUB_INGEST_AMQP -> "amqp://127.0.0.1:5672";
      case HUB_OTEL_ENDPOINT -> "http://127.0.0.1:4318";
      default -> "http://127.0.0.1:9000";
    };
  }

  private static void checkTogether(Map<Setting, String> values) {
    KafkaSettings.check(values);
    if (days(values, Setting.HUB_ROLLUP_DAYS) < days(values, Setting.HUB_RETENTION_DAYS)) {
      throw new SettingException(
          "HUB_ROLLUP_DAYS", "must not be less than HUB_RETENTION_DAYS: rollups outlive telemetry");
    }
    Set<Role> roles = Role.read(values.getOrDefault(Setting.HUB_ROLES, ""));
    if ((roles.contains(Role.INGEST) || roles.contains(Role.POLL))
        && !roles.contains(Role.PIPELINE)
        && !values.containsKey(Setting.HUB_KAFKA)) {
      throw new SettingException(
          Setting.HUB_ROLES.name(),
          "ingest and poll need pipeline as well unless HUB_KAFKA is set: what they take in goes on in the same process");
    }
    if (values.containsKey(Setting.HUB_ARCHIVE_KEY)
        != values.containsKey(Setting.HUB_ARCHIVE_SECRET)) {
      throw new SettingException("HUB_ARCHIVE_SECRET", "goes with HUB_ARCHIVE_KEY");
    }
    if (values.containsKey(Setting.HUB_DB_URL) && !values.containsKey(Setting.HUB_DB_USER)) {
      throw new SettingException("HUB_DB_USER", "must be set when HUB_DB_URL is");
    }
    if (values.containsKey(Setting.HUB_COAPS_PORT)
        && !values
            .getOrDefault(Setting.HUB_COAPS_PSK, "")
            .matches("[^:]{1,128}:([0-9A-Fa-f]{2}){16,64}")) {
      throw new SettingException(
          "HUB_COAPS_PSK",
          "expected identity:key with a key of 16 to 64 bytes in hex, for HUB_COAPS_PORT is set");
    }
    Map<String, Setting> ports = new LinkedHashMap<>();
    for (Setting setting : Setting.values()) {
      String port = setting.kind == Setting.Kind.PORT ? values.get(setting) : null;
      if (port != null) {
        Setting other = ports.put(port, setting);
        if (other != null) {
          throw new SettingException(
              setting.name(), "is " + port + ", the same port as " + other.name());
        }
      }
    }
  }

  private static int days(Map<Setting, String> values, Setting setting) {
    return Integer.parseInt(values.getOrDefault(setting, "0"));
  }

  /** The value, or null when the setting is unset and has no default. */
  public @Nullable String get(Setting setting) {
    return values.get(setting);
  }

  /** The value of a setting that always has one. */
  public String require(Setting setting) {
    String value = values.get(setting);
    if (value == null) {
      throw new SettingException(setting.name(), "must be set");
    }
    return value;
  }

  /** A port. */
  public int port(Setting setting) {
    return Integer.parseInt(require(setting));
  }

  /**
   * A folder as an absolute path. HUB_HOME starts from the working directory, a default of the
   * others from the root.
   */
  public Path folder(Setting setting) {
    String value = require(setting);
    boolean fromRoot = setting != Setting.HUB_HOME && value.equals(setting.byDefault);
    return (fromRoot ? root.resolve(value) : Path.of(value)).toAbsolutePath().normalize();
  }

  /** Whether the setting is a folder. */
  public boolean isFolder(Setting setting) {
    return setting.kind == Setting.Kind.FOLDER;
  }

  private void checkFolders() {
    for (Setting setting : Setting.values()) {
      if (isFolder(setting)
          && has(setting)
          && setting != Setting.HUB_HOME
          && !Files.isDirectory(folder(setting))) {
        throw new SettingException(setting.name(), "no such folder: " + folder(setting));
      }
    }
  }

  /** Whether the setting has a value. */
  public boolean has(Setting setting) {
    return values.containsKey(setting);
  }
}
