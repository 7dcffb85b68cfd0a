package io.caravanhub.hub.connector;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Forgets proofs of webhooks and limits of clouds that are over. Thread-safe. */
@Component("frameUpkeep")
public class FrameUpkeep {
  private final JdbcClient jdbc;

  FrameUpkeep(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Forgets what is over, of all tenants. */
  public void forget() {
    jdbc.sql("select forget_webhook_proofs()").query(Long.class).single();
  }
}
