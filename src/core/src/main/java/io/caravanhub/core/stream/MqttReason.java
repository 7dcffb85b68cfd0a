package io.caravanhub.core.stream;

import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.caravanhub.core.cloud.CloudException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;

/** Says in words why a broker is not there, without its address. Stateless. */
final class MqttReason {
  private MqttReason() {}

  static CloudException of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof CloudException known) {
      return known;
    }
    if (cause instanceof Mqtt5ConnAckException e) {
      Mqtt5ConnAckReasonCode code = e.getMqttMessage().getReasonCode();
      return switch (code) {
        case BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED, BANNED, BAD_AUTHENTICATION_METHOD ->
            CloudException.refused("the broker refuses the connection: " + words(code));
        case UNSUPPORTED_PROTOCOL_VERSION, CLIENT_IDENTIFIER_NOT_VALID ->
            CloudException.wrong("the broker does not take the connection: " + words(code));
        default ->
            CloudException.unavailable("the broker takes no connection: " + words(code), null);
      };
    }
    if (cause instanceof Mqtt3ConnAckException e) {
      Mqtt3ConnAckReturnCode code = e.getMqttMessage().getReturnCode();
      return switch (code) {
        case BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED ->
            CloudException.refused("the broker refuses the connection: " + words(code));
        case UNSUPPORTED_PROTOCOL_VERSION, IDENTIFIER_REJECTED ->
            CloudException.wrong("the broker does not take the connection: " + words(code));
        default ->
            CloudException.unavailable("the broker takes no connection: " + words(code), null);
      };
    }
    if (cause instanceof Mqtt5SubAckException || cause instanceof Mqtt3SubAckException) {
      return CloudException.refused("the broker does not let the hub subscribe");
    }
    if (cause instanceof Mqtt5DisconnectException e
        && e.getMqttMessage().getReasonCode() == Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER) {
      return CloudException.unavailable("somebody else connected with the same client id", null);
    }
    return CloudException.unavailable("no connection with the broker: " + root(cause), null);
  }

  private static String root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    if (root instanceof java.net.ConnectException || root instanceof java.net.SocketException) {
      return "cannot connect";
    }
    if (root instanceof java.net.UnknownHostException
        || root instanceof java.nio.channels.UnresolvedAddressException) {
      return "its name is not known";
    }
    if (root instanceof SSLException || root instanceof java.security.GeneralSecurityException) {
      return "its certificate is not trusted, or it speaks no TLS";
    }
    String message = root.getMessage();
    return message == null || message.contains("/") ? root.getClass().getSimpleName() : message;
  }

  private static String words(Enum<?> code) {
    return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
