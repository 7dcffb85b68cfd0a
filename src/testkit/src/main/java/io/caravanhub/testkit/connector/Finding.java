package io.caravanhub.testkit.connector;

import java.util.List;

/**
 * What one check of a connector found.
 *
 * @param grade the lowest grade that needs this check
 * @param check the check's name
 * @param good what it found good, in a few words
 * @param problems what is wrong, one line each; none when all is well
 * @param millis how long the check took
 */
public record Finding(Grade grade, String check, String good, List<String> problems, long millis) {
  public Finding {
    problems = List.copyOf(problems);
  }

  /** Of a check that was not timed. */
  public Finding(Grade grade, String check, String good, List<String> problems) {
    this(grade, check, good, problems, 0);
  }

  /** A check without which there is no grade at all. */
  public Finding(String check, String good, List<String> problems) {
    this(Grade.BRONZE, check, good, problems);
  }

  /** One check. */
  @FunctionalInterface
  interface Check {
    Finding find() throws Exception;
  }

  /** Makes a check and notes how long that took. */
  static Finding timed(Check check) throws Exception {
    long began = System.nanoTime();
    Finding found = check.find();
    long took = (System.nanoTime() - began) / 1_000_000;
    return new Finding(found.grade, found.check, found.good, found.problems, took);
  }

  /** Whether nothing is wrong. */
  public boolean passed() {
    return problems.isEmpty();
  }
}
