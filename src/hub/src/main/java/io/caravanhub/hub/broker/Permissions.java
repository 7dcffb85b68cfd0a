package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission.MqttActivity;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.List;

/**
 * What HiveMQ itself lets a user do, which decides on subscriptions and wills; publishes meet
 * {@link Gatekeeper} before. Nobody may subscribe to a filter that could match another tenant's
 * topic.
 */
final class Permissions {
  private Permissions() {}

  static List<TopicPermission> of(HubPrincipal principal, String user) {
    String tenant = "t/" + principal.tenant();
    return switch (principal.role()) {
      case "device" -> List.of(permission(tenant + "/d/" + user + "/#", MqttActivity.ALL));
      // A gateway may be a Sparkplug edge node; commands reach it by its session, not its topic.
      case "gateway" ->
          List.of(
              permission(tenant + "/g/" + user + "/#", MqttActivity.ALL),
              permission("spBv1.0/+/NDEATH/" + user, MqttActivity.PUBLISH),
              permission("spBv1.0/+/NCMD/" + user + "/#", MqttActivity.SUBSCRIBE),
              permission("spBv1.0/+/DCMD/" + user + "/#", MqttActivity.SUBSCRIBE),
              permission("spBv1.0/STATE/#", MqttActivity.SUBSCRIBE));
      default -> List.of(permission(tenant + "/#", MqttActivity.ALL));
    };
  }

  private static TopicPermission permission(String filter, MqttActivity activity) {
    return Builders.topicPermission()
        .topicFilter(filter)
        .activity(activity)
        .type(TopicPermission.PermissionType.ALLOW)
        .build();
  }
}
