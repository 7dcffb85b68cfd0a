package io.caravanhub.testkit.connector;

import java.util.List;

/**
 * What one check of a connector found.
 *
 * @param grade the lowest grade that needs this check
 * @param check the check's name
 * @param good what it found good, in a few words
 * @param problems what is wrong, one line each; none when all is well
 */
public record Finding(Grade grade, String check, String good, List<String> problems) {
  public Finding {
    problems = List.copyOf(problems);
  }

  /** A check without which there is no grade at all. */
  public Finding(String check, String good, List<String> problems) {
    this(Grade.BRONZE, check, good, problems);
  }

  /** Whether nothing is wrong. */
  public boolean passed() {
    return problems.isEmpty();
  }
}
