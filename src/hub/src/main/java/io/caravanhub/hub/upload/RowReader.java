package io.caravanhub.hub.upload;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.core.unit.Units;
import io.caravanhub.hub.limit.ReadingLimits;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Speakers;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.telemetry.CanonicalReader;
import io.caravanhub.hub.telemetry.Metric;
import io.caravanhub.hub.telemetry.MetricCatalog;
import io.caravanhub.hub.upload.Columns.Cell;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** One row of a file as telemetry, by the very rules of the other ways in. Thread-safe. */
@Component
class RowReader {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,4})?");

  private final DeviceDirectory devices;
  private final MetricCatalog metrics;
  private final CanonicalReader reader;

  RowReader(DeviceDirectory devices, MetricCatalog metrics, CanonicalReader reader) {
    this.devices = devices;
    this.metrics = metrics;
    this.reader = reader;
  }

  /**
   * Reads a row.
   *
   * @param decimalComma whether numbers are written 21,5
   * @param tally where a dry run notes metrics it would add; null to add them
   * @return null when a dry run found nothing to object but knows none of the row's metrics
   * @throws UnusableMessageException naming the column
   */
  @Nullable Telemetry read(
      CSVRecord row,
      Columns columns,
      boolean decimalComma,
      HubPrincipal caller,
      @Nullable Tally tally) {
    Device device = device(columns.text(row, columns.device()), columns, caller);
    Object timestamp = number(columns.require(row, columns.timestamp(), "timestamp"), false);
    List<Cell> cells = columns.cells(row);
    if (cells.size() > ReadingLimits.REQUEST_MAX) {
      throw new UnusableMessageException(
          cells.get(ReadingLimits.REQUEST_MAX).column(),
          "expected at most "
              + ReadingLimits.REQUEST_MAX
              + " values in a row, got "
              + cells.size()
              + "; put the columns from this one on into a file of their own");
    }
    List<Cell> kept = new ArrayList<>(cells.size());
    List<Object> items = new ArrayList<>(cells.size());
    for (Cell cell : cells) {
      Metric known = metrics.find(caller.tenant(), cell.metric()).orElse(null);
      Object value =
          known != null && known.textual() ? cell.text() : number(cell.text(), decimalComma);
      if (known == null && tally != null) {
        requireUnit(cell);
        tally.newMetric(cell.metric());
      } else {
        kept.add(cell);
        items.add(Columns.measurement(cell, value));
      }
    }
    if (items.isEmpty()) {
      return null;
    }
    try {
      return reader.read(
          Map.of("timestamp", timestamp, "measurements", items),
          device.tenant(),
          device.id().toString(),
          "csv",
          Instant.now());
    } catch (UnusableMessageException e) {
      throw new UnusableMessageException(columns.column(e.field(), kept), e.reason());
    }
  }

  private static void requireUnit(Cell cell) {
    if (cell.unit() != null && !Units.isKnown(cell.unit())) {
      throw new UnusableMessageException(
          cell.column(),
          "unknown unit \"" + cell.unit() + "\"; expected a UCUM code such as Cel, kPa or A");
    }
  }

  private Device device(@Nullable String named, Columns columns, HubPrincipal caller) {
    if (named == null && !(columns.device() < 0 && caller.role().equals("device"))) {
      throw new UnusableMessageException(
          "device_id", "absent: expected the device's id or serial in this column");
    }
    String name = named == null ? caller.subject() : named;
    Device device =
        devices
            .find(caller.tenant(), name)
            .orElseThrow(
                () -> new UnusableMessageException("device_id", "unknown device \"" + name + "\""));
    if (!Speakers.may(caller, device)) {
      throw new UnusableMessageException(
          "device_id", "this token may not speak for device \"" + name + "\"");
    }
    if (!device.isActive()) {
      throw new UnusableMessageException(
          "device_id", "device \"" + name + "\" is " + device.status());
    }
    return device;
  }

  /** A number or a truth where the text is one, else the text. */
  private static Object number(String text, boolean decimalComma) {
    String plain = decimalComma ? text.replace(',', '.') : text;
    if (NUMBER.matcher(plain).matches()) {
      return Double.valueOf(plain);
    }
    return text.equals("true") ? Boolean.TRUE : text.equals("false") ? Boolean.FALSE : text;
  }
}
