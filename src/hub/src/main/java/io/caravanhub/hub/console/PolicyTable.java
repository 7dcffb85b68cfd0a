package io.caravanhub.hub.console;

import io.caravanhub.hub.orchestration.PolicyCalls;
import io.caravanhub.hub.orchestration.PolicyEdits;
import io.caravanhub.hub.orchestration.PolicyView;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The policies of the caller's tenant with what they led to. */
@Component
class PolicyTable {
  private static final String OWN = "table";

  private final PolicyCalls policies;
  private final PolicyEdits edits;
  private final JdbcClient jdbc;
  private final Remembered<Map<String, PolicyLine.Past>> past =
      new Remembered<>(Duration.ofSeconds(15));

  PolicyTable(PolicyCalls policies, PolicyEdits edits, JdbcClient jdbc) {
    this.policies = policies;
    this.edits = edits;
    this.jdbc = jdbc;
  }

  /** By id, then what is refused. */
  List<PolicyLine> lines(String tenant) {
    Map<String, PolicyLine.Past> led = past.get(tenant, this::led);
    return policies.list().items().stream().map(line -> line(line, led)).toList();
  }

  /** A policy as it is written, in force or off. */
  Optional<PolicyCalls.Line> find(String id) {
    return policies.list().items().stream()
        .filter(line -> line.policy() != null && id.equals(line.policy().get("id")))
        .findFirst();
  }

  /** The tenant's own as it is saved, when it is refused and thus not among those in force. */
  Optional<PolicyView> refused(String id) {
    boolean read = find(id).filter(line -> line.source().equals(OWN)).isPresent();
    return read ? Optional.empty() : edits.find(id);
  }

  private PolicyLine line(PolicyCalls.Line line, Map<String, PolicyLine.Past> led) {
    Map<String, Object> policy = line.policy();
    if (policy == null) {
      String row =
          line.source().startsWith(OWN + ":") ? line.source().substring(OWN.length() + 1) : "";
      boolean own = !row.isEmpty() && edits.find(row).isPresent();
      return new PolicyLine(
          own ? row : line.source(),
          "",
          line.state(),
          own ? OWN : line.source(),
          List.of(),
          List.of(),
          PolicyLine.Past.NONE,
          (line.field() == null || line.field().isEmpty() ? "" : line.field() + ": ")
              + line.reason());
    }
    String id = String.valueOf(policy.get("id"));
    return new PolicyLine(
        id,
        String.valueOf(policy.getOrDefault("description", "")),
        line.state(),
        line.source(),
        PolicyWords.conditions(policy),
        PolicyWords.actions(policy),
        led.getOrDefault(id, PolicyLine.Past.NONE),
        null);
  }

  private Map<String, PolicyLine.Past> led() {
    Map<String, PolicyLine.Past> led = new HashMap<>();
    jdbc.sql(
            """
            with x as (select event_id, policies, actions from event_explanations where at > now() - interval '30 days'),
            looked as (
              select p ->> 'policy' as policy, count(distinct event_id) as matched from x, jsonb_array_elements(x.policies) p
               where p ->> 'matched' = 'true' group by 1),
            done as (
              select a ->> 'policy' as policy, count(*) filter (where a ->> 'outcome' in ('planned', 'joined', 'told')) as acted,
                     count(*) filter (where a ->> 'outcome' = 'held') as held
                from x, jsonb_array_elements(x.actions) a group by 1)
            select l.policy, l.matched, coalesce(d.acted, 0) as acted, coalesce(d.held, 0) as held
              from looked l left join done d on d.policy = l.policy
            """)
        .query(
            row -> {
              led.put(
                  row.getString("policy"),
                  new PolicyLine.Past(
                      row.getLong("matched"), row.getLong("acted"), row.getLong("held")));
            });
    return led;
  }
}
