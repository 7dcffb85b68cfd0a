package io.caravanhub.hub;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Found by JUnit itself: closes the {@link RunningHub} when the last test is done. A session is as
 * long as the JVM; a run of tests in it may be a single class, when several JVMs share the classes.
 */
public final class HubCloser implements LauncherSessionListener {
  @Override
  public void launcherSessionClosed(LauncherSession session) {
    RunningHub.close();
  }
}
