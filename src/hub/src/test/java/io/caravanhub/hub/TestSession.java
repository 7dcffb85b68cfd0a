package io.caravanhub.hub;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Found by JUnit itself, for what holds for all tests of a JVM: how patient they are, and that the
 * {@link RunningHub} stops after the last of them. A session is as long as the JVM; a run of tests
 * in it may be a single class, when several JVMs share the classes.
 */
public final class TestSession implements LauncherSessionListener {
  /** Awaitility's own ten seconds are short on a machine whose cores are busy; none measures. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(PATIENCE);
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    RunningHub.close();
  }
}
