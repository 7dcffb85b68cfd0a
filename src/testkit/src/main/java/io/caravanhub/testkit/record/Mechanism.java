package io.caravanhub.testkit.record;

import io.caravanhub.testkit.connector.ConnectorFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words that a connector's files name: they belong to the mechanism and to nobody. */
final class Mechanism {
  private static final Pattern QUOTED = Pattern.compile("\"([^\"\\n]+)\"|'([^'\\n]+)'");
  private static final Pattern CELLS = Pattern.compile("(?m)^\\s*([^#:\\s][^:\\n]*):");

  private Mechanism() {}

  static Set<String> words(ConnectorFolder connector) throws IOException {
    Set<String> words = new HashSet<>();
    List<Path> files = new java.util.ArrayList<>(connector.mappings());
    files.addAll(connector.files("cloud.yaml"));
    for (Path file : files) {
      String text = Files.readString(file);
      for (Pattern pattern : List.of(QUOTED, CELLS)) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
          for (int i = 1; i <= matcher.groupCount(); i++) {
            if (matcher.group(i) != null) {
              words.add(matcher.group(i).strip());
            }
          }
        }
      }
    }
    return words;
  }
}
