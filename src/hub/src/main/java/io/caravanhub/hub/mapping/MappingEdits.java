package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The calls that change mappings. Each is one transaction under the mapping's lock, with its row in
 * the audit; what it put in force is in force here when it answers, and elsewhere a moment later.
 * With {@code If-Match} a change is made only to what its sender saw. Thread-safe.
 */
@Component("mappingEdits")
public class MappingEdits {
  private static final int USERS_SHOWN = 10;

  private final MappingRows rows;
  private final TenantMappings mappings;
  private final FolderMappingCatalog files;
  private final Audit audit;
  private final FollowsMappings followers;
  private final TransactionTemplate transaction;

  MappingEdits(
      MappingRows rows,
      TenantMappings mappings,
      FolderMappingCatalog files,
      Audit audit,
      FollowsMappings followers,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.mappings = mappings;
    this.files = files;
    this.audit = audit;
    this.followers = followers;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** A change asked for: of which mapping, by whom, on the ground of what. */
  private record Asked(String name, @Nullable String ifMatch, JsonNode body) {
    static Asked of(Exchange exchange, List<String> fields) {
      return new Asked(
          MappingNames.read(exchange.getMessage().getHeader("mappingName", String.class)),
          exchange.getMessage().getHeader("If-Match", String.class),
          JsonRequest.read(exchange.getMessage().getBody(byte[].class), fields));
    }

    @Nullable String note() {
      return JsonRequest.text(body, "note");
    }
  }

  private static String caller() {
    HubPrincipal caller = CallerContext.current();
    return caller.role() + ":" + caller.subject();
  }

  /**
   * {@code PUT /mappings/{name}/draft {jsonata?, fields?, note?}}. One that does not compile is
   * kept, too, and shown with its problem. Without {@code If-Match} only one's own draft is saved
   * over.
   */
  public void saveDraft(Exchange exchange) {
    Asked asked = Asked.of(exchange, List.of("jsonata", "fields", "note"));
    MappingTexts texts = MappingTexts.of(asked.body);
    String note = asked.note();
    change(
        exchange,
        asked,
        before -> {
          MappingVersion draft = before.draft();
          boolean seen = before.require(asked.ifMatch);
          if (!seen && draft != null && !draft.author().equals(caller())) {
            throw ProblemException.changed(
                before.lastChange() + "; send its ETag as If-Match to save over it");
          }
          // Saving again without a look at what is in force now does not say that it was seen.
          Integer basedOn =
              !seen && draft != null
                  ? draft.basedOn()
                  : before.published() == null ? null : (Integer) before.version();
          rows.saveDraft(
              asked.name,
              texts.jsonata(),
              texts.fields(),
              caller(),
              note != null ? note : draft == null ? "" : draft.note(),
              basedOn);
          audit.record(
              "mapping.draft",
              "mapping:" + asked.name,
              MappingViews.audited(draft),
              MappingViews.audited(rows.draft(asked.name).orElse(null)));
        });
  }

  /** {@code DELETE /mappings/{name}/draft}. */
  public void deleteDraft(Exchange exchange) {
    Asked asked = Asked.of(exchange, List.of());
    change(
        exchange,
        asked,
        before -> {
          before.require(asked.ifMatch);
          if (!rows.deleteDraft(asked.name)) {
            throw ProblemException.notFound("draft of mapping", asked.name);
          }
          audit.record(
              "mapping.draft.delete",
              "mapping:" + asked.name,
              MappingViews.audited(before.draft()),
              null);
        });
    exchange.getMessage().setBody(null);
  }

  /**
   * {@code DELETE /mappings/{name}}: one that an admin made, with its draft, if nothing uses it.
   * Its versions are kept for the rows that they made; a mapping of this name made later goes on
   * counting.
   */
  public void delete(Exchange exchange) {
    Asked asked = Asked.of(exchange, List.of());
    change(
        exchange,
        asked,
        before -> {
          if (before.isNothing()) {
            throw ProblemException.notFound("mapping", asked.name);
          }
          before.require(asked.ifMatch);
          if (files.names().contains(asked.name)) {
            throw ProblemException.conflict(
                "name",
                "it comes with a file, which is its mapping for every tenant: remove the file from"
                    + " the folder of mappings"
                    + (before.published() != null && before.published().followsFile()
                        ? ""
                        : ", or roll back to the file's version")
                    + (before.draft() == null ? "" : "; its draft can be deleted alone"));
          }
          List<String> users = rows.users(asked.name, USERS_SHOWN + 1);
          if (!users.isEmpty()) {
            throw ProblemException.conflict(
                "name",
                "it is used by "
                    + String.join(", ", users.subList(0, Math.min(USERS_SHOWN, users.size())))
                    + (users.size() > USERS_SHOWN ? " and more" : "")
                    + "; give these another mapping first");
          }
          rows.deleteDraft(asked.name);
          rows.retire(asked.name);
          audit.record(
              "mapping.delete",
              "mapping:" + asked.name,
              MappingViews.audited(
                  before.published() == null ? before.draft() : before.published()),
              null);
        });
    exchange.getMessage().setBody(null);
  }

  /** {@code POST /mappings/{name}/publish {note?}}: the draft takes effect, if it compiles. */
  public void publish(Exchange exchange) {
    Asked asked = Asked.of(exchange, List.of("note"));
    String note = asked.note();
    change(
        exchange,
        asked,
        before -> {
          boolean seen = before.require(asked.ifMatch);
          MappingVersion draft = before.draft();
          if (draft == null) {
            throw ProblemException.conflict("draft", "there is no draft to publish");
          }
          int basedOn = draft.basedOn() == null ? 0 : draft.basedOn();
          if (!seen && basedOn != before.version()) {
            throw ProblemException.conflict(
                "draft",
                "it was written over version "
                    + basedOn
                    + ", and "
                    + new MappingState(before.published(), null).lastChange()
                    + "; look at the difference, then send the ETag as If-Match");
          }
          require(draft.source());
          audit(
              "mapping.publish",
              before,
              rows.publishDraft(asked.name, caller(), note == null ? draft.note() : note));
        });
  }

  /**
   * {@code POST /mappings/{name}/rollback {version, note?}}: the content of an older version takes
   * effect as a new one. When that is what the file holds, the hub follows the file again.
   */
  public void rollback(Exchange exchange) {
    Asked asked = Asked.of(exchange, List.of("version", "note"));
    String note = asked.note();
    JsonNode number = asked.body.path("version");
    if (!number.canConvertToInt() || !number.isIntegralNumber() || number.asInt() < 1) {
      throw ProblemException.badField("version", "expected the number of an earlier version");
    }
    change(
        exchange,
        asked,
        before -> {
          before.require(asked.ifMatch);
          int version = number.asInt();
          MappingVersion wanted =
              rows.version(asked.name, version)
                  .orElseThrow(
                      () ->
                          ProblemException.notFound(
                              "version " + version + " of mapping", asked.name));
          if (version == before.version()) {
            throw ProblemException.conflict("version", "version " + version + " is in force");
          }
          require(wanted.source());
          MappingSource file = files.find(asked.name).orElse(null);
          boolean follows = wanted.followsFile() && file != null && wanted.holds(file);
          audit(
              "mapping.rollback",
              before,
              rows.publish(
                  wanted.source(),
                  follows ? MappingVersion.FILE : "admin",
                  wanted.author(),
                  caller(),
                  note == null ? "back to version " + version : note,
                  version));
        });
  }

  private void audit(String verb, MappingState before, MappingVersion after) {
    audit.record(
        verb,
        "mapping:" + after.name(),
        MappingViews.audited(before.published()),
        MappingViews.audited(after));
  }

  /** What does not compile never takes effect. */
  private static void require(MappingSource source) {
    MappingTexts.Problem problem = MappingTexts.problem(source);
    if (problem != null) {
      throw ProblemException.unusable(problem.field(), problem.placed());
    }
  }

  /** Makes a change and answers with what there is then. */
  private void change(Exchange exchange, Asked asked, Consumer<MappingState> work) {
    String tenant = CallerContext.current().tenant();
    // A file that nobody has used yet is a version from now on.
    mappings.version(tenant, asked.name);
    MappingState after =
        transaction.execute(
            status -> {
              rows.lock(asked.name);
              MappingState before = state(asked.name);
              Runnable along = followers.before(asked.name);
              work.accept(before);
              along.run();
              return state(asked.name);
            });
    mappings.publishedHere(tenant, asked.name);
    followers.committed(tenant, asked.name);
    MappingState now = Objects.requireNonNull(after);
    Map<String, Object> view = MappingViews.whole(asked.name, now);
    exchange.setProperty(Answers.TAG, now.tag());
    exchange.getMessage().setBody(view);
  }

  private MappingState state(String name) {
    return new MappingState(rows.published(name).orElse(null), rows.draft(name).orElse(null));
  }
}
