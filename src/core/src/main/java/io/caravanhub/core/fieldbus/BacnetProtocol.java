package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** BACnet/IP. */
final class BacnetProtocol implements FieldbusProtocol {
  @Override
  public String name() {
    return "bacnet";
  }

  @Override
  public Set<String> mapFields() {
    return Set.of();
  }

  @Override
  public Set<String> pointFields() {
    return Set.of("object", "property", "index", "cov", "covIncrement", "priority");
  }

  @Override
  public Set<String> options() {
    return BacnetOptions.NAMES;
  }

  @Override
  public void check(Map<String, String> options) {
    BacnetOptions.of(options);
  }

  @Override
  public PlaceReader places(JsonNode map) {
    return BacnetProtocol::place;
  }

  @Override
  public DeviceLinks links(PollTiming timing, ScheduledExecutorService clock) {
    return new BacnetLinks(timing);
  }

  private static PointPlace place(JsonNode point) {
    ObjectId object = named("object", MapFields.text(point, "object"), ObjectId::parse);
    int property =
        named("property", point.path("property").asText("present-value"), BacnetProperty::number);
    Float increment =
        point.has("covIncrement") ? (Float) (float) positive(point, "covIncrement") : null;
    boolean cov = MapFields.flag(point, "cov");
    if (increment != null && !cov) {
      throw new IllegalArgumentException("covIncrement: is of use with cov: true only");
    }
    Integer priority = integer(point, "priority", 1, 16);
    return new BacnetPlace(
        new PropertyReference(object, property, integer(point, "index", 0, Integer.MAX_VALUE)),
        cov,
        increment,
        priority);
  }

  private static double positive(JsonNode point, String field) {
    double number = MapFields.number(point, field, 0);
    if (!(number > 0)) {
      throw new IllegalArgumentException(field + ": expected more than 0, got " + number);
    }
    return number;
  }

  private static @Nullable Integer integer(JsonNode point, String field, int least, int most) {
    return point.has(field) ? (Integer) MapFields.whole(point, field, least, most) : null;
  }

  private static <T> T named(
      String field, String text, java.util.function.Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
    }
  }
}
