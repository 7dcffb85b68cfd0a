package io.caravanhub.hub.kafka;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/** Looks whether the hub's user may be a member of the hub's consumer groups. Stateless. */
final class GroupCheck {
  /** As the routes {@code take-raw} and {@code take-normalized} name them. */
  static final List<String> GROUPS = List.of("hub", "hub.store");

  private static final int ANSWER_SECONDS = 10;

  private GroupCheck() {}

  /** What is wrong with which group and the way out, in one line; null when all is well. */
  static @Nullable String problem(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, KafkaFuture<ConsumerGroupDescription>> groups =
        admin
            .describeConsumerGroups(
                GROUPS, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
            .describedGroups();
    for (String group : GROUPS) {
      try {
        Set<AclOperation> may =
            Objects.requireNonNull(groups.get(group))
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .authorizedOperations();
        if (may != null && !may.contains(AclOperation.READ)) {
          return lacks(group);
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AuthorizationException) {
          return lacks(group);
        }
        if (!(e.getCause() instanceof GroupIdNotFoundException)) {
          throw e;
        }
      }
    }
    return null;
  }

  private static String lacks(String group) {
    return "group %s: the hub's user lacks the right Read; give it Read on the groups %s (kafka-acls.sh --add --allow-principal User:... --operation Read --group %s)"
        .formatted(group, String.join(" and ", GROUPS), group);
  }
}
