package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Lets messages go that were held for quiet hours, a digest or a limit: one by itself, several to
 * one reader as one digest. Thread-safe.
 */
@Component
class HeldMessages {
  private static final int MOST = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;
  private final MessageRows messages;
  private final Clock clock;

  private record Held(
      UUID id,
      UUID channel,
      @Nullable UUID recipient,
      String address,
      boolean urgent,
      String facts) {}

  private record Reader(UUID channel, @Nullable UUID recipient, String address) {}

  @Autowired
  HeldMessages(JdbcClient jdbc, MessageRows messages) {
    this(jdbc, messages, Clock.systemUTC());
  }

  HeldMessages(JdbcClient jdbc, MessageRows messages, Clock clock) {
    this.jdbc = jdbc;
    this.messages = messages;
    this.clock = clock;
  }

  /** Lets go what is due of the tenant in force, inside a transaction. */
  void letGo() {
    Map<Reader, List<Held>> readers =
        jdbc
            .sql(
                """
                select id, channel_id as channel, recipient_id as recipient, address, urgent, facts::text as facts
                  from messages where state = 'HELD' and next_attempt_at <= ? and channel_id is not null
                 order by created_at, id limit ? for update skip locked\
                """)
            .params(Timestamp.from(clock.instant()), MOST)
            .query(Held.class)
            .list()
            .stream()
            .collect(
                Collectors.groupingBy(
                    h -> new Reader(h.channel(), h.recipient(), h.address()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    readers.forEach(this::letGo);
  }

  private void letGo(Reader reader, List<Held> held) {
    if (held.size() == 1) {
      jdbc.sql(
              "update messages set state = 'PLANNED', next_attempt_at = now(), updated_at = now() where id = ?")
          .params(held.get(0).id())
          .update();
      return;
    }
    ObjectNode facts = JSON.createObjectNode().put("count", held.size());
    held.stream()
        .limit(MessageWriter.ITEMS)
        .forEach(h -> facts.withArray("items").add(EventFacts.read(h.facts())));
    facts.set("event", EventFacts.read(held.get(0).facts()).path("event"));
    UUID digest =
        messages
            .plan(
                new MessageRows.Draft(
                    "digest",
                    reader.channel(),
                    reader.recipient(),
                    null,
                    "digest",
                    "tell",
                    null,
                    0,
                    reader.address(),
                    held.stream().anyMatch(Held::urgent),
                    facts,
                    "digest:" + held.get(0).id(),
                    "PLANNED",
                    null,
                    clock.instant()))
            .orElse(null);
    jdbc.sql(
            """
            update messages set state = 'SUPPRESSED', digest_id = :digest, updated_at = now(),
                   reason = reason || '; told in a digest' where id in (:ids)\
            """)
        .param("digest", digest)
        .param("ids", held.stream().map(Held::id).toList())
        .update();
  }
}
