package io.caravanhub.core.bacnet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The contents of ReadProperty, ReadPropertyMultiple and WriteProperty (clauses 15.5 to 15.9). */
final class PropertyAccess {
  private PropertyAccess() {}

  /** Clause 15.5. */
  static byte[] read(PropertyReference reference) {
    return reference(new TagWriter(), reference).octets();
  }

  /** The values of a ReadProperty-ACK, which must be of what was asked for. */
  static List<BacnetValue> readAnswer(PropertyReference asked, byte[] content)
      throws BacnetException {
    TagReader in = new TagReader(content);
    ObjectId object = in.objectId(0);
    int property = (int) in.unsigned(1);
    Integer index = in.nextIs(2) ? (Integer) (int) in.unsigned(2) : null;
    in.open(3);
    List<BacnetValue> values = in.valuesUntilClosing(3);
    PropertyReference answered = new PropertyReference(object, property, index);
    // Any-instance is answered with the real one (clause 15.5.1.1.1).
    boolean same =
        answered.equals(asked)
            || (asked.object().instance() == ObjectId.ANY_INSTANCE
                && object.type() == asked.object().type()
                && property == asked.property());
    if (!same) {
      throw BacnetException.answer("asked for " + asked + ", the device sent " + answered);
    }
    return values;
  }

  /** Clause 15.7; references of one object that follow each other share a specification. */
  static byte[] readMultiple(List<PropertyReference> references) {
    TagWriter out = new TagWriter();
    ObjectId current = null;
    for (PropertyReference reference : references) {
      if (!reference.object().equals(current)) {
        if (current != null) {
          out.close(1);
        }
        current = reference.object();
        out.objectId(0, current).open(1);
      }
      out.unsigned(0, reference.property());
      if (reference.index() != null) {
        out.unsigned(1, reference.index());
      }
    }
    return out.close(1).octets();
  }

  /** The results of a ReadPropertyMultiple-ACK by what they are of. */
  static Map<PropertyReference, PropertyResult> readMultipleAnswer(byte[] content) {
    Map<PropertyReference, PropertyResult> results = new HashMap<>();
    TagReader in = new TagReader(content);
    while (!in.atEnd()) {
      ObjectId object = in.objectId(0);
      in.open(1);
      while (!in.nextCloses(1)) {
        PropertyResult result = result(object, in);
        results.put(result.reference(), result);
      }
      in.close(1);
    }
    return results;
  }

  /** Clause 15.9; the priority is 1 to 16, or null for the property's own default. */
  static byte[] write(PropertyReference reference, BacnetValue value, @Nullable Integer priority) {
    TagWriter out = reference(new TagWriter(), reference).open(3).application(value).close(3);
    if (priority != null) {
      out.unsigned(4, priority);
    }
    return out.octets();
  }

  /** Class and code of an Error (clause 20.1.7.4), whatever wraps them. */
  static BacnetException error(byte[] content) {
    TagReader in = new TagReader(content);
    boolean wrapped = in.nextOpens(0);
    if (wrapped) {
      in.open(0);
    }
    return BacnetException.error((int) in.enumerated(), (int) in.enumerated());
  }

  private static PropertyResult result(ObjectId object, TagReader in) {
    int property = (int) in.unsigned(2);
    Integer index = in.nextIs(3) ? (Integer) (int) in.unsigned(3) : null;
    PropertyReference reference = new PropertyReference(object, property, index);
    if (in.nextOpens(4)) {
      in.open(4);
      return PropertyResult.of(reference, in.valuesUntilClosing(4));
    }
    in.open(5);
    BacnetException error = BacnetException.error((int) in.enumerated(), (int) in.enumerated());
    in.close(5);
    return PropertyResult.failed(reference, error);
  }

  private static TagWriter reference(TagWriter out, PropertyReference reference) {
    out.objectId(0, reference.object()).unsigned(1, reference.property());
    if (reference.index() != null) {
      out.unsigned(2, reference.index());
    }
    return out;
  }
}
