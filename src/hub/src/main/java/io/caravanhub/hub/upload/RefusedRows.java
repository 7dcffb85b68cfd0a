package io.caravanhub.hub.upload;

import java.io.IOException;
import java.io.StringWriter;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** The refused rows of a report as CSV, to be mended beside the file. */
final class RefusedRows {
  private RefusedRows() {}

  static String csv(UploadReport report) throws IOException {
    StringWriter text = new StringWriter();
    try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.DEFAULT)) {
      printer.printRecord("line", "field", "reason");
      for (UploadReport.Problem problem : report.problems()) {
        printer.printRecord(problem.line(), problem.field(), problem.reason());
      }
      if (report.problemsLeftOut() > 0) {
        printer.printRecord("", "", report.problemsLeftOut() + " more rows were refused");
      }
      if (report.stopped() != null) {
        printer.printRecord(report.stopped().line(), "", report.stopped().reason());
      }
    }
    return text.toString();
  }
}
