package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.YamlField;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.EntityTags;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.HubPrincipal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads, saves and deletes policies and books of the caller's tenant: checked, versioned, audited;
 * in force in every hub within two seconds. Thread-safe.
 */
@Component
public class PolicyEdits {
  /** What a tenant has beside policies. */
  static final List<String> BOOKS = List.of("calendar", "sla", "limits", "prices");

  private static final int MOST = 1_000;

  private final PolicyRows rows;
  private final Audit audit;
  private final ObjectMapper json;

  PolicyEdits(PolicyRows rows, Audit audit, ObjectMapper json) {
    this.rows = rows;
    this.audit = audit;
    this.json = json;
  }

  /**
   * Reads a policy, JSON or YAML.
   *
   * @throws ProblemException naming the field
   */
  Policy read(byte @Nullable [] body) {
    return checked(() -> PolicyReader.single(text(body)));
  }

  private static String text(byte @Nullable [] body) {
    return body == null ? "" : new String(body, StandardCharsets.UTF_8);
  }

  private static <T> T checked(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuleException e) {
      String field = e.field().isEmpty() ? "body" : e.field();
      throw ProblemException.badField(field, String.valueOf(e.getMessage()));
    }
  }

  /** A policy of the tenant's own. */
  public Optional<PolicyView> find(String id) {
    return rows.policy(id);
  }

  /** A new policy from JSON or YAML; 409 when the tenant has one of the id. */
  @Transactional
  public PolicyView create(byte @Nullable [] body) {
    Policy policy = read(body);
    rows.lock(policy.id());
    if (rows.policy(policy.id()).isPresent()) {
      throw ProblemException.conflict("id", "there is a policy \"" + policy.id() + "\" already");
    }
    if (rows.count() >= MOST) {
      throw ProblemException.conflict("id", "a tenant has " + MOST + " policies at most");
    }
    return save(policy, null);
  }

  /**
   * The next version of a policy, or its first, from JSON or YAML.
   *
   * @param match entity tag of the version that was seen, or null
   */
  @Transactional
  public PolicyView put(String id, byte @Nullable [] body, @Nullable String match) {
    Policy policy = read(body);
    if (!policy.id().equals(id)) {
      throw ProblemException.badField("id", "expected \"" + id + "\", as the path has it");
    }
    rows.lock(id);
    PolicyView before = rows.policy(id).orElse(null);
    require(match, "policy \"" + id + '"', before);
    return save(policy, before);
  }

  private PolicyView save(Policy policy, @Nullable PolicyView before) {
    rows.putPolicy(policy.id(), policy.enabled(), json(policy.written()), actor());
    PolicyView after = rows.policy(policy.id()).orElseThrow();
    audit.record(
        "policy.save",
        "policy:" + policy.id(),
        before == null ? null : before.definition(),
        after.definition());
    return after;
  }

  /** Takes a policy away: a default of its id is in force again. What it planned stays. */
  @Transactional
  public PolicyView delete(String id, @Nullable String match) {
    rows.lock(id);
    PolicyView before = rows.policy(id).orElse(null);
    require(match, "policy \"" + id + '"', before);
    if (before == null) {
      throw ProblemException.notFound("policy of the tenant's own", id);
    }
    rows.deletePolicy(id, actor());
    audit.record("policy.delete", "policy:" + id, before.definition(), null);
    return before;
  }

  /** The tenant's own book: {@code calendar}, {@code sla}, {@code limits} or {@code prices}. */
  public Optional<PolicyView> book(String name) {
    return rows.book(known(name));
  }

  /** Saves a book, JSON or YAML. */
  @Transactional
  public PolicyView putBook(String name, byte @Nullable [] body, @Nullable String match) {
    known(name);
    YamlField field = checked(() -> YamlField.parse(text(body)));
    checked(() -> PolicyFile.NONE.with(name, field));
    rows.lock("book " + name);
    PolicyView before = rows.book(name).orElse(null);
    require(match, name, before);
    rows.putBook(name, json(field.plain()), actor());
    PolicyView after = rows.book(name).orElseThrow();
    audit.record(
        "policy.book",
        "policy-book:" + name,
        before == null ? null : before.definition(),
        after.definition());
    return after;
  }

  /** Takes a book away: what a file says is in force again. */
  @Transactional
  public PolicyView deleteBook(String name, @Nullable String match) {
    known(name);
    rows.lock("book " + name);
    PolicyView before = rows.book(name).orElse(null);
    require(match, name, before);
    if (before == null) {
      throw ProblemException.notFound("book of the tenant's own", name);
    }
    rows.deleteBook(name, actor());
    audit.record("policy.book-delete", "policy-book:" + name, before.definition(), null);
    return before;
  }

  private static String known(String name) {
    if (!BOOKS.contains(name)) {
      throw ProblemException.notFound("book", name + "; there are " + String.join(", ", BOOKS));
    }
    return name;
  }

  private static void require(@Nullable String match, String what, @Nullable PolicyView before) {
    if (!EntityTags.allow(match, before == null ? null : before.tag())) {
      throw ProblemException.changed(
          before == null
              ? "there is no " + what + " of the tenant's own now"
              : "version "
                  + before.version()
                  + " was saved by "
                  + before.author()
                  + " at "
                  + before.updatedAt()
                  + "; get it again and compare");
    }
  }

  private String json(Object written) {
    try {
      return json.writeValueAsString(written);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a policy cannot be written", e);
    }
  }

  private static String actor() {
    HubPrincipal caller = CallerContext.current();
    return caller.role() + ":" + caller.subject();
  }
}
