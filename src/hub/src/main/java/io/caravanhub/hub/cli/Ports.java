package io.caravanhub.hub.cli;

import io.caravanhub.hub.settings.Role;
import io.caravanhub.hub.settings.Setting;
import io.caravanhub.hub.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Objects;
import java.util.Optional;

/** Whether the ports a hub wants are free. */
final class Ports {
  private Ports() {}

  /** Fails with the setting that moves the port when one is busy. */
  static void requireFree(Settings settings) {
    check(settings, Setting.HUB_HTTP_PORT);
    if (!settings.has(Setting.HUB_MQTT_URL)
        && Role.read(Objects.requireNonNullElse(settings.get(Setting.HUB_ROLES), ""))
            .contains(Role.INGEST)) {
      check(settings, Setting.HUB_MQTT_PORT);
      check(settings, Setting.HUB_MQTTS_PORT);
    }
  }

  private static void check(Settings settings, Setting setting) {
    problem(settings.require(Setting.HUB_BIND), settings.port(setting))
        .ifPresent(
            problem -> {
              throw new IllegalStateException(problem + "; set " + setting + " to another port");
            });
  }

  /** Why the port cannot be used, or empty when it is free. */
  static Optional<String> problem(String bind, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(bind), port));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "port " + port + " on " + bind + " is busy or not allowed (" + e.getMessage() + ")");
    }
  }

  /** A port that is free now. */
  static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }
}
