package io.caravanhub.core.work;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Names by pattern: {@code *} stands for any characters, {@code ?} for one.
 *
 * @param patterns one of them must match
 * @param except whether a name matches when none of them does
 */
public record Globs(List<Pattern> patterns, boolean except) {
  /** Every name. */
  public static final Globs ALL = of(List.of("*"));

  /** Names that match one of these. */
  public static Globs of(List<String> globs) {
    return new Globs(globs.stream().map(Globs::pattern).toList(), false);
  }

  /** Names that do not match these. */
  public Globs allOthers() {
    return new Globs(patterns, !except);
  }

  /** Whether the name is one of them. */
  public boolean matches(String name) {
    return except != patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  private static Pattern pattern(String glob) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString());
  }
}
