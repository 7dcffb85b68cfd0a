package io.caravanhub.hub.devicetype;

import io.caravanhub.core.field.FieldPath;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.metric.LimitFields;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.telemetry.Limits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A device type ready for messages: everything compiled. Immutable and safe for any number of
 * threads.
 *
 * @param version of the type, as the API counts it; 0 for a draft
 * @param schema what messages must look like, or null
 * @param own the mapping that the type brings along, or null
 * @param split the expression that splits a message, or null
 * @param id where the parts' ids are; null when messages are not split
 * @param limits what is expected of metrics in place of what the tenant expects
 */
public record Profile(
    DeviceType type,
    int version,
    @Nullable MessageSchema schema,
    @Nullable Mapping own,
    @Nullable Mapping split,
    @Nullable FieldPath id,
    Map<String, Limits> limits) {

  /** What names of mappings begin with that types bring along. */
  static final String MAPPING = "type/";

  /**
   * Compiles a type.
   *
   * @throws ProblemException 400 that names the field which cannot be used
   */
  static Profile compile(DeviceType type, int version) {
    Demultiplexing parts = type.demultiplexing();
    return new Profile(
        type,
        version,
        type.schema() == null ? null : MessageSchema.compile(type.schema()),
        type.hasOwnMapping() ? own(type, version) : null,
        parts == null || parts.split() == null ? null : split(type, version, parts.split()),
        parts == null ? null : path("demultiplexing.id", parts.id()),
        limits(type));
  }

  private static Mapping own(DeviceType type, int version) {
    try {
      return Mapping.compile(
          new MappingSource(
              MAPPING + type.name(),
              Integer.toString(version),
              type.jsonata() == null ? "" : type.jsonata(),
              type.fields()));
    } catch (MappingException e) {
      throw ProblemException.badField(
          e.field() == null ? "mapping.jsonata" : "mapping.fields", placed(e));
    }
  }

  private static Mapping split(DeviceType type, int version, String expression) {
    try {
      return Mapping.compile(
          new MappingSource(
              "type:" + type.name() + "#split", Integer.toString(version), expression));
    } catch (MappingException e) {
      throw ProblemException.badField("demultiplexing.split", placed(e));
    }
  }

  private static String placed(MappingException e) {
    return e.line() == 0
        ? e.reason()
        : "line "
            + e.line()
            + (e.column() == 0 ? "" : ", column " + e.column())
            + ": "
            + e.reason();
  }

  static FieldPath path(String field, String text) {
    try {
      return FieldPath.parse(text);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badField(field, String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, Limits> limits(DeviceType type) {
    Map<String, Limits> limits = new LinkedHashMap<>();
    type.limits()
        .forEach(
            (metric, fields) -> {
              try {
                limits.put(metric, LimitFields.read(Fields.of(fields)));
              } catch (ProblemException e) {
                throw ProblemException.badField(
                    "limits." + metric + "." + e.field(), String.valueOf(e.getMessage()));
              }
            });
    return Map.copyOf(limits);
  }

  /** A device of this type that is not there, as one that is registered now would be. */
  Device trialDevice(String tenant, String serial) {
    String manufacturer = type.defaults().getOrDefault("manufacturer", "");
    String model = type.defaults().getOrDefault("model", "");
    return new Device(
        new UUID(0, 0),
        0,
        tenant,
        serial,
        type.name(),
        manufacturer,
        model,
        null,
        Device.modelMapping(manufacturer, model),
        null,
        null,
        "active",
        null);
  }

  /** Name of the type. */
  public String name() {
    return type.name();
  }

  /** Name of the mapping that devices of this type are given by it, or null. */
  public @Nullable String mapping() {
    return own != null ? MAPPING + type.name() : type.mapping();
  }

  /** Whether messages are split among virtual devices. */
  public boolean isParted() {
    return type.mode().isParted();
  }

  /** Whether the type says anything of what its devices send that is canonical already. */
  public boolean isLimited() {
    return !limits.isEmpty();
  }
}
