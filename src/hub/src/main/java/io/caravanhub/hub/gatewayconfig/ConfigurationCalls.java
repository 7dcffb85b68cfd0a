package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.BundleProblem;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.EntityTags;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.gatewayconfig.ConfigurationEdits.Edited;
import io.caravanhub.hub.gatewayconfig.ConfigurationRows.Draft;
import io.caravanhub.hub.gatewayconfig.ConfigurationRows.Version;
import io.caravanhub.hub.gatewayconfig.GatewayNames.Gateway;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls of a gateway's configuration. Thread-safe. */
@Component("gatewayConfiguration")
public class ConfigurationCalls {
  private final GatewayNames gateways;
  private final ConfigurationRows rows;
  private final ConfigurationEdits edits;
  private final ConfigurationCheck check;
  private final GatewayReports reports;
  private final ConfigurationWarnings warnings;

  ConfigurationCalls(
      GatewayNames gateways,
      ConfigurationRows rows,
      ConfigurationEdits edits,
      ConfigurationCheck check,
      GatewayReports reports,
      ConfigurationWarnings warnings) {
    this.gateways = gateways;
    this.rows = rows;
    this.edits = edits;
    this.check = check;
    this.reports = reports;
    this.warnings = warnings;
  }

  /**
   * {@code GET /gateways/{g}/configuration}: what the gateway is to run; version 0 without files
   * when nothing has been published. 304 when its entity tag is the one the gateway has.
   */
  public @Nullable Map<String, Object> get(Exchange exchange, @Header("gatewayId") String name) {
    Version latest = rows.latest(gateways.require(name).id()).orElse(null);
    int version = latest == null ? 0 : latest.version();
    String tag = '"' + String.valueOf(version) + '"';
    exchange.setProperty(Answers.TAG, tag);
    String seen = exchange.getMessage().getHeader("If-None-Match", String.class);
    if (seen != null && EntityTags.allow(seen, tag)) {
      exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 304);
      return null;
    }
    Bundle bundle = latest == null ? Bundle.EMPTY : latest.bundle();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("version", version);
    answer.put("sha256", bundle.sha256());
    answer.put("files", bundle.files());
    return answer;
  }

  /** {@code POST /gateways/{g}/configuration/report {version, state, error?}}. */
  public Map<String, Object> report(
      @Header("gatewayId") String name, @Body byte @Nullable [] body) {
    return reports.add(name, "configuration", body);
  }

  /** {@code GET /gateways/{g}/configuration/state}: what is wanted beside what is reported. */
  public Map<String, Object> state(@Header("gatewayId") String name) {
    Gateway gateway = gateways.require(name);
    Version desired = rows.latest(gateway.id()).orElse(null);
    GatewayReports.Report reported = reports.last(gateway.id(), "configuration").orElse(null);
    GatewayReports.Report software = reports.last(gateway.id(), "software").orElse(null);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("gateway", gateway.serial());
    answer.put("desired", desired == null ? null : line(desired));
    answer.put("reported", reported);
    answer.put(
        "drift",
        desired != null
            && !(reported != null
                && reported.version().equals(String.valueOf(desired.version()))
                && reported.state().equals("healthy")));
    answer.put("draft", rows.draft(gateway.id()).isPresent());
    Map<String, @Nullable Object> programs = new LinkedHashMap<>();
    programs.put("desired", gateway.desiredSoftware());
    programs.put("reported", software);
    programs.put(
        "drift",
        gateway.desiredSoftware() != null
            && !(software != null
                && software.version().equals(gateway.desiredSoftware())
                && software.state().equals("healthy")));
    answer.put("software", programs);
    return answer;
  }

  /** {@code GET /gateways/{g}/configuration/draft}: the draft, or the version in force. */
  public Map<String, Object> draft(Exchange exchange, @Header("gatewayId") String name) {
    return edited(exchange, edits.edited(gateways.require(name)));
  }

  /** {@code PUT /gateways/{g}/configuration/draft {files, based_on?}}: all files there are. */
  public Map<String, Object> save(
      Exchange exchange, @Header("gatewayId") String name, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("files", "based_on"));
    return edited(
        exchange,
        edits.save(
            name,
            files(fields),
            fields.optionalCount("based_on", 0, Integer.MAX_VALUE),
            match(exchange)));
  }

  /** {@code DELETE /gateways/{g}/configuration/draft}. */
  public Map<String, Object> discard(Exchange exchange, @Header("gatewayId") String name) {
    return edited(exchange, edits.discard(name, match(exchange)));
  }

  /**
   * {@code POST /gateways/{g}/configuration/check {files?}}: these, or the draft; warnings refuse
   * nothing.
   */
  public Map<String, Object> check(@Header("gatewayId") String name, @Body byte @Nullable [] body) {
    Gateway gateway = gateways.require(name);
    Fields fields = Fields.of(body);
    Bundle bundle = fields.has("files") ? files(fields) : edits.edited(gateway).bundle();
    List<BundleProblem> problems = check.problems(bundle);
    return Map.of(
        "ok",
        problems.isEmpty(),
        "files",
        bundle.files().size(),
        "problems",
        items(problems),
        "warnings",
        items(warnings.of(gateway, bundle)));
  }

  private static List<Map<String, @Nullable Object>> items(List<BundleProblem> problems) {
    List<Map<String, @Nullable Object>> items = new ArrayList<>();
    for (BundleProblem problem : problems) {
      Map<String, @Nullable Object> item = new LinkedHashMap<>();
      item.put("file", problem.file());
      item.put("pointer", problem.pointer());
      item.put("field", problem.field());
      item.put("line", problem.line() == 0 ? null : problem.line());
      item.put("detail", problem.detail());
      items.add(item);
    }
    return items;
  }

  /** {@code POST /gateways/{g}/configuration/publish {reason}}. */
  public Map<String, Object> publish(
      Exchange exchange, @Header("gatewayId") String name, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("reason"));
    return line(edits.publish(name, fields.text("reason"), match(exchange)));
  }

  /** {@code POST /gateways/{g}/configuration/rollback {version, reason}}. */
  public Map<String, Object> rollback(
      @Header("gatewayId") String name, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("version", "reason"));
    Integer version = fields.optionalCount("version", 1, Integer.MAX_VALUE);
    if (version == null) {
      throw ProblemException.badField("version", "absent: expected the version to bring back");
    }
    return line(edits.rollback(name, version, fields.text("reason")));
  }

  /** {@code GET /gateways/{g}/configuration/versions}, newest first. */
  public Page<ConfigurationRows.Line> versions(
      @Header("gatewayId") String name,
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor) {
    int size = Page.limit(limit);
    String position = Page.position(cursor);
    int before = position == null ? Integer.MAX_VALUE : number(position, "cursor");
    List<ConfigurationRows.Line> found = rows.list(gateways.require(name).id(), before, size + 1);
    return Page.of(found, size, line -> String.valueOf(line.version()));
  }

  /** {@code GET /gateways/{g}/configuration/versions/{version}}, with its files. */
  public Map<String, Object> version(
      @Header("gatewayId") String name, @Header("version") String version) {
    Version found = version(gateways.require(name), version);
    Map<String, Object> answer = line(found);
    answer.put("files", found.bundle().files());
    return answer;
  }

  /**
   * {@code GET /gateways/{g}/configuration/diff?from=&to=}: files that differ, with both texts;
   * {@code to} is a version or {@code draft}, which it is when absent; {@code from} is the version
   * in force when absent.
   */
  public Map<String, Object> diff(
      @Header("gatewayId") String name,
      @Header("from") @Nullable String from,
      @Header("to") @Nullable String to) {
    Gateway gateway = gateways.require(name);
    Bundle before =
        from == null || from.isBlank()
            ? rows.latest(gateway.id()).map(Version::bundle).orElse(Bundle.EMPTY)
            : from.equals("0") ? Bundle.EMPTY : version(gateway, from).bundle();
    Bundle after =
        to == null || to.isBlank() || to.equals("draft")
            ? edits.edited(gateway).bundle()
            : version(gateway, to).bundle();
    TreeSet<String> paths = new TreeSet<>(before.files().keySet());
    paths.addAll(after.files().keySet());
    List<Map<String, @Nullable Object>> files = new ArrayList<>();
    for (String path : paths) {
      String old = before.files().get(path);
      String fresh = after.files().get(path);
      if (!Objects.equals(old, fresh)) {
        Map<String, @Nullable Object> file = new LinkedHashMap<>();
        file.put("file", path);
        file.put("change", old == null ? "added" : fresh == null ? "removed" : "changed");
        file.put("before", old);
        file.put("after", fresh);
        files.add(file);
      }
    }
    return Map.of("files", files);
  }

  private Version version(Gateway gateway, String version) {
    return rows.version(gateway.id(), number(version, "version"))
        .orElseThrow(() -> ProblemException.notFound("version", version));
  }

  private static int number(String text, String field) {
    if (!text.matches("\\d{1,9}")) {
      throw ProblemException.badField(field, "expected the number of a version");
    }
    return Integer.parseInt(text);
  }

  private static Bundle files(Fields fields) {
    Fields within = fields.within("files");
    Map<String, String> files = new TreeMap<>();
    for (String path : within.names()) {
      String text = within.whole(path);
      if (text == null) {
        throw ProblemException.badField("files", path + ": expected the file's text");
      }
      files.put(path, text);
    }
    return Bundle.of(files);
  }

  private static Map<String, Object> edited(Exchange exchange, Edited edited) {
    exchange.setProperty(Answers.TAG, edited.tag());
    Draft draft = edited.row();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("draft", edited.draft());
    answer.put("based_on", edited.basedOn());
    if (draft != null) {
      answer.put("author", draft.author());
      answer.put("updated_at", draft.updatedAt().toString());
    }
    answer.put("files", edited.bundle().files());
    return answer;
  }

  private static Map<String, Object> line(Version version) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("version", version.version());
    line.put("sha256", version.sha256());
    if (version.basedOn() != null) {
      line.put("based_on", version.basedOn());
    }
    line.put("author", version.author());
    line.put("reason", version.reason());
    line.put("published_at", version.publishedAt().toString());
    return line;
  }

  private static @Nullable String match(Exchange exchange) {
    return exchange.getMessage().getHeader("If-Match", String.class);
  }
}
