package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.BundleProblem;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.EntityTags;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.gatewayconfig.ConfigurationRows.Draft;
import io.caravanhub.hub.gatewayconfig.ConfigurationRows.Version;
import io.caravanhub.hub.gatewayconfig.GatewayNames.Gateway;
import io.caravanhub.hub.registry.Audit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Drafts and versions of a gateway's configuration: one draft a gateway, shared by all who edit;
 * publishing makes it the next version. Route files are code that runs on the gateway, so that only
 * an admin publishes a version whose routes differ. Thread-safe.
 */
@Component
class ConfigurationEdits {
  private final GatewayNames gateways;
  private final ConfigurationRows rows;
  private final ConfigurationCheck check;
  private final ConfigurationHint hint;
  private final Audit audit;

  ConfigurationEdits(
      GatewayNames gateways,
      ConfigurationRows rows,
      ConfigurationCheck check,
      ConfigurationHint hint,
      Audit audit) {
    this.gateways = gateways;
    this.rows = rows;
    this.check = check;
    this.hint = hint;
    this.audit = audit;
  }

  /**
   * What is being edited.
   *
   * @param draft false when it is the version in force, that nobody has changed
   */
  record Edited(boolean draft, Bundle bundle, int basedOn, @Nullable Draft row, String tag) {}

  Edited edited(Gateway gateway) {
    Draft draft = rows.draft(gateway.id()).orElse(null);
    Version latest = rows.latest(gateway.id()).orElse(null);
    int version = latest == null ? 0 : latest.version();
    return draft == null
        ? new Edited(
            false,
            latest == null ? Bundle.EMPTY : latest.bundle(),
            version,
            null,
            "\"v" + version + '"')
        : new Edited(true, draft.bundle(), draft.basedOn(), draft, "\"d" + draft.revision() + '"');
  }

  /**
   * Keeps the files as the draft, whatever they hold: what is wrong is told by the check.
   *
   * @param basedOn version that the caller has compared them with; null for that of the draft
   */
  @Transactional
  public Edited save(
      String name, Bundle bundle, @Nullable Integer basedOn, @Nullable String match) {
    Gateway gateway = gateways.lock(name);
    Edited before = edited(gateway);
    require(match, before);
    refuse(bundle.shape());
    rows.keep(
        gateway.id(),
        CallerContext.current().tenant(),
        bundle,
        basedOn == null ? before.basedOn() : basedOn,
        GatewayNames.actor());
    return edited(gateway);
  }

  @Transactional
  public Edited discard(String name, @Nullable String match) {
    Gateway gateway = gateways.lock(name);
    Edited before = edited(gateway);
    require(match, before);
    rows.drop(gateway.id());
    return edited(gateway);
  }

  /** The draft as the next version. */
  @Transactional
  public Version publish(String name, String reason, @Nullable String match) {
    Gateway gateway = gateways.lock(name);
    Edited edited = edited(gateway);
    require(match, edited);
    if (!edited.draft()) {
      throw ProblemException.conflict("draft", "there is no draft: nothing has been changed");
    }
    Version latest = rows.latest(gateway.id()).orElse(null);
    int now = latest == null ? 0 : latest.version();
    if (edited.basedOn() != now) {
      throw ProblemException.conflict(
          "draft",
          "was begun from version %d, and version %d has been published since; compare, and save the draft with based_on"
              .formatted(edited.basedOn(), now));
    }
    refuse(check.problems(edited.bundle()));
    rows.drop(gateway.id());
    return release(gateway, edited.bundle(), latest, latest == null ? null : now, reason);
  }

  /** An old version once more, as the next one. What was being edited stays. */
  @Transactional
  public Version rollback(String name, int version, String reason) {
    Gateway gateway = gateways.lock(name);
    Version latest =
        rows.latest(gateway.id())
            .orElseThrow(() -> ProblemException.notFound("version", String.valueOf(version)));
    Version old =
        rows.version(gateway.id(), version)
            .orElseThrow(() -> ProblemException.notFound("version", String.valueOf(version)));
    refuse(check.problems(old.bundle()));
    return release(gateway, old.bundle(), latest, version, reason);
  }

  private Version release(
      Gateway gateway,
      Bundle bundle,
      @Nullable Version before,
      @Nullable Integer basedOn,
      String reason) {
    Bundle was = before == null ? Bundle.EMPTY : before.bundle();
    if (bundle.differs(was, "routes") && !CallerContext.current().is("admin")) {
      throw ProblemException.conflict(
          "files", "route files are code that runs on the gateway: an admin publishes them");
    }
    String tenant = CallerContext.current().tenant();
    int next = before == null ? 1 : before.version() + 1;
    rows.publish(gateway.id(), tenant, next, bundle, basedOn, GatewayNames.actor(), reason);
    Version published = rows.version(gateway.id(), next).orElseThrow();
    audit.record(
        "gateway.configuration.publish",
        "gateway:" + gateway.id(),
        Map.of("version", next - 1),
        Map.of("version", next, "sha256", published.sha256(), "reason", reason));
    hint.afterCommit(tenant, gateway.serial(), next);
    return published;
  }

  private static void refuse(List<BundleProblem> problems) {
    if (!problems.isEmpty()) {
      BundleProblem first = problems.get(0);
      String more =
          problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more; check tells all)";
      throw ProblemException.unusable(first.pointer(), first + more);
    }
  }

  private static void require(@Nullable String match, Edited before) {
    if (!EntityTags.allow(match, before.tag())) {
      Draft draft = before.row();
      throw ProblemException.changed(
          draft == null
              ? "version " + before.basedOn() + " is in force and there is no draft now"
              : "the draft was saved by "
                  + draft.author()
                  + " at "
                  + draft.updatedAt()
                  + "; get it again and compare");
    }
  }
}
