package io.caravanhub.hub.console;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The inbox of events of the tenant in force: newest first, one line a problem or one an event. */
@Component
class EventInbox {
  /** Its problem's; what another event stands for is with that one. */
  private static final String KEY =
      """
      coalesce(case when e.parent_id is not null
                    then (select coalesce(up.problem_id, up.id) from events up where up.id = e.parent_id) end,
               e.problem_id, e.id)::text\
      """;

  private static final String HITS =
      """
       from events e
       join devices d on d.id = e.device_id
       left join assets s on s.tenant_id = e.tenant_id and s.id = e.asset_id
       where %s
        and (:severity = '' or e.severity = :severity)
        and (:type = '' or e.event_type = :type)
        and (:family = '' or e.family = :family)
        and (:asset = '' or d.serial ilike :asset or s.name ilike :asset or e.asset_id ilike :asset)
        and (:q = '' or e.message ilike :q or e.rule_id ilike :q)
      """;
  // "offset 0" is a fence: only the rows of the page are put together, whatever is thought of the
  // tables' sizes when thousands of events have just come.
  private static final String PROBLEMS =
      """
      with hit as (select e.id, e.opened_at, e.resolved_at, %s as key, (e.parent_id is null)::int as own, %s as rank %s),
      problem as (
        select key, count(*) as n, max(opened_at) as newest, min(opened_at) as since, bool_or(resolved_at is null) as active,
               (array_agg(id order by own desc, rank desc, opened_at desc, id))[1] as lead,
               (array_agg(id order by opened_at desc, id))[1 : %d] as ids
          from hit group by key
        having cast(:ts as timestamptz) is null or (max(opened_at), key) < (:ts, :key)
         order by max(opened_at) desc, key desc limit :limit)
      select p.key, p.n, p.newest, p.since, p.active, p.ids, shown.*
        from problem p cross join lateral (select e.shelved_until, %s %s where e.id = p.lead offset 0) shown
       order by p.newest desc, p.key desc
      """;
  private static final String EVENTS =
      """
      with hit as (
        select e.id, e.opened_at %s
           and (cast(:ts as timestamptz) is null or (e.opened_at, e.id::text) < (:ts, :key))
         order by e.opened_at desc, e.id::text desc limit :limit)
      select hit.id::text as key, 1 as n, hit.opened_at as newest, hit.opened_at as since, array[hit.id] as ids, shown.*
        from hit cross join lateral (
          select e.resolved_at is null as active, e.shelved_until, %s %s where e.id = hit.id offset 0) shown
       order by hit.opened_at desc, hit.id::text desc
      """;

  static final int MEMBERS = 100;

  private final JdbcClient jdbc;

  EventInbox(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A page; a cursor that none has given is taken for none. */
  InboxPage page(InboxFilter filter, int limit) {
    String hits = HITS.formatted(filter.stateSql());
    String sql =
        filter.byProblem()
            ? PROBLEMS.formatted(
                KEY,
                Severity.RANK_SQL.formatted("e.severity"),
                hits,
                InboxRow.MOST,
                EventList.COLUMNS,
                EventList.FROM)
            : EVENTS.formatted(hits, EventList.COLUMNS, EventList.FROM);
    Position after = Position.of(filter.cursor());
    List<InboxRow> rows =
        narrowed(sql, filter)
            .param("ts", after == null ? null : Timestamp.from(after.at()))
            .param("key", after == null ? "" : after.key())
            .param("limit", limit + 1)
            .query(EventInbox::row)
            .list();
    Page<InboxRow> page = Page.of(rows, limit, r -> r.newest() + " " + r.key());
    return new InboxPage(page.items(), page.cursor());
  }

  /** The events of one problem that the filter shows, newest first, as many as {@link #MEMBERS}. */
  List<EventLine> members(InboxFilter filter, String key) {
    return narrowed(
            "with hit as (select e.id, e.opened_at "
                + HITS.formatted(filter.stateSql())
                + " and "
                + KEY
                + " = :key order by e.opened_at desc limit "
                + MEMBERS
                + ") select shown.* from hit cross join lateral (select "
                + EventList.COLUMNS
                + EventList.FROM
                + " where e.id = hit.id offset 0) shown order by shown.opened_at desc",
            filter)
        .param("key", key)
        .query(EventList::line)
        .list();
  }

  /** How many there are of each state that is not closed. */
  Map<String, Integer> counts() {
    return jdbc.sql(
            """
            select count(*) filter (where status <> 'shelved') as attention,
                   count(*) filter (where status = 'open') as open,
                   count(*) filter (where status = 'acknowledged') as acknowledged,
                   count(*) filter (where status = 'linked_to_work_order') as linked,
                   count(*) filter (where status = 'shelved') as shelved
              from events where status in ('open', 'acknowledged', 'linked_to_work_order', 'shelved')
            """)
        .query(
            (row, n) -> {
              Map<String, Integer> counts = new LinkedHashMap<>();
              for (String show :
                  List.of("attention", "open", "acknowledged", "linked", "shelved")) {
                counts.put(show, row.getInt(show));
              }
              return counts;
            })
        .single();
  }

  /** The families of the newest events, for the filter. */
  List<String> families() {
    return jdbc.sql(
            """
            select distinct family from (select family from events order by opened_at desc limit 2000) e
             order by 1 limit 60
            """)
        .query(String.class)
        .list();
  }

  private JdbcClient.StatementSpec narrowed(String sql, InboxFilter filter) {
    return jdbc.sql(sql)
        .param("severity", filter.severity())
        .param("type", filter.type())
        .param("family", filter.family())
        .param("asset", like(filter.asset()))
        .param("q", like(filter.q()));
  }

  private static String like(String part) {
    return part.isEmpty()
        ? ""
        : "%" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
  }

  private static InboxRow row(ResultSet row, int n) throws SQLException {
    Array ids = row.getArray("ids");
    return new InboxRow(
        row.getString("key"),
        EventList.line(row, n),
        Arrays.stream((Object[]) ids.getArray()).map(Object::toString).toList(),
        row.getInt("n"),
        EventList.moment(row, "since"),
        EventList.moment(row, "newest"),
        row.getBoolean("active"),
        row.getObject("shelved_until") == null ? null : EventList.moment(row, "shelved_until"));
  }

  /** Where a page ends. */
  private record Position(Instant at, String key) {
    static @Nullable Position of(@Nullable String cursor) {
      try {
        String[] parts = String.valueOf(Page.position(cursor)).split(" ", 2);
        return parts.length < 2 ? null : new Position(Instant.parse(parts[0]), parts[1]);
      } catch (ProblemException | DateTimeException e) {
        return null;
      }
    }
  }
}
