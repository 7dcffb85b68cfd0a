package io.caravanhub.edge.uplink;

import java.util.LinkedHashMap;
import java.util.Map;

/** The uplink's fields of the health message. */
record UplinkPart(Uplink uplink, SentCounts counts) implements HealthPart {
  @Override
  public String name() {
    return "";
  }

  @Override
  public Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("uplink", uplink.way());
    report.put("sent", counts.report());
    return report;
  }
}
