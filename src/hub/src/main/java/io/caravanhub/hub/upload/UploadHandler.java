package io.caravanhub.hub.upload;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.api.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;

/**
 * {@code POST /telemetry/upload}. Not a Camel route: platform-http reads the whole of a body before
 * its route begins.
 */
@Component
class UploadHandler implements HttpRequestHandler {
  private final CsvUpload upload;
  private final ObjectMapper json;

  UploadHandler(CsvUpload upload, ObjectMapper json) {
    this.upload = upload;
    this.json = json;
  }

  /**
   * Takes the file as the body. Answers the report as JSON, or with {@code Accept: text/csv} the
   * refused rows as CSV, with status 200 or that of the report's stop.
   */
  @Override
  public void handleRequest(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!"POST".equals(request.getMethod())) {
      response.setHeader("Allow", "POST");
      response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    UploadReport report;
    try (InputStream file = file(request)) {
      report =
          upload.read(
              file, CallerContext.current(), "true".equals(request.getParameter("dry_run")));
    } catch (ProblemException e) {
      Problems.write(response, e);
      return;
    }
    UploadReport.Stop stop = report.stopped();
    response.setStatus(stop == null ? 200 : stop.status());
    if (stop != null && stop.retryAfter() != null) {
      response.setHeader("Retry-After", stop.retryAfter().toString());
    }
    String accept = request.getHeader("Accept");
    if (accept != null && accept.contains("text/csv")) {
      response.setContentType("text/csv; charset=utf-8");
      response.getWriter().write(RefusedRows.csv(report));
    } else {
      response.setContentType("application/json");
      response.getOutputStream().write(json.writeValueAsBytes(report));
    }
  }

  private static InputStream file(HttpServletRequest request) throws IOException {
    String type = request.getContentType();
    if (type != null && (type.startsWith("multipart/") || type.contains("form-urlencoded"))) {
      throw ProblemException.badField(
          "Content-Type", "expected text/csv, the file itself as the body");
    }
    String encoding = request.getHeader("Content-Encoding");
    if (encoding == null || encoding.isBlank() || encoding.equals("identity")) {
      return request.getInputStream();
    }
    if (!encoding.equals("gzip")) {
      throw ProblemException.badField("Content-Encoding", "expected gzip or none");
    }
    try {
      return new GZIPInputStream(request.getInputStream());
    } catch (IOException e) {
      throw ProblemException.badField("body", "is not the gzip that its Content-Encoding says");
    }
  }
}
