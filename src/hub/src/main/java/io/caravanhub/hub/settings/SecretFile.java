package io.caravanhub.hub.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that are kept in a file, as containers are given them: {@code HUB_DB_PASSWORD_FILE} names
 * the file that holds {@code HUB_DB_PASSWORD}, and so with every other secret setting.
 */
final class SecretFile {
  private static final String SUFFIX = "_FILE";

  private SecretFile() {}

  /** The name under which the secret's file is given. */
  static String nameOf(Setting setting) {
    return setting.name() + SUFFIX;
  }

  /** Whether that is the name of a secret's file. */
  static boolean isName(String name) {
    for (Setting setting : Setting.values()) {
      if (setting.kind == Setting.Kind.SECRET && nameOf(setting).equals(name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What one place says of a setting: the value itself, or what is in its file.
   *
   * @param place the environment or hub.yaml, by name
   * @param origin what the place is called in a message
   * @return null when it says nothing
   * @throws SettingException when both are given, or the file is empty or cannot be read
   */
  static @Nullable String given(
      Setting setting, UnaryOperator<@Nullable String> place, String origin) {
    String value = unlessBlank(place.apply(setting.name()));
    if (setting.kind != Setting.Kind.SECRET) {
      return value;
    }
    String file = unlessBlank(place.apply(nameOf(setting)));
    if (file == null) {
      return value;
    }
    if (value != null) {
      throw new SettingException(
          nameOf(setting), "leave this or " + setting.name() + " out (" + origin + ")");
    }
    return read(setting, Path.of(file.strip()), origin);
  }

  private static String read(Setting setting, Path file, String origin) {
    try {
      String secret = Files.readString(file).strip();
      if (secret.isEmpty()) {
        throw new SettingException(nameOf(setting), file + " is empty (" + origin + ")");
      }
      return secret;
    } catch (IOException e) {
      throw new SettingException(
          nameOf(setting), "no such file, or not readable: \"" + file + "\" (" + origin + ")");
    }
  }

  private static @Nullable String unlessBlank(@Nullable String value) {
    return value == null || value.isBlank() ? null : value;
  }
}
