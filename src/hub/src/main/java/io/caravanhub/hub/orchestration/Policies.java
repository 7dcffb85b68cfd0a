package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.caravanhub.hub.rules.RuleOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The policies of the thread's tenant. A tenant that has none yet is given the defaults of {@code
 * policies/default.yaml} in the rules folder.
 */
@Component("policies")
public class Policies {
  private static final Logger LOG = LoggerFactory.getLogger(Policies.class);
  private static final ObjectMapper JSON = configured(new ObjectMapper());

  private final Path defaults;
  private final JdbcClient jdbc;

  public Policies(@Value("${hub.rules:./rules}") String folder, JdbcClient jdbc) {
    this.defaults = Path.of(folder, "policies", "default.yaml");
    this.jdbc = jdbc;
  }

  /** Of each kind of action, the most urgent that a policy asks for. */
  public Collection<Policy> matching(RuleOutcome outcome) {
    Map<String, Policy> byKind = new LinkedHashMap<>();
    for (Policy policy : enabled()) {
      if (policy.covers(outcome)) {
        byKind.merge(policy.then().kind(), policy, Policies::moreUrgent);
      }
    }
    return byKind.values();
  }

  private static Policy moreUrgent(Policy a, Policy b) {
    return b.then().priority() < a.then().priority() ? b : a;
  }

  /** The policies in force, by id. */
  public List<Policy> enabled() {
    if (jdbc.sql("select not exists (select from policies)").query(Boolean.class).single()) {
      seed();
    }
    return jdbc
        .sql("select id, definition::text from policies where enabled order by id")
        .query((row, n) -> read(row.getString(1), row.getString(2)))
        .list()
        .stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparing(Policy::id))
        .toList();
  }

  private static List<Policy> read(String id, String definition) {
    try {
      return List.of(JSON.readValue(definition, Policy.class));
    } catch (JsonProcessingException e) {
      LOG.error("The policy {} is not in force: {}", id, e.getOriginalMessage());
      return List.of();
    }
  }

  private void seed() {
    if (!Files.exists(defaults)) {
      LOG.warn("There are no policies and no {}: events lead to no action", defaults);
      return;
    }
    try {
      DefaultPolicies read =
          configured(new ObjectMapper(new YAMLFactory()))
              .readValue(Files.readString(defaults), DefaultPolicies.class);
      for (Policy policy : read.policies()) {
        jdbc.sql(
                """
                insert into policies (id, tenant_id, definition)
                values (:id, hub_tenant(), cast(:definition as jsonb)) on conflict do nothing
                """)
            .param("id", policy.id())
            .param("definition", JSON.writeValueAsString(policy))
            .update();
      }
    } catch (IOException e) {
      LOG.error("The default policies {} cannot be used: {}", defaults, e.getMessage());
    }
  }

  private record DefaultPolicies(List<Policy> policies) {}

  private static ObjectMapper configured(ObjectMapper mapper) {
    return mapper
        .registerModule(new JavaTimeModule())
        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  }
}
