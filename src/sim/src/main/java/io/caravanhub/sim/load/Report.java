package io.caravanhub.sim.load;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a load came to. Counts are in messages, duplicates in rows, latency in milliseconds from
 * when a message was due to its acknowledgement, which the embedded broker and HTTP give after the
 * commit; CPU is in seconds while messages were sent, memory in MB.
 */
record Report(
    String way,
    int devices,
    @JsonProperty("rate_asked") int rate,
    double seconds,
    int metrics,
    long offered,
    @JsonProperty("held_back") long heldBack,
    long acknowledged,
    @JsonProperty("acknowledged_per_second") double perSecond,
    @JsonProperty("rows_per_second") double rowsPerSecond,
    long stored,
    long lost,
    long duplicates,
    @JsonProperty("stored_under_another_time") long astray,
    @JsonProperty("stored_unacknowledged") long unacknowledged,
    long pending,
    long refused,
    @JsonProperty("sent_again") long sentAgain,
    long reconnects,
    @JsonProperty("bad_offered") long badOffered,
    @JsonProperty("bad_settled") long badSettled,
    @JsonProperty("p50_ms") double p50,
    @JsonProperty("p95_ms") double p95,
    @JsonProperty("p99_ms") double p99,
    @JsonProperty("slowest_ms") double slowest,
    Cost hub,
    Cost database,
    Cost broker,
    @JsonProperty("generator_cpu_s") double generatorCpu) {

  /** CPU seconds of a process while messages were sent, and its memory before and after. */
  record Cost(
      @JsonProperty("cpu_s") double cpu,
      @JsonProperty("rss_before_mb") double before,
      @JsonProperty("rss_after_mb") double after) {
    /** Of a process that ended, or was started anew, nothing is known. */
    static Cost between(double cpuBefore, double cpuAfter, double before, double after) {
      return cpuAfter < cpuBefore
          ? new Cost(0, 0, 0)
          : new Cost(cpuAfter - cpuBefore, before, after);
    }

    String line(String name, String unmeasured, long messages) {
      return cpu == 0 && after == 0
          ? String.format(Locale.ROOT, "  %-10s not measured: %s%n", name, unmeasured)
          : String.format(
              Locale.ROOT,
              "  %-10s %8.1f s CPU  %6.1f us a message   memory %5.0f -> %5.0f MB%n",
              name,
              cpu,
              messages == 0 ? 0 : cpu * 1e6 / messages,
              before,
              after);
    }
  }

  /**
   * Nothing acknowledged is missing, nothing is there twice, and every bad message was answered.
   */
  boolean isClean() {
    return lost == 0 && duplicates == 0 && acknowledged > 0;
  }

  String text() {
    return String.format(
            Locale.ROOT,
            """
              offered      %,12d   of %,d due; %s, %,d devices, %d metrics a message, %.0f s
              acknowledged %,12d   %,.0f messages/s, %,.0f rows/s
              stored       %,12d   %,d of them never acknowledged
              lost         %,12d
              duplicates   %,12d   rows, %,d of them stored under another time
              pending      %,12d   refused %,d
              sent again   %,12d   reconnects %,d
              bad          %,12d   answered for %,d
              latency      p50 %.1f ms   p95 %.1f ms   p99 %.1f ms   slowest %.0f ms
            """,
            offered,
            offered + heldBack,
            way,
            devices,
            metrics,
            seconds,
            acknowledged,
            perSecond,
            rowsPerSecond,
            stored,
            unacknowledged,
            lost,
            duplicates,
            astray,
            pending,
            refused,
            sentAgain,
            reconnects,
            badOffered,
            badSettled,
            p50,
            p95,
            p99,
            slowest)
        + hub.line("hub", "it was started anew meanwhile", acknowledged)
        + database.line("database", "it is elsewhere, --database-pid tells it", acknowledged)
        + broker.line(
            "broker", "it is part of the hub, or elsewhere: --broker-pid tells it", acknowledged)
        + String.format(Locale.ROOT, "  %-10s %8.1f s CPU%n", "generator", generatorCpu)
        + (heldBack == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "  rate         not reached: %,d messages that were due were never offered, too many were unanswered%n",
                heldBack));
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
  }
}
