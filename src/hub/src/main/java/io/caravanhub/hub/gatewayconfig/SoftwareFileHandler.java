package io.caravanhub.hub.gatewayconfig;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.api.Problems;
import io.caravanhub.hub.registry.Audit;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;

/**
 * {@code PUT|GET /gateway-software/{version}/file}. Not a Camel route: platform-http holds a whole
 * body in memory. A download that broke off goes on where it ended ({@code Range: bytes=N-}, RFC
 * 9110, section 14).
 */
@Component
class SoftwareFileHandler implements HttpRequestHandler {
  private static final Pattern PATH = Pattern.compile(".*/gateway-software/([^/]+)/file");
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,15})-");

  private final SoftwareCalls software;
  private final SoftwareShelf shelf;
  private final JdbcClient jdbc;
  private final Audit audit;
  private final ObjectMapper json;

  SoftwareFileHandler(
      SoftwareCalls software,
      SoftwareShelf shelf,
      JdbcClient jdbc,
      Audit audit,
      ObjectMapper json) {
    this.software = software;
    this.shelf = shelf;
    this.jdbc = jdbc;
    this.audit = audit;
    this.json = json;
  }

  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      Matcher path = PATH.matcher(request.getRequestURI());
      SoftwareCalls.Release release = software.require(path.matches() ? path.group(1) : "");
      switch (request.getMethod()) {
        case "PUT" -> put(request, response, release);
        case "GET" -> get(request, response, release);
        default -> {
          response.setHeader("Allow", "GET, PUT");
          response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
      }
    } catch (ProblemException e) {
      Problems.write(response, e);
    }
  }

  private void put(
      HttpServletRequest request, HttpServletResponse response, SoftwareCalls.Release release)
      throws IOException {
    String tenant = CallerContext.current().tenant();
    long size = shelf.keep(tenant, release.version(), release.sha256(), request.getInputStream());
    jdbc.sql("update gateway_software set size = ? where version = ?")
        .params(size, release.version())
        .update();
    Map<String, Object> after = Map.of("version", release.version(), "size", size);
    audit.record("gateway-software.file", "gateway-software:" + release.version(), null, after);
    response.setContentType("application/json");
    response.getOutputStream().write(json.writeValueAsBytes(after));
  }

  /** A gateway gets the release that it is to run and no other. */
  private void get(
      HttpServletRequest request, HttpServletResponse response, SoftwareCalls.Release release)
      throws IOException {
    if (CallerContext.current().is("gateway") && !isWanted(release)) {
      throw ProblemException.notFound("release", release.version());
    }
    Path file = shelf.file(CallerContext.current().tenant(), release.version());
    if (!Files.isRegularFile(file)) {
      throw ProblemException.notFound("file of release", release.version());
    }
    long size = Files.size(file);
    String asked = request.getHeader("Range");
    Matcher range = RANGE.matcher(asked == null ? "" : asked);
    long from = range.matches() ? Long.parseLong(range.group(1)) : 0;
    if (from > 0 && from >= size) {
      response.setHeader("Content-Range", "bytes */" + size);
      response.setStatus(HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
      return;
    }
    if (range.matches()) {
      response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
      response.setHeader("Content-Range", "bytes %d-%d/%d".formatted(from, size - 1, size));
    }
    response.setContentType("application/gzip");
    response.setContentLengthLong(size - from);
    try (InputStream content = Files.newInputStream(file)) {
      content.skipNBytes(from);
      content.transferTo(response.getOutputStream());
    }
  }

  private boolean isWanted(SoftwareCalls.Release release) {
    return jdbc.sql("select count(*) from gateways where id::text = ? and desired_software = ?")
            .params(CallerContext.current().subject(), release.version())
            .query(Integer.class)
            .single()
        == 1;
  }
}
