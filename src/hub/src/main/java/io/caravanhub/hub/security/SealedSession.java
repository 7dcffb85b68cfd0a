package io.caravanhub.hub.security;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.session.Session;

/**
 * A session whose values are kept sealed, each for the session's id and its own name: moved to
 * another session, or to another name, it does not open. For one request, as the session below it.
 *
 * @param <S> how the rows are kept
 */
final class SealedSession<S extends Session> implements Session {
  private final S kept;
  private final SessionSeal seal;
  private final Map<String, Object> values = new HashMap<>();

  SealedSession(S kept, SessionSeal seal) {
    this.kept = kept;
    this.seal = seal;
  }

  S kept() {
    return kept;
  }

  /** Opens all values; false when one does not open, or not to what this version knows. */
  boolean open() {
    for (String name : kept.getAttributeNames()) {
      byte[] sealed = kept.getAttribute(name);
      byte[] bytes = sealed == null ? null : seal.open(place(name), sealed).orElse(null);
      if (bytes == null) {
        return false;
      }
      try {
        values.put(name, SessionValues.read(bytes));
      } catch (IOException | ClassNotFoundException e) {
        return false;
      }
    }
    return true;
  }

  private String place(String name) {
    return kept.getId() + " " + name;
  }

  @Override
  public String getId() {
    return kept.getId();
  }

  @Override
  public String changeSessionId() {
    String id = kept.changeSessionId();
    Map.copyOf(values).forEach(this::setAttribute);
    return id;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T> @Nullable T getAttribute(String name) {
    return (T) values.get(name);
  }

  @Override
  public Set<String> getAttributeNames() {
    return Set.copyOf(values.keySet());
  }

  @Override
  public void setAttribute(String name, @Nullable Object value) {
    if (value == null) {
      removeAttribute(name);
      return;
    }
    kept.setAttribute(name, seal.seal(place(name), SessionValues.write(value)));
    values.put(name, value);
  }

  @Override
  public void removeAttribute(String name) {
    kept.removeAttribute(name);
    values.remove(name);
  }

  @Override
  public Instant getCreationTime() {
    return kept.getCreationTime();
  }

  @Override
  public void setLastAccessedTime(Instant at) {
    kept.setLastAccessedTime(at);
  }

  @Override
  public Instant getLastAccessedTime() {
    return kept.getLastAccessedTime();
  }

  @Override
  public void setMaxInactiveInterval(Duration interval) {
    kept.setMaxInactiveInterval(interval);
  }

  @Override
  public Duration getMaxInactiveInterval() {
    return kept.getMaxInactiveInterval();
  }

  @Override
  public boolean isExpired() {
    return kept.isExpired();
  }
}
