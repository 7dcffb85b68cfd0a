package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.devicetype.DeviceTypeRows.Stored;
import io.caravanhub.hub.mapping.FollowsMappings;
import io.caravanhub.hub.registry.Audit;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Notes what becomes of a type whose mapping is published or rolled back as {@code type/<name>}: a
 * version of the type like any other, in the audit and in force at once. Thread-safe.
 */
@Component
class TypeOfMapping implements FollowsMappings {
  private final DeviceTypeRows rows;
  private final DeviceTypes types;
  private final Audit audit;

  TypeOfMapping(DeviceTypeRows rows, DeviceTypes types, Audit audit) {
    this.rows = rows;
    this.types = types;
    this.audit = audit;
  }

  private Optional<Stored> type(String mapping) {
    return mapping.startsWith(Profile.MAPPING)
        ? rows.find(mapping.substring(Profile.MAPPING.length()))
        : Optional.empty();
  }

  @Override
  public Runnable before(String name) {
    Stored before = type(name).orElse(null);
    return () -> {
      Stored now = before == null ? null : type(name).orElse(null);
      if (before != null && now != null && now.version() != before.version()) {
        Map<String, @Nullable Object> view = DeviceTypeEdits.view(now);
        view.put("note", TypeHistory.note(now.type().name()));
        audit.record(
            "device-type.change",
            "device-type:" + now.type().name(),
            DeviceTypeEdits.view(before),
            view);
      }
    };
  }

  @Override
  public void committed(String tenant, String name) {
    if (name.startsWith(Profile.MAPPING)) {
      types.forget(tenant);
    }
  }
}
