package io.caravanhub.hub.devicetype;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.devicetype.ChunkSets.Content;
import io.caravanhub.hub.devicetype.ChunkSets.Held;
import io.caravanhub.hub.devicetype.ChunkSets.Key;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks after sets of chunks by the clock: one whose chunks do not come becomes a dead letter with
 * those that did; one that was complete when the hub ended is taken up; one that is done is
 * forgotten. Several hubs may look at once. Thread-safe.
 */
@Component("overdueChunks")
public class OverdueChunks {
  private static final Logger LOG = LoggerFactory.getLogger(OverdueChunks.class);
  private static final int AT_ONCE = 100;

  private final JdbcClient jdbc;
  private final ChunkSets sets;
  private final DeviceDirectory devices;
  private final DeviceTypes types;
  private final DeadLetters letters;
  private final ProducerTemplate template;
  private final TransactionTemplate transaction;

  /** Whether chunks could come since the last look. */
  private boolean wasHere;

  OverdueChunks(
      JdbcClient jdbc,
      ChunkSets sets,
      DeviceDirectory devices,
      DeviceTypes types,
      DeadLetters letters,
      ProducerTemplate template,
      PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.sets = sets;
    this.devices = devices;
    this.types = types;
    this.letters = letters;
    this.template = template;
    this.transaction = new TransactionTemplate(transactions);
  }

  private record Due(String tenant, Key key) {}

  /**
   * Looks at those sets whose time has come. Time in which no chunk could come, because the hub was
   * not running or the database away, is no waiting for chunks: the open ones then begin anew.
   */
  public synchronized void look() {
    try {
      if (!wasHere) {
        jdbc.sql("select wait_anew_for_chunks()").query(row -> {});
        wasHere = true;
      }
      List<Due> due =
          jdbc.sql("select tenant_id, device_id, correlation_id from due_chunk_sets(?)")
              .params(AT_ONCE)
              .query(
                  (row, n) ->
                      new Due(
                          row.getString(1),
                          new Key(row.getObject(2, UUID.class), row.getString(3))))
              .list();
      due.forEach(one -> TenantScope.run(one.tenant, () -> lookOrPutOff(one)));
    } catch (DataAccessException | CannotCreateTransactionException e) {
      // The database is away, of which others tell; what is due then is due later.
      wasHere = false;
      LOG.debug("Chunks are not looked at now", e);
    }
  }

  /** One that cannot be settled is put off, that it is not in the way of the others. */
  private void lookOrPutOff(Due due) {
    try {
      look(due);
    } catch (DataAccessResourceFailureException | CannotCreateTransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn(
          "The chunks of \"{}\" of device {} cannot be settled now",
          due.key.correlationId(),
          due.key.device(),
          e);
      transaction.executeWithoutResult(status -> sets.putOff(due.key));
    }
  }

  private void look(Due due) {
    Exchange again = transaction.execute(status -> settle(due));
    if (again != null) {
      template.send("direct:normalize.parts", again);
      if (again.getException() != null) {
        LOG.warn(
            "The chunks of \"{}\" are all there and not stored yet: {}",
            due.key.correlationId(),
            again.getException().getMessage());
      }
    }
  }

  /** Settles a set, or says what is to go through the pipeline again. */
  private @Nullable Exchange settle(Due due) {
    Optional<Held> found = sets.hold(due.key, true);
    if (found.isEmpty()) {
      return null;
    }
    Held held = found.get();
    if (held.state().equals("done")) {
      sets.delete(due.key);
      return null;
    }
    Device device = devices.find(due.tenant, due.key.device().toString()).orElse(null);
    Profile profile = device == null ? null : types.find(due.tenant, device.deviceType());
    Chunking how = profile == null ? null : profile.type().chunking();
    Content content = sets.content(due.key);
    if (device == null || profile == null || how == null) {
      letter(due, held, content, "device_type", "the device's type takes no chunks any more");
      return null;
    }
    if (held.state().equals("open") && content.sequences().size() < held.total()) {
      Chunk any = new Chunk(due.key.correlationId(), 0, held.total(), Map.of());
      letter(
          due,
          held,
          content,
          how.sequence(),
          Assembly.missing(how, any, content.sequences())
              + ", "
              + how.timeout().toSeconds()
              + " s after the last that came");
      return null;
    }
    sets.takeUp(due.key);
    Exchange exchange = new DefaultExchange(template.getCamelContext());
    held.headers().forEach(exchange.getMessage()::setHeader);
    exchange.getMessage().setHeader(Chunks.CHUNKS, "true");
    exchange.getMessage().setBody(content.chunks());
    exchange.setProperty(DeadLetters.PAYLOAD, content.chunks());
    exchange.setProperty(Chunks.SET, due.key);
    exchange.setProperty(Parted.PROPERTY, new Parted(device, profile));
    return exchange;
  }

  private void letter(Due due, Held held, Content content, String field, String reason) {
    Map<String, String> headers = new TreeMap<>(held.headers());
    headers.put(Chunks.CHUNKS, "true");
    letters.keep(
        due.tenant,
        due.key.device().toString(),
        headers.getOrDefault(TelemetryHeaders.SOURCE, "unknown"),
        field,
        reason,
        content.chunks(),
        headers);
    sets.delete(due.key);
  }
}
