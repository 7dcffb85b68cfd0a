package io.caravanhub.edge.rule;

import static io.caravanhub.edge.rule.RulesRun.rule;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway's rules remember when it is stopped or killed. */
class RestartTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRunningDurationGoesOn(boolean killed) throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15, for: PT10M}"));
    for (int second = 0; second <= 360; second += 60) {
      run.measure(second, "superheat", 18);
    }
    again(run, killed);
    run.measure(480, "superheat", 18).measure(599, "superheat", 18);
    assertThat(run.plot()).isEmpty();
    run.measure(600, "superheat", 18);
    assertThat(run.plot()).isEqualTo("raised@600");
    assertThat(RulesRun.second(run.told.get(0), "onset")).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anOpenEventIsToldOnceAndClearedAsTheSame(boolean killed) throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15, clear: 12}"));
    run.measure(0, "superheat", 18);
    again(run, killed);
    run.measure(60, "superheat", 19);
    again(run, killed);
    run.measure(120, "superheat", 13).measure(180, "superheat", 11);
    assertThat(run.plot()).isEqualTo("raised@0 cleared@180");
    assertThat(run.told.get(1).path("onset")).isEqualTo(run.told.get(0).path("onset"));
    again(run, killed);
    run.measure(240, "superheat", 11);
    assertThat(run.plot()).isEqualTo("raised@0 cleared@180");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{metric: superheat, statistic: mean, over: PT15M, above: 14.5}",
        "{metric: superheat, above: 12, share: {over: PT15M, above: 95}}",
        "{metric: superheat, unchanged_for: PT15M}",
        "{all: [{metric: superheat, above: 12, for: PT15M}]}",
      })
  void aWindowAndAPartThatHasToLastGoOn(String when) throws IOException {
    RulesRun whole = new RulesRun(folder.resolve("whole"), rule(when));
    RulesRun cut = new RulesRun(folder.resolve("cut"), rule(when));
    for (int second = 0; second <= 1500; second += 30) {
      whole.measure(second, "superheat", second < 300 ? 10 + second / 1000.0 : 15);
      cut.measure(second, "superheat", second < 300 ? 10 + second / 1000.0 : 15);
      if (second % 300 == 0) {
        cut.kill();
      }
    }
    assertThat(whole.plot()).startsWith("raised@");
    assertThat(cut.plot()).isEqualTo(whole.plot());
    assertThat(cut.told.get(0).path("onset")).isEqualTo(whole.told.get(0).path("onset"));
  }

  @Test
  void whatCouldNotBeHandedOnIsToldLaterInTheSameWords() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15}"));
    run.refuses = true;
    run.measure(0, "superheat", 18).measure(10, "superheat", 10);
    assertThat(run.plot()).isEmpty();
    run.restart();
    run.clock(20);
    assertThat(run.plot()).isEmpty();
    run.refuses = false;
    run.clock(40);
    assertThat(run.plot()).isEqualTo("raised@0 cleared@10");
    run.restart();
    assertThat(run.clock(60).plot()).isEqualTo("raised@0 cleared@10");
  }

  @Test
  void anEventThatASuddenEndLeftInDoubtIsToldAgainInTheSameWords() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15}"));
    run.measure(0, "superheat", 18).crash();
    run.clock(1);
    assertThat(run.plot()).isEqualTo("raised@0 raised@0");
    assertThat(run.told.get(1)).isEqualTo(run.told.get(0));
    run.crash();
    assertThat(run.clock(2).plot()).isEqualTo("raised@0 raised@0");
  }

  @Test
  void aDamagedFileCountsAsFarAsItIsWhole() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15, for: PT10M}"));
    for (int second = 0; second <= 300; second += 60) {
      run.measure(second, "superheat", 18).clock(second);
    }
    run.rules.stop();
    Path kept = folder.resolve("state/RTU-1.journal");
    byte[] noise = new byte[300];
    new Random(4).nextBytes(noise);
    Files.write(kept, noise, StandardOpenOption.APPEND);
    run.restart();
    run.measure(480, "superheat", 18).measure(600, "superheat", 18);
    assertThat(run.plot()).isEqualTo("raised@600");

    run.rules.stop();
    Files.write(kept, noise);
    run.restart();
    run.measure(700, "superheat", 18).measure(710, "superheat", 10).measure(720, "superheat", 18);
    assertThat(run.plot()).isEqualTo("raised@600");
  }

  @Test
  void whatIsRememberedDoesNotGrow() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15, for: PT1M}"));
    for (int second = 0; second < 20_000; second++) {
      run.measure(second, "superheat", 10);
    }
    run.rules.stop();
    assertThat(Files.size(folder.resolve("state/RTU-1.journal"))).isLessThan(20_000);
    assertThat(Files.size(folder.resolve("state/RTU-1.journal.before"))).isLessThan(20_000);
  }

  @Test
  void aKillWhileANewFileIsBegunForgetsNoEvent() throws IOException {
    RulesRun run = new RulesRun(folder, rule("{metric: superheat, above: 15, clear: 12}"));
    run.measure(0, "superheat", 18);
    run.kill();
    Path newer = folder.resolve("state/RTU-1.journal");
    Files.move(newer, folder.resolve("state/RTU-1.journal.before"));
    Files.writeString(folder.resolve("state/RTU-1.journal.new"), "half");

    run.crash();
    run.measure(60, "superheat", 19).measure(120, "superheat", 11);

    assertThat(run.plot()).isEqualTo("raised@0 cleared@120");
    run.kill();
    run.measure(180, "superheat", 11);
    assertThat(run.plot()).isEqualTo("raised@0 cleared@120");
  }

  private static void again(RulesRun run, boolean killed) {
    if (killed) {
      run.kill();
    } else {
      run.restart();
    }
  }
}
