package io.caravanhub.hub.store;

import io.caravanhub.hub.lease.Lease;
import io.caravanhub.hub.lease.LeaseLostException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the clocks in routes/store call. A round that fails is counted, said once in the log and
 * tried again at the next call. Thread-safe.
 */
public class StoreUpkeep {
  private static final Logger LOG = LoggerFactory.getLogger(StoreUpkeep.class);

  private final DataSource owner;
  private final Lease lease;
  private final Rollups rollups;
  private final Retention retention;
  private final Chunks chunks;
  private final MeterRegistry meters;
  private volatile Instant rolledTo = Instant.now();
  private volatile double days;

  StoreUpkeep(
      DataSource owner,
      Lease lease,
      Rollups rollups,
      Retention retention,
      Chunks chunks,
      MeterRegistry meters) {
    this.owner = owner;
    this.lease = lease;
    this.rollups = rollups;
    this.retention = retention;
    this.chunks = chunks;
    this.meters = meters;
    // Known before the first failure, so that an alert sees it.
    for (String work : List.of("rollups", "retention")) {
      meters.counter("hub.store.upkeep.failures", "work", work);
    }
    Gauge.builder("hub.store.rollups.behind", this, StoreUpkeep::behind)
        .baseUnit("seconds")
        .description("Age of the newest minute in the rollups")
        .register(meters);
    Gauge.builder("hub.store.days", this, u -> u.days)
        .description("Days that telemetry is held in")
        .register(meters);
  }

  private double behind() {
    return Duration.between(rolledTo, Instant.now()).toSeconds();
  }

  /** Brings the rollups up to date. */
  public void roll() {
    attempt(
        "rollups",
        connection -> {
          rollups.roll(connection, Instant.now());
          rolledTo =
              new Sql(connection).one("select rolled_to from telemetry_rolled", Sql::instant);
        });
  }

  /**
   * Makes days ahead, compresses old ones, drops those over the limits, while this hub has the
   * lease.
   */
  public void keep() {
    long epoch = lease.epoch();
    if (epoch == 0) {
      return;
    }
    attempt(
        "retention",
        connection -> {
          chunks.look(connection, Instant.now());
          retention.keep(connection, Instant.now(), dropping -> lease.check(dropping, epoch));
          days =
              new Sql(connection)
                  .one("select count(*) from telemetry_days()", row -> row.getDouble(1));
        });
  }

  private void attempt(String what, Upkeep work) {
    try {
      meters.timer("hub.store.upkeep", "work", what).record(() -> once(what, work));
    } catch (UpkeepFailure e) {
      meters.counter("hub.store.upkeep.failures", "work", what).increment();
      LOG.warn("The store's {} did not get through: {}", what, e.getMessage());
    } catch (LeaseLostException e) {
      LOG.warn("The store's {} is left where it is: {}", what, e.getMessage());
    }
  }

  private void once(String what, Upkeep work) {
    try {
      Upkeep.once(owner, "telemetry_" + what, work);
    } catch (SQLException e) {
      throw new UpkeepFailure(e);
    }
  }

  private static final class UpkeepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UpkeepFailure(SQLException cause) {
      super(cause.getMessage(), cause);
    }
  }
}
