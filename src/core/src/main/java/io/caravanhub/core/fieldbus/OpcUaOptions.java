package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.enumerated.MessageSecurityMode;
import org.jspecify.annotations.Nullable;

/**
 * What a connection says of OPC UA beside its address.
 *
 * @param security security policy of the channel
 * @param messageMode whether messages are signed, or encrypted too
 * @param user user name, or null for an anonymous user
 * @param password the user's password, or null
 * @param passwordFile file with the password, which goes before it, or null
 * @param plainPassword whether the password may go over the wire unencrypted
 * @param pinFirst whether the first certificate seen is trusted from then on
 * @param certificateHost name the server's certificate must be for; null for the address's host,
 *     {@code any} for no matter which
 * @param subscribe whether changes are subscribed to, or everything is polled
 * @param publishing how often the server sends what has changed
 */
record OpcUaOptions(
    SecurityPolicy security,
    MessageSecurityMode messageMode,
    @Nullable String user,
    @Nullable String password,
    @Nullable String passwordFile,
    boolean plainPassword,
    boolean pinFirst,
    @Nullable String certificateHost,
    boolean subscribe,
    Duration publishing) {
  static final Set<String> NAMES =
      Set.of(
          "security",
          "messageMode",
          "user",
          "password",
          "passwordFile",
          "plainPassword",
          "trust",
          "certificateHost",
          "mode",
          "publishing");
  private static final List<SecurityPolicy> POLICIES =
      List.of(
          SecurityPolicy.None,
          SecurityPolicy.Basic256Sha256,
          SecurityPolicy.Aes128_Sha256_RsaOaep,
          SecurityPolicy.Aes256_Sha256_RsaPss);
  private static final Duration PUBLISHING = Duration.ofSeconds(1);

  /**
   * Reads a connection's options.
   *
   * @throws IllegalArgumentException naming the option
   */
  static OpcUaOptions of(FieldbusConnection connection) {
    try {
      return of(connection.options(), connection.interval());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("options." + e.getMessage(), e);
    }
  }

  static OpcUaOptions of(Map<String, String> options, Duration interval) {
    String name = options.getOrDefault("security", "None");
    SecurityPolicy security =
        POLICIES.stream()
            .filter(policy -> policy.name().equals(name))
            .findFirst()
            .orElseThrow(() -> wrong("security", names(POLICIES), name));
    return new OpcUaOptions(
        security,
        messageMode(options.get("messageMode"), security),
        options.get("user"),
        options.get("password"),
        options.get("passwordFile"),
        choice(options, "plainPassword", "false", "true").equals("true"),
        choice(options, "trust", "list", "first").equals("first"),
        options.get("certificateHost"),
        choice(options, "mode", "subscribe", "poll").equals("subscribe"),
        publishing(options.get("publishing"), interval));
  }

  /** Whether there is nothing to agree on with the server before a channel is opened. */
  boolean isOpen() {
    return security == SecurityPolicy.None && user == null;
  }

  private static MessageSecurityMode messageMode(@Nullable String name, SecurityPolicy security) {
    if (security == SecurityPolicy.None) {
      if (name != null && !name.equals("None")) {
        throw new IllegalArgumentException(
            "messageMode: " + name + " asks for the option security, a policy not None");
      }
      return MessageSecurityMode.None;
    }
    List<MessageSecurityMode> modes =
        List.of(MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt);
    return modes.stream()
        .filter(mode -> name == null ? mode == modes.get(1) : mode.name().equals(name))
        .findFirst()
        .orElseThrow(() -> wrong("messageMode", names(modes), String.valueOf(name)));
  }

  /** These, with the password that is in its file. */
  OpcUaOptions withPasswordOf(String tenant, KeyFolders keys) {
    return passwordFile == null
        ? this
        : new OpcUaOptions(
            security,
            messageMode,
            user,
            keys.password(tenant, passwordFile),
            null,
            plainPassword,
            pinFirst,
            certificateHost,
            subscribe,
            publishing);
  }

  private static Duration publishing(@Nullable String text, Duration interval) {
    if (text == null) {
      return interval.compareTo(PUBLISHING) < 0 ? interval : PUBLISHING;
    }
    try {
      Duration publishing = Duration.parse(text);
      if (publishing.toMillis() > 0) {
        return publishing;
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("publishing: expected PT1S or the like, got " + text, e);
    }
    throw new IllegalArgumentException("publishing: expected more than 0, got " + text);
  }

  private static String choice(Map<String, String> options, String name, String... choices) {
    String value = options.getOrDefault(name, choices[0]);
    if (!Arrays.asList(choices).contains(value)) {
      throw wrong(name, String.join(", ", choices), value);
    }
    return value;
  }

  private static IllegalArgumentException wrong(String option, String expected, String got) {
    return new IllegalArgumentException(option + ": expected one of " + expected + ", got " + got);
  }

  private static String names(List<? extends Enum<?>> values) {
    return String.join(", ", values.stream().map(Enum::name).toList());
  }

  // The password does not belong into a log.
  @Override
  public String toString() {
    return security + " " + messageMode + " as " + user;
  }
}
