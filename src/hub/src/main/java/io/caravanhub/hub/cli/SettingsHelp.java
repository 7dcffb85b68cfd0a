package io.caravanhub.hub.cli;

import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The settings as {@code --help} shows them, and the folder that relative defaults start from. */
final class SettingsHelp {
  private SettingsHelp() {}

  static String[] lines() {
    List<String> lines = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      String byDefault = setting.byDefault();
      lines.add(
          String.format(
              "  %-24s %s%s%s",
              setting,
              setting.meaning(),
              setting.isSecret() ? "; or " + setting + "_FILE" : "",
              byDefault == null ? "" : " [" + byDefault + "]"));
    }
    lines.add("NAME_FILE names a file that holds the value, such as /run/secrets/hub_db_password.");
    return lines.toArray(String[]::new);
  }

  /** The settings in force. */
  static Settings load() {
    return Settings.load(System.getenv(), Path.of("hub.yaml"), root());
  }

  /** Where the clone or the installation is, as the script found it. */
  static Path root() {
    String root = System.getenv("HUB_ROOT");
    return root == null ? Path.of("").toAbsolutePath() : Path.of(root);
  }
}
