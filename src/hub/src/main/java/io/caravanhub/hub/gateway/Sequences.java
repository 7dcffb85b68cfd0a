package io.caravanhub.hub.gateway;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.registry.Gateway;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which records of a gateway's spool the hub has. The database is asked for each batch, so that
 * several hubs and a hub that was killed know the same; what is being stored in this moment is
 * known here. Thread-safe.
 */
@Component
class Sequences {
  private record Spool(UUID gateway, UUID epoch) {}

  /** Records on their way into the store. */
  record Flight(SequenceSet numbers, CompletableFuture<Void> done) {}

  /** What was received, and below which number everything was. */
  record Known(SequenceSet received, long floor) {
    boolean has(long number) {
      return number < floor || received.contains(number);
    }
  }

  private final JdbcClient jdbc;
  private final Map<Spool, List<Flight>> flights = new ConcurrentHashMap<>();

  Sequences(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Known known(Gateway gateway, UUID epoch) {
    return TenantScope.call(
        gateway.tenant(),
        () ->
            jdbc.sql(
                    "select received::text as received, floor from gateway_sequences where"
                        + " gateway_id = ? and epoch = ?")
                .params(gateway.id(), epoch)
                .query(
                    (row, n) ->
                        new Known(SequenceSet.of(row.getString("received")), row.getLong("floor")))
                .optional()
                .orElseGet(() -> new Known(new SequenceSet(), 0)));
  }

  /** What is under way of a spool. */
  List<Flight> flights(Gateway gateway, UUID epoch) {
    return flights.getOrDefault(new Spool(gateway.id(), epoch), List.of());
  }

  /**
   * A batch is on its way.
   *
   * @return to be completed when it has ended, well or not
   */
  CompletableFuture<Void> begin(GatewayBatch batch) {
    Spool spool = new Spool(batch.gateway.id(), batch.epoch);
    Flight flight = new Flight(batch.fresh, new CompletableFuture<>());
    flights.computeIfAbsent(spool, s -> new CopyOnWriteArrayList<>()).add(flight);
    var unused =
        flight.done.whenComplete(
            (done, failure) ->
                flights.computeIfPresent(
                    spool,
                    (s, list) -> {
                      list.remove(flight);
                      return list.isEmpty() ? null : list;
                    }));
    return flight.done;
  }

  /** Notes, in the transaction and tenant in force, what a batch brought. */
  void mark(UUID gateway, UUID epoch, SequenceSet numbers, long floor) {
    jdbc.sql(
            """
            insert into gateway_sequences as s (tenant_id, gateway_id, epoch, received, floor)
            values (hub_tenant(), :gateway, :epoch, :numbers::int8multirange * int8multirange(int8range(:floor, null)), :floor)
            on conflict (gateway_id, epoch) do update
               set received = (s.received + :numbers::int8multirange) * int8multirange(int8range(greatest(s.floor, :floor), null)),
                   floor = greatest(s.floor, :floor), updated_at = now()\
            """)
        .param("gateway", gateway)
        .param("epoch", epoch)
        .param("numbers", numbers.toString())
        .param("floor", floor)
        .update();
    jdbc.sql(
            "update gateways set last_seen_at = now() where id = ? and (last_seen_at is null or"
                + " last_seen_at < now() - interval '10 seconds')")
        .params(gateway)
        .update();
  }
}
