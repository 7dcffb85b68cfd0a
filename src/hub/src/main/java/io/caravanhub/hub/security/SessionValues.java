package io.caravanhub.hub.security;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;

/** Values of sessions as bytes, in Java's own format and of the classes below alone. */
final class SessionValues {
  /** {@code Object} and {@code Map$Entry} are there for arrays of them, within collections. */
  private static final ObjectInputFilter CLASSES =
      ObjectInputFilter.Config.createFilter(
          String.join(
              ";",
              "maxdepth=12",
              "java.lang.Object",
              "java.lang.String",
              "java.lang.Boolean",
              "java.lang.Number",
              "java.lang.Integer",
              "java.lang.Long",
              "java.time.Instant",
              "java.time.Ser",
              "java.util.UUID",
              "java.util.ArrayList",
              "java.util.HashMap",
              "java.util.LinkedHashMap",
              "java.util.Map$Entry",
              "java.util.concurrent.CopyOnWriteArrayList",
              "org.springframework.security.web.csrf.DefaultCsrfToken",
              "org.springframework.util.LinkedMultiValueMap",
              "org.springframework.util.MultiValueMapAdapter",
              "org.springframework.web.servlet.FlashMap",
              "io.caravanhub.hub.connector.Consents$Begun",
              "io.caravanhub.hub.security.HubPrincipal",
              "!*"));

  private SessionValues() {}

  /**
   * The value as bytes.
   *
   * @throws IllegalArgumentException when it holds what could not be read again
   */
  static byte[] write(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(value);
      }
      read(bytes.toByteArray());
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalArgumentException("sessions hold no " + value.getClass().getName(), e);
    }
    return bytes.toByteArray();
  }

  /**
   * The value of bytes that this hub, or another with its key, has written.
   *
   * @throws IOException when they are of another version's classes
   */
  static Object read(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      in.setObjectInputFilter(CLASSES);
      return in.readObject();
    }
  }
}
