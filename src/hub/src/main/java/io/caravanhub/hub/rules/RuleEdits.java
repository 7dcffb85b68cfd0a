package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Amount;
import io.caravanhub.core.rule.Condition;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.core.rule.RuleScope;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.EntityTags;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.telemetry.MetricCatalog;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Saves and deletes rules of the caller's tenant: checked, versioned, audited; in force in every
 * hub within two seconds. Thread-safe.
 */
@Component
public class RuleEdits {
  static final String API = "api";
  static final String THRESHOLD = "threshold";
  private static final int MOST = 10_000;

  private final RuleLibrary library;
  private final RuleRows rows;
  private final MetricCatalog metrics;
  private final Audit audit;

  RuleEdits(RuleLibrary library, RuleRows rows, MetricCatalog metrics, Audit audit) {
    this.library = library;
    this.rows = rows;
    this.metrics = metrics;
    this.audit = audit;
  }

  /**
   * Reads a rule as the caller's tenant may write it.
   *
   * @throws ProblemException naming the field
   */
  public Rule read(byte @Nullable [] body) {
    try {
      return readText(
          body == null ? "" : new String(body, java.nio.charset.StandardCharsets.UTF_8));
    } catch (RuleException e) {
      String field = e.field().isEmpty() ? "body" : e.field();
      throw ProblemException.badField(field, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The same, and a mistake in the text keeps its line.
   *
   * @throws RuleException about the text
   * @throws ProblemException about what it names
   */
  Rule readText(String text) {
    Rule rule =
        RuleReader.single(text, new TenantMetrics(metrics, CallerContext.current().tenant()));
    checkScope(rule.scope());
    checkPrograms(rule);
    return rule;
  }

  /** An asset that is part of itself would make the nearest scope a matter of chance. */
  private void checkScope(RuleScope scope) {
    String asset = scope.asset();
    if (asset == null) {
      return;
    }
    if (!rows.isThere(asset)) {
      throw ProblemException.badField("scope.asset", "no asset or device \"" + asset + '"');
    }
    rows.circle(asset)
        .ifPresent(
            circle -> {
              throw ProblemException.badField("scope.asset", circle);
            });
  }

  private void checkPrograms(Rule rule) {
    for (Condition condition : rule.conditions()) {
      for (Condition.Compared compared : condition.comparisons()) {
        if (compared.amount() instanceof Amount.Program program
            && !library.book().programs().containsKey(program.name())) {
          throw ProblemException.badField(
              "when.drl", "no file " + program.name() + ".drl in the rules folder");
        }
      }
    }
  }

  /** A new rule; 409 when there is one of the id. */
  @Transactional
  public RuleView create(Rule rule, String source) {
    if (rows.lock(rule.id()).isPresent()) {
      throw ProblemException.conflict("id", "there is a rule \"" + rule.id() + "\" already");
    }
    if (rows.count() >= MOST) {
      throw ProblemException.conflict("id", "a tenant has " + MOST + " rules at most");
    }
    return save(rule, source, null);
  }

  /** The next version of a rule, or its first. */
  @Transactional
  public RuleView put(Rule rule, String source, @Nullable String match) {
    RuleView before = rows.lock(rule.id()).orElse(null);
    require(match, rule.id(), before);
    boolean threshold = before != null && isThreshold(before.source(), rule);
    return save(rule, threshold ? THRESHOLD : source, before);
  }

  /** A threshold rule stays one for whoever made it, as long as it waits for an expression. */
  private static boolean isThreshold(String source, Rule rule) {
    return source.equals(THRESHOLD)
        && rule.written().containsKey("condition")
        && !rule.written().containsKey("when");
  }

  private RuleView save(Rule rule, String source, @Nullable RuleView before) {
    rows.put(rule.id(), rule.enabled(), rule.written(), source, actor());
    RuleView after = rows.find(rule.id()).orElseThrow();
    audit.record(
        "rule.save",
        "rule:" + rule.id(),
        before == null ? null : before.definition(),
        after.definition());
    return after;
  }

  /** Takes a rule away; its open events stay as they are. */
  @Transactional
  public RuleView delete(String id, String source, @Nullable String match) {
    Optional<RuleView> before = rows.lock(id).filter(view -> isOf(view, source));
    require(match, id, before.orElse(null));
    RuleView gone = before.orElseThrow(() -> ProblemException.notFound("rule", id));
    rows.delete(id, actor());
    audit.record("rule.delete", "rule:" + id, gone.definition(), null);
    return gone;
  }

  /** Threshold rules are rules too, but not the other way round. */
  static boolean isOf(RuleView view, String source) {
    return source.equals(API) || view.source().equals(source);
  }

  private static void require(@Nullable String match, String id, @Nullable RuleView before) {
    if (!EntityTags.allow(match, before == null ? null : before.tag())) {
      throw ProblemException.changed(
          before == null
              ? "there is no rule \"" + id + "\" now"
              : "version "
                  + before.version()
                  + " was saved by "
                  + before.author()
                  + " at "
                  + before.updatedAt()
                  + "; get it again and compare");
    }
  }

  private static String actor() {
    HubPrincipal caller = CallerContext.current();
    return caller.role() + ":" + caller.subject();
  }
}
