package io.caravanhub.hub.broker;

import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/** Who may connect to the broker, and who may publish where. Thread-safe. */
@Component
public class Gatekeeper {
  /** A user's name becomes a level of the topics it may read; with a wildcard it would be all. */
  private static final Pattern NOT_A_LEVEL = Pattern.compile("[+#/\\p{Cntrl}]");

  /** What a gateway says of itself, below its topic. */
  private static final Set<String> OF_GATEWAYS = Set.of("batch", "clock", "health", "commands/ack");

  private final Tokens tokens;
  private final DeviceDirectory devices;
  private final Counter refusedLogins;
  private final Counter refusedTopics;

  public Gatekeeper(Tokens tokens, DeviceDirectory devices, MeterRegistry meters) {
    this.tokens = tokens;
    this.devices = devices;
    this.refusedLogins = meters.counter("hub.mqtt.refused", "what", "login");
    this.refusedTopics = meters.counter("hub.mqtt.refused", "what", "topic");
  }

  /**
   * The caller behind user name and password: devices and gateways name their id or serial and give
   * their token.
   */
  Optional<HubPrincipal> admit(String user, String password, String from) {
    Optional<HubPrincipal> admitted =
        tokens.authenticate(password, from).filter(caller -> isNamed(caller, user));
    if (admitted.isEmpty()) {
      refused();
    }
    return admitted;
  }

  /** Counts a login that was turned away. */
  void refused() {
    refusedLogins.increment();
  }

  /** Whether the holder of a certificate may connect; without a name it is its own. */
  boolean admits(HubPrincipal holder, String user) {
    boolean admitted = isNamed(holder, user.isEmpty() ? holder.subject() : user);
    if (!admitted) {
      refused();
    }
    return admitted;
  }

  private boolean isNamed(HubPrincipal caller, String user) {
    if (NOT_A_LEVEL.matcher(user).find()) {
      return false;
    }
    return switch (caller.role()) {
      case "device" ->
          devices
              .find(caller.tenant(), user)
              .filter(d -> d.isActive() && d.id().toString().equals(caller.subject()))
              .isPresent();
      case "gateway" -> devices.isGateway(caller.tenant(), caller.subject(), user);
      default -> true;
    };
  }

  /**
   * The device that the topic speaks for, if the caller may: an active device for itself, a gateway
   * for its active devices, an engineer for any of the tenant. Topics are {@code
   * t/{tenant}/d/{device}/…} and {@code t/{tenant}/g/{gateway}/d/{device}/…}. Of what a gateway
   * says of itself, {@code t/{tenant}/g/{gateway}/batch} and the like, it is the gateway; whose
   * records a batch holds is seen to where it is read. Of Sparkplug's {@code
   * spBv1.0/{group}/{type}/{edge}[/{device}]} it is the edge node, which is a gateway; which
   * devices are behind it is seen to where the payload is read.
   */
  Optional<String> speaksFor(HubPrincipal caller, String[] levels) {
    Optional<String> device = device(caller, levels);
    if (device.isEmpty()) {
      refusedTopics.increment();
    }
    return device;
  }

  private Optional<String> device(HubPrincipal caller, String[] levels) {
    if (levels[0].equals("spBv1.0")) {
      return Optional.of(levels)
          .filter(l -> l.length == 4 || l.length == 5)
          .map(l -> l[3])
          .filter(edge -> isNode(caller, edge));
    }
    if (levels.length < 5 || !levels[0].equals("t") || !levels[1].equals(caller.tenant())) {
      return Optional.empty();
    }
    if (levels[2].equals("g") && OF_GATEWAYS.contains(below(levels))) {
      return Optional.of(levels[3]).filter(gateway -> isNode(caller, gateway));
    }
    boolean viaGateway = levels[2].equals("g") && levels.length == 7 && levels[4].equals("d");
    if (!viaGateway && !(levels[2].equals("d") && levels.length == 5)) {
      return Optional.empty();
    }
    String name = viaGateway ? levels[5] : levels[3];
    if (caller.is("admin", "engineer")) {
      return Optional.of(name);
    }
    Optional<Device> device = devices.find(caller.tenant(), name).filter(Device::isActive);
    boolean allowed =
        switch (caller.role()) {
          case "device" ->
              !viaGateway
                  && device.map(d -> d.id().toString().equals(caller.subject())).orElse(false);
          case "gateway" ->
              viaGateway
                  && device
                      .map(
                          d ->
                              d.gateway() != null
                                  && d.gateway().toString().equals(caller.subject()))
                      .orElse(false);
          default -> false;
        };
    return allowed ? Optional.of(name) : Optional.empty();
  }

  private static String below(String[] levels) {
    return String.join("/", Arrays.asList(levels).subList(4, levels.length));
  }

  private boolean isNode(HubPrincipal caller, String edge) {
    return caller.role().equals("gateway")
        ? devices.isGateway(caller.tenant(), caller.subject(), edge)
        : caller.is("admin", "engineer");
  }
}
