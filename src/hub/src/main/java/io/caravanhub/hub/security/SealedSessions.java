package io.caravanhub.hub.security;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;

/**
 * Sessions of the console, the same at every hub with the same key. One that does not open is none,
 * and its person signs in again; it stays where it is, for a hub of another version may know it.
 * Thread-safe.
 *
 * @param <S> how the rows are kept
 */
final class SealedSessions<S extends Session> implements SessionRepository<SealedSession<S>> {
  private static final Logger LOG = LoggerFactory.getLogger(SealedSessions.class);

  private final SessionRepository<S> kept;
  private final SessionSeal seal;
  private final AtomicBoolean told = new AtomicBoolean();

  SealedSessions(SessionRepository<S> kept, SessionSeal seal) {
    this.kept = kept;
    this.seal = seal;
  }

  @Override
  public SealedSession<S> createSession() {
    return new SealedSession<>(kept.createSession(), seal);
  }

  @Override
  public void save(SealedSession<S> session) {
    kept.save(session.kept());
  }

  @Override
  public @Nullable SealedSession<S> findById(String id) {
    S found = kept.findById(id);
    if (found == null) {
      return null;
    }
    SealedSession<S> session = new SealedSession<>(found, seal);
    if (session.open()) {
      return session;
    }
    if (told.compareAndSet(false, true)) {
      LOG.info(
          "A session of the console does not open and is none: it is of another HUB_SECRET_KEY or"
              + " version, or was changed in the database. Whoever it was signs in again; later ones"
              + " are not told");
    }
    return null;
  }

  @Override
  public void deleteById(String id) {
    kept.deleteById(id);
  }
}
