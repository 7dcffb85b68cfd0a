package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.core.bacnet.PropertyResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Names of the objects of a device, which are read once, and what it says of their states
 * (Event_Message_Texts, clause 12 of each object; few devices have it). A device that does not
 * answer leaves an object with its identifier. Safe for many threads.
 */
final class BacnetAlarmTexts {
  private static final int MOST = 10_000;

  private final BacnetDevice device;
  private final Map<ObjectId, String> names = new ConcurrentHashMap<>();

  BacnetAlarmTexts(BacnetDevice device) {
    this.device = device;
  }

  /** The object's name. */
  CompletableFuture<BacnetAlarmText> name(ObjectId object) {
    String known = names.get(object);
    return known != null
        ? CompletableFuture.completedFuture(new BacnetAlarmText(known, null))
        : read(List.of(PropertyReference.of(object, BacnetProperty.OBJECT_NAME)))
            .thenApply(results -> text(object, results));
  }

  /** Names and texts of objects in their states. */
  CompletableFuture<Map<ObjectId, BacnetAlarmText>> all(Map<ObjectId, Integer> states) {
    List<PropertyReference> asked = new ArrayList<>();
    states.forEach(
        (object, state) -> {
          if (!names.containsKey(object)) {
            asked.add(PropertyReference.of(object, BacnetProperty.OBJECT_NAME));
          }
          asked.add(
              PropertyReference.element(
                  object, BacnetProperty.EVENT_MESSAGE_TEXTS, BacnetAlarm.transition(state) + 1));
        });
    return read(asked)
        .thenApply(
            results -> {
              Map<ObjectId, BacnetAlarmText> texts = new LinkedHashMap<>();
              states.keySet().forEach(object -> texts.put(object, text(object, results)));
              return texts;
            });
  }

  private CompletableFuture<Map<ObjectId, Map<Integer, String>>> read(
      List<PropertyReference> asked) {
    if (asked.isEmpty()) {
      return CompletableFuture.completedFuture(Map.of());
    }
    return device
        .read(asked)
        .handle(
            (results, silent) -> {
              Map<ObjectId, Map<Integer, String>> read = new HashMap<>();
              for (PropertyResult result : results == null ? List.<PropertyResult>of() : results) {
                if (result.value().orElse(null) instanceof BacnetValue.Text text
                    && !text.value().isBlank()) {
                  PropertyReference of = result.reference();
                  read.computeIfAbsent(of.object(), object -> new HashMap<>())
                      .put(of.property(), text.value());
                }
              }
              return read;
            });
  }

  private BacnetAlarmText text(ObjectId object, Map<ObjectId, Map<Integer, String>> read) {
    Map<Integer, String> texts = read.getOrDefault(object, Map.of());
    @Nullable String name = texts.get(BacnetProperty.OBJECT_NAME);
    if (name != null && names.size() < MOST) {
      names.put(object, name);
    }
    return new BacnetAlarmText(
        name != null ? name : names.getOrDefault(object, object.toString()),
        texts.get(BacnetProperty.EVENT_MESSAGE_TEXTS));
  }
}
