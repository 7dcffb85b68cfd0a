package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import io.caravanhub.hub.mapping.TenantMappings;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.security.HubPrincipal;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Changes of device types by the caller of this thread. Each is one transaction with its row in the
 * audit, says which version it was made for, and is in force here when it returns. Thread-safe.
 */
@Component
public class DeviceTypeEdits {
  private static final int NOTE_MAX = 500;

  private final DeviceTypeRows rows;
  private final DeviceTypes types;
  private final TypeHistory history;
  private final TenantMappings mappings;
  private final Audit audit;
  private final TransactionTemplate transaction;

  DeviceTypeEdits(
      DeviceTypeRows rows,
      DeviceTypes types,
      TypeHistory history,
      TenantMappings mappings,
      Audit audit,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.types = types;
    this.history = history;
    this.mappings = mappings;
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
  }

  /** Enters a type; 409 when there is one of that name. */
  public Stored create(DeviceType type, @Nullable String note) {
    return change(
        type,
        note,
        before -> {
          if (before != null) {
            throw ProblemException.conflict(
                "name", "a device type \"" + type.name() + "\" is there already");
          }
        });
  }

  /**
   * Changes a type.
   *
   * @param match the entity tag of the version it was made for, or {@code *}; null only where there
   *     is no type of that name yet
   * @param note why, or null
   */
  public Stored save(DeviceType type, @Nullable String match, @Nullable String note) {
    return change(
        type,
        note,
        before -> {
          if (before != null) {
            match(before, match);
          } else if (match != null) {
            throw ProblemException.changed(
                "device type \"" + type.name() + "\" is not there any more");
          }
        });
  }

  /** What the type was in an earlier version takes effect as a new one. */
  public Stored rollback(String name, int number, @Nullable String match, @Nullable String note) {
    TypeVersion wanted = history.require(name, number);
    return change(
        wanted.type(),
        note == null || note.isBlank() ? "back to version " + number : note,
        before -> {
          if (before == null) {
            throw ProblemException.notFound("device type", name);
          }
          if (before.version() == number) {
            throw ProblemException.conflict("version", "version " + number + " is in force");
          }
          match(before, match);
        });
  }

  /** Takes a type away: its devices go on as devices of no described type. */
  public Stored delete(String name, @Nullable String match) {
    Stored before =
        Objects.requireNonNull(
            transaction.execute(
                status -> {
                  Stored held =
                      rows.hold(name)
                          .orElseThrow(() -> ProblemException.notFound("device type", name));
                  match(held, match);
                  rows.delete(name);
                  audit.record("device-type.delete", "device-type:" + name, view(held), null);
                  return held;
                }));
    types.forget(CallerContext.current().tenant());
    return before;
  }

  /** Refuses with an exception when the change must not be made to what is there. */
  private interface Guard {
    void look(@Nullable Stored before);
  }

  private Stored change(DeviceType type, @Nullable String note, Guard guard) {
    check(type);
    HubPrincipal caller = CallerContext.current();
    UnaryOperator<Map<String, @Nullable Object>> noted =
        view -> {
          if (note != null && !note.isBlank()) {
            view.put("note", note.strip().substring(0, Math.min(NOTE_MAX, note.strip().length())));
          }
          return view;
        };
    Stored after =
        Objects.requireNonNull(
            transaction.execute(
                status -> {
                  Stored before = rows.hold(type.name()).orElse(null);
                  guard.look(before);
                  rows.write(type, caller.role() + ":" + caller.subject());
                  Stored now = rows.find(type.name()).orElseThrow();
                  audit.record(
                      before == null ? "device-type.create" : "device-type.change",
                      "device-type:" + type.name(),
                      before == null ? null : view(before),
                      noted.apply(view(now)));
                  return now;
                }));
    mappings.publishedHere(caller.tenant(), Profile.MAPPING + type.name());
    types.forget(caller.tenant());
    return after;
  }

  /** What would fail for every message is refused here. */
  private void check(DeviceType type) {
    Profile.compile(type, 0);
    if (type.mapping() != null
        && mappings.find(CallerContext.current().tenant(), type.mapping()).isEmpty()) {
      throw ProblemException.badField("mapping", "no mapping \"" + type.mapping() + "\"");
    }
  }

  private static void match(Stored stored, @Nullable String match) {
    if (match == null) {
      throw ProblemException.versionWanted(
          "device type \""
              + stored.type().name()
              + "\" is at version "
              + stored.version()
              + "; send the ETag that you changed as If-Match");
    }
    if (!match.equals("*") && !match.contains(stored.tag())) {
      throw ProblemException.changed(
          "device type \""
              + stored.type().name()
              + "\" is at version "
              + stored.version()
              + ", changed by "
              + stored.author()
              + " at "
              + stored.updatedAt()
              + "; read it again");
    }
  }

  /** A type as the API shows it. */
  static Map<String, @Nullable Object> view(Stored stored) {
    Map<String, @Nullable Object> view = DeviceTypeFields.view(stored.type());
    view.put("version", stored.version());
    view.put("author", stored.author());
    view.put("updated_at", stored.updatedAt());
    return view;
  }
}
