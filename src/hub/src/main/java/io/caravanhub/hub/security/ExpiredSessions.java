package io.caravanhub.hub.security;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Deletes sessions that are over, which nobody can use any more; every hub does, without harm. */
@Component
class ExpiredSessions {
  private static final Logger LOG = LoggerFactory.getLogger(ExpiredSessions.class);

  private final JdbcIndexedSessionRepository rows;

  ExpiredSessions(JdbcIndexedSessionRepository rows) {
    this.rows = rows;
  }

  @Scheduled(initialDelay = 60_000, fixedDelay = 60_000)
  void delete() {
    try {
      rows.cleanUpExpiredSessions();
    } catch (DataAccessException | TransactionException e) {
      LOG.debug("Sessions that are over are deleted in a minute: {}", e.toString());
    }
  }
}
