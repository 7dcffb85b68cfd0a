package io.caravanhub.hub.cli;

import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.nio.file.Path;

/** The settings as {@code --help} shows them, and the folder that relative defaults start from. */
final class SettingsHelp {
  private SettingsHelp() {}

  static String[] lines() {
    Setting[] settings = Setting.values();
    String[] lines = new String[settings.length];
    for (int i = 0; i < settings.length; i++) {
      String byDefault = settings[i].byDefault();
      lines[i] =
          String.format(
              "  %-24s %s%s",
              settings[i], settings[i].meaning(), byDefault == null ? "" : " [" + byDefault + "]");
    }
    return lines;
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
