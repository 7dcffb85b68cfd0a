package io.caravanhub.core.stream;

import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.Template;
import io.caravanhub.core.stream.StreamPlan.Broker;
import io.caravanhub.core.stream.StreamPlan.Type;
import java.time.Clock;

/** Makes the link that a plan declares. Stateless. */
public final class StreamLinks {
  private StreamLinks() {}

  /**
   * A link that is not open yet. May ask a cloud for a token, and wait for it.
   *
   * @throws CloudException when the settings do not fit, or there is no token
   */
  public static StreamLink of(
      StreamPlan plan,
      CloudAccess access,
      MessageSorter sorter,
      CloudHttp http,
      Clock clock,
      LinkOptions options,
      StreamListener listener) {
    if (plan.type() == Type.FILES) {
      return FileLink.of(plan, access, options, listener);
    }
    String url = Template.fill(plan.url(), access::value);
    if (plan.type() == Type.WEBSOCKET) {
      return WebSocketLink.of(plan, url, access, http, clock, options, listener);
    }
    Broker broker = plan.broker();
    MqttAddress address =
        MqttAddress.of(
            url,
            optional(broker.version(), access),
            optional(broker.user(), access),
            optional(broker.password(), access),
            optional(broker.clientId(), access),
            optional(broker.authority(), access),
            broker.qos(),
            broker.session(),
            broker.publish().stream()
                .map(
                    p ->
                        new StreamPlan.Publish(
                            Template.fill(p.topic(), access::value), p.payload()))
                .toList());
    return address.version().equals("3")
        ? new Mqtt3Link(address, sorter, options, listener)
        : new Mqtt5Link(address, sorter, options, listener);
  }

  /** A text whose places may be absent: then it is empty. */
  private static String optional(String text, CloudAccess access) {
    return Template.fill(text, name -> access.value(name) == null ? "" : access.value(name));
  }
}
