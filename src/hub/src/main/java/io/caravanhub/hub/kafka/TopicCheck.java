package io.caravanhub.hub.kafka;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Makes the topics that are not there, unless the operator does that, and looks at those that are.
 */
@Component
class TopicCheck {
  private static final int ANSWER_SECONDS = 10;

  private final boolean create;
  private final int partitions;
  private final Optional<Short> replication;
  private final TopicSettings settings;

  TopicCheck(
      @Value("${hub.kafka.create.topics:true}") boolean create,
      @Value("${hub.kafka.partitions:12}") int partitions,
      @Value("${hub.kafka.replication:0}") short replication,
      @Value("${hub.kafka.retention.hours:72}") long retentionHours) {
    this.create = create;
    this.partitions = partitions;
    this.replication = replication == 0 ? Optional.empty() : Optional.of(replication);
    this.settings = new TopicSettings(this.replication, retentionHours);
  }

  /**
   * Null when all topics are as they should be.
   *
   * @return what is wrong with which topic and the way out, in one line
   */
  @Nullable String problem(Admin admin) throws Exception {
    List<NewTopic> absent = new ArrayList<>();
    Map<String, KafkaFuture<TopicDescription>> topics =
        admin
            .describeTopics(
                KafkaTopics.ALL, new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    List<String> present = new ArrayList<>();
    for (String name : KafkaTopics.ALL) {
      try {
        TopicDescription topic =
            Objects.requireNonNull(topics.get(name)).get(ANSWER_SECONDS, TimeUnit.SECONDS);
        int has = topic.partitions().size();
        if (has < wanted(name)) {
          return tooFew(name, has);
        }
        Set<AclOperation> may = topic.authorizedOperations();
        if (may != null && !may.containsAll(needed(name))) {
          return "topic "
              + name
              + ": the hub's user lacks one of the rights "
              + needed(name)
              + "; give it Describe, Read and Write on hub.* (kafka-acls.sh --add --allow-principal"
              + " User:... --operation Write --topic "
              + name
              + ")";
        }
        present.add(name);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof AuthorizationException) {
          return "topic "
              + name
              + ": the hub's user may not describe it; give it Describe, Read and Write";
        }
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        if (!create) {
          return "topic %s: there is none, and HUB_KAFKA_CREATE_TOPICS is false; make it with %d partitions (kafka-topics.sh --create --topic %s --partitions %d %s)"
              .formatted(name, partitions, name, partitions, settings.asOptions());
        }
        absent.add(topic(name));
      }
    }
    String unfit = unfit(admin, present);
    return unfit != null || absent.isEmpty() ? unfit : make(admin, absent);
  }

  /** What would lose records that are acknowledged, or refuse them. */
  private @Nullable String unfit(Admin admin, List<String> names) throws Exception {
    Map<ConfigResource, KafkaFuture<Config>> found =
        admin
            .describeConfigs(
                names.stream().map(n -> new ConfigResource(ConfigResource.Type.TOPIC, n)).toList())
            .values();
    for (Map.Entry<ConfigResource, KafkaFuture<Config>> one : found.entrySet()) {
      String name = one.getKey().name();
      Config config;
      try {
        config = one.getValue().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        // The right DescribeConfigs is asked of nobody.
        continue;
      }
      String problem = settings.problem(name, config);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static Set<AclOperation> needed(String topic) {
    return TopicSettings.STAGES.contains(topic)
        ? EnumSet.of(AclOperation.READ, AclOperation.WRITE)
        : EnumSet.of(AclOperation.WRITE);
  }

  private @Nullable String make(Admin admin, List<NewTopic> absent) throws Exception {
    for (Map.Entry<String, KafkaFuture<Void>> made :
        admin.createTopics(absent).values().entrySet()) {
      try {
        made.getValue().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TopicExistsException) {
          // Another hub was quicker; the next look says what it made.
          return "topic " + made.getKey() + " is being made";
        }
        if (e.getCause() instanceof AuthorizationException) {
          return "topic "
              + made.getKey()
              + ": there is none and the hub's user may not make it; give it Create, or make the"
              + " topic and set HUB_KAFKA_CREATE_TOPICS to false";
        }
        return "topic " + made.getKey() + " cannot be made: " + said(e);
      }
    }
    return null;
  }

  private String tooFew(String name, int has) {
    return "topic %s: has %d partitions, expected %d or more; add some while no hub runs (kafka-topics.sh --alter --topic %s --partitions %d), or set HUB_KAFKA_PARTITIONS to %d"
        .formatted(name, has, wanted(name), name, wanted(name), has);
  }

  /** Dead letters need no order among them, and are few. */
  private int wanted(String topic) {
    return topic.equals(KafkaTopics.DEAD) ? 1 : partitions;
  }

  private NewTopic topic(String name) {
    return new NewTopic(name, Optional.of(partitions), replication).configs(settings.ofNew());
  }

  /** The message of what is behind a failure. */
  static String said(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null
        ? cause.getClass().getSimpleName()
        : cause.getMessage().lines().findFirst().orElse("");
  }
}
