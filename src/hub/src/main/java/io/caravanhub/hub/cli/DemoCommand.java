package io.caravanhub.hub.cli;

import io.caravanhub.hub.demo.Demo;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hub demo}: everything at once, with a simulated plant. */
@Command(
    name = "demo",
    description =
        "Run a hub, a simulated plant and an FSM stub, on real protocols over loopback, until Ctrl-C.",
    mixinStandardHelpOptions = true,
    footerHeading =
        "%nSettings (environment or hub.yaml); two demos run side by side with other ports and another HUB_HOME:%n")
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--speed",
      description = "Plant seconds a second [${DEFAULT-VALUE}].",
      defaultValue = "60",
      paramLabel = "N")
  private double speed;

  @Override
  public Integer call() throws Exception {
    Settings settings = SettingsHelp.load();
    Ports.requireFree(settings);
    try (HomeLock lock = HomeLock.take(settings.folder(Setting.HUB_HOME))) {
      // The hub itself will hold the lock.
    }
    new Demo(settings, speed).run();
    return CommandLine.ExitCode.OK;
  }
}
