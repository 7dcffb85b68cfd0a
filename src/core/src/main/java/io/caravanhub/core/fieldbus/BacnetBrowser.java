package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetNames;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.EngineeringUnit;
import io.caravanhub.core.bacnet.IAm;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.core.bacnet.PropertyResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a BACnet device with their names, descriptions, units and present values; with the
 * address {@code *} the devices that answer a Who-Is. Each browse has a socket of its own. Safe for
 * many threads.
 */
public final class BacnetBrowser implements TagBrowser {
  /** The address that stands for whoever answers. */
  public static final String EVERYBODY = "*";

  private static final long LONGEST_SECONDS = 60;

  private final Duration timeout;

  /**
   * @param timeout longest wait for one answer
   */
  public BacnetBrowser(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public List<Tag> browse(FieldbusConnection connection, String path, int limit)
      throws IOException {
    boolean everybody = connection.address().equals(EVERYBODY);
    FieldbusConnection meant = everybody && !path.isEmpty() ? at(connection, path) : connection;
    if (!everybody && !path.isEmpty()) {
      throw new IllegalArgumentException("path: there is nothing below " + path);
    }
    try (BacnetClients clients = new BacnetClients(timeout);
        HostLookup hosts = new HostLookup()) {
      BacnetClient client = clients.get(everybody ? at(connection, "device:0") : meant);
      BacnetTargets targets = new BacnetTargets(client, hosts, timeout);
      return everybody && path.isEmpty()
          ? await(targets.everybody(connection)).stream()
              .limit(limit)
              .map(BacnetBrowser::device)
              .toList()
          : objects(await(targets.find(meant)), limit);
    }
  }

  private static FieldbusConnection at(FieldbusConnection connection, String address) {
    return new FieldbusConnection(
        connection.tenant(),
        connection.device(),
        connection.protocol(),
        address,
        connection.unitId(),
        connection.map(),
        connection.interval(),
        connection.options());
  }

  private static Tag device(IAm device) {
    String path = "device:" + device.instance();
    return new Tag(path, path, "at " + device.address(), "device", null, null, true);
  }

  private static List<Tag> objects(BacnetDevice device, int limit) throws IOException {
    List<ObjectId> objects = await(device.objects(limit));
    List<PropertyReference> references = new ArrayList<>();
    for (ObjectId object : objects) {
      references.add(PropertyReference.of(object, BacnetProperty.OBJECT_NAME));
      references.add(PropertyReference.of(object, BacnetProperty.DESCRIPTION));
      if (object.type() != ObjectId.DEVICE) {
        references.add(PropertyReference.of(object, BacnetProperty.UNITS));
        references.add(PropertyReference.of(object, BacnetProperty.PRESENT_VALUE));
      }
    }
    Map<PropertyReference, PropertyResult> results = new HashMap<>();
    await(device.read(references)).forEach(result -> results.put(result.reference(), result));
    return objects.stream().map(object -> tag(object, results)).toList();
  }

  private static Tag tag(ObjectId object, Map<PropertyReference, PropertyResult> results) {
    Function<Integer, @Nullable Object> of =
        property -> {
          PropertyResult result = results.get(PropertyReference.of(object, property));
          BacnetValue value = result == null ? null : result.value().orElse(null);
          return value == null ? null : BacnetReading.raw(value);
        };
    Object name = of.apply(BacnetProperty.OBJECT_NAME);
    Object unit = of.apply(BacnetProperty.UNITS);
    return new Tag(
        object.toString(),
        name == null ? object.toString() : name.toString(),
        text(of.apply(BacnetProperty.DESCRIPTION)),
        BacnetNames.objectType(object.type()),
        unit instanceof Long number ? EngineeringUnit.ucum(number).orElse(null) : null,
        text(of.apply(BacnetProperty.PRESENT_VALUE)),
        false);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null || value.toString().isEmpty() ? null : value.toString();
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("not done within " + LONGEST_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
