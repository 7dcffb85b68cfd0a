package io.caravanhub.hub.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.deadletter.LetterFilter;
import io.caravanhub.hub.mapping.MappingStore;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls that begin replays and tell how far they are. Thread-safe. */
@Component("replayCalls")
public class ReplayCalls {
  private final ReplayJobs jobs;
  private final ReplayRunner runner;
  private final DeviceDirectory devices;
  private final Audit audit;
  private final MappingStore versions;
  private final ObjectMapper json;

  ReplayCalls(
      ReplayJobs jobs,
      ReplayRunner runner,
      DeviceDirectory devices,
      Audit audit,
      MappingStore versions,
      ObjectMapper json) {
    this.jobs = jobs;
    this.runner = runner;
    this.devices = devices;
    this.audit = audit;
    this.versions = versions;
    this.json = json;
  }

  /** {@code POST /dead-letters/replay {filter}}: 202 with the replay, which goes on by itself. */
  public void letters(Exchange exchange) {
    Fields fields = Fields.of(exchange.getMessage().getBody(byte[].class));
    fields.only(LetterFilter.NAMES);
    answer(exchange, letters(LetterFilter.of(fields)));
  }

  /** Begins a replay of the kept letters that the filter names. */
  public ReplayJob letters(LetterFilter filter) {
    return begin("dead_letters", filter.withStatus("kept"));
  }

  /**
   * {@code POST /telemetry/replay {from, to?, device?, mapping?, version?, dry_run?}}: 202 with the
   * replay. A version that is not in force can only be looked at.
   */
  public void raw(Exchange exchange) {
    Fields fields = Fields.of(exchange.getMessage().getBody(byte[].class));
    fields.only(List.of("from", "to", "device", "mapping", "version", "dry_run"));
    Instant from = fields.optionalInstant("from");
    if (from == null) {
      throw ProblemException.badField("from", "absent: expected ISO 8601");
    }
    Instant to = fields.optionalInstant("to");
    Instant until = to == null ? Instant.now() : to;
    if (!from.isBefore(until)) {
      throw ProblemException.badField("from", "lies after to");
    }
    String device = fields.optionalText("device");
    String named = fields.optionalText("mapping");
    String mapping = named == null ? null : named.replace(':', '/');
    boolean dry = Boolean.TRUE.equals(fields.optionalFlag("dry_run"));
    String version = version(fields, mapping, dry);
    answer(
        exchange,
        begin(
            "raw",
            new RawFilter(
                from.toString(),
                until.toString(),
                device == null ? null : id(device),
                mapping,
                version,
                dry ? true : null)));
  }

  /** The version as it is asked for, once it is sure that it can be looked at. */
  private @Nullable String version(Fields fields, @Nullable String mapping, boolean dry) {
    String version = fields.optionalText("version");
    if (version == null) {
      return null;
    }
    if (mapping == null || !dry) {
      throw ProblemException.badField(
          "version", "goes with mapping and dry_run only; publish a version to map the past by it");
    }
    MappingSource source =
        versions
            .source(mapping, version)
            .orElseThrow(
                () -> ProblemException.notFound("version " + version + " of mapping", mapping));
    try {
      Mapping.compile(source);
      return version;
    } catch (MappingException e) {
      throw ProblemException.unusable("version", String.valueOf(e.getMessage()));
    }
  }

  private String id(String device) {
    return devices
        .find(CallerContext.current().tenant(), device)
        .map(Device::id)
        .orElseThrow(() -> ProblemException.badField("device", "no device \"" + device + "\""))
        .toString();
  }

  /** {@code GET /replays}, newest first. */
  public Page<Map<String, Object>> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    Page<ReplayJob> page =
        Page.of(
            jobs.page(Page.position(cursor), size + 1),
            size,
            job -> job.createdAt() + " " + job.id());
    return new Page<>(page.items().stream().map(this::view).toList(), page.cursor());
  }

  /** The newest replays. */
  public List<ReplayJob> newest(int count) {
    return jobs.page(null, count);
  }

  /** {@code GET /replays/{r}}. */
  public Map<String, Object> get(@Header("replayId") String id) {
    return view(require(id));
  }

  /** {@code POST /replays/{r}/cancel}: what was done stays done. */
  public Map<String, Object> cancel(@Header("replayId") String id) {
    ReplayJob job = require(id);
    if (!jobs.end(id, "cancelled", null)) {
      throw ProblemException.conflict("state", "the replay is " + job.state() + " already");
    }
    audit.record("replay.cancel", "replay:" + id, null, null);
    return get(id);
  }

  private ReplayJob begin(String kind, Object filter) {
    HubPrincipal caller = CallerContext.current();
    String id = jobs.create(kind, write(filter), caller.role() + ":" + caller.subject());
    audit.record("replay.begin", "replay:" + id, null, filter);
    runner.ring();
    return require(id);
  }

  private void answer(Exchange exchange, ReplayJob job) {
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
    exchange.getMessage().setBody(view(job));
  }

  private ReplayJob require(String id) {
    return jobs.find(id).orElseThrow(() -> ProblemException.notFound("replay", id));
  }

  private Map<String, Object> view(ReplayJob job) {
    try {
      Map<String, Object> view = new java.util.LinkedHashMap<>();
      view.put("id", job.id());
      view.put("kind", job.kind());
      view.put("filter", json.readValue(job.filter(), Map.class));
      view.put("state", job.state());
      view.put("total", job.total());
      view.put("done", job.done());
      view.put("failed", job.failed());
      view.put("changed", job.changed());
      view.put("removed", job.removed());
      view.put("samples", json.readValue(job.samples(), List.class));
      view.put("last_error", job.lastError());
      view.put("actor", job.actor());
      view.put("created_at", job.createdAt().toString());
      view.put("finished_at", job.finishedAt() == null ? null : job.finishedAt().toString());
      return view;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private String write(Object filter) {
    try {
      return json.writeValueAsString(filter);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
