package io.caravanhub.hub.cli;

import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code ./hub load}: hands its options to the load generator, a program of its own, with the
 * addresses that the settings name.
 */
@Command(
    name = "load",
    description = "Put load on a running hub and compare what it acknowledged with what it stored.")
final class LoadCommand implements Callable<Integer> {
  @Unmatched private List<String> options = new ArrayList<>();

  private final AtomicBoolean ending = new AtomicBoolean();

  @Override
  public Integer call() throws Exception {
    String classpath = System.getenv("HUB_SIM_CLASSPATH");
    if (classpath == null) {
      throw new IllegalStateException("start the load through the script: ./hub load");
    }
    Settings settings = SettingsHelp.load();
    String bind = settings.require(Setting.HUB_BIND);
    String host = bind.equals("0.0.0.0") ? "127.0.0.1" : bind;
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
                classpath,
                "io.caravanhub.sim.LoadCommand",
                "--hub-url",
                "http://" + host + ":" + settings.port(Setting.HUB_HTTP_PORT),
                "--broker",
                broker(settings, host),
                "--home",
                settings.folder(Setting.HUB_HOME).toString()));
    command.addAll(options);
    Process load = new ProcessBuilder(command).inheritIO().start();
    Thread end = new Thread(() -> end(load), "load-end");
    Runtime.getRuntime().addShutdownHook(end);
    int code = load.waitFor();
    if (!ending.get()) {
      Runtime.getRuntime().removeShutdownHook(end);
    }
    return code;
  }

  /** Ctrl-C and SIGTERM end the load in order: it still compares, and its exit code is ours. */
  private void end(Process load) {
    ending.set(true);
    load.destroy();
    try {
      Runtime.getRuntime().halt(load.waitFor());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String broker(Settings settings, String host) {
    String outside = settings.get(Setting.HUB_MQTT_URL);
    return outside == null
        ? host + ":" + settings.port(Setting.HUB_MQTT_PORT)
        : outside.replaceFirst("^\\w+://", "");
  }
}
