package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpcUaChangesTest {
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private final List<String> handedOn = new ArrayList<>();
  private boolean full;
  private final ReadingSink sink =
      new ReadingSink() {
        @Override
        public void changed(List<Reading> readings) {
          changed(Instant.EPOCH, readings);
        }

        @Override
        public void changed(Instant at, List<Reading> readings) {
          handedOn.add(at.getEpochSecond() - AT.getEpochSecond() + shown(readings));
        }

        @Override
        public boolean full() {
          return full;
        }

        @Override
        public void lost(Throwable why) {}
      };

  private static String shown(List<Reading> readings) {
    return readings.stream()
        .map(reading -> " " + reading.point().metric() + reading.value())
        .reduce("", String::concat);
  }

  private static OpcUaChanges.Change change(int second, String metric, double value) {
    DevicePoint point =
        new DevicePoint(metric, null, 1, 0, Map.of(), new OpcUaPlace("i=1", -1, 0, true, 0, false));
    return new OpcUaChanges.Change(AT.plusSeconds(second), Reading.of(point, value));
  }

  @Test
  void changesOfOneMomentMakeOneMessageAndMessagesGoByTime() {
    OpcUaChanges changes = new OpcUaChanges();
    changes.add(
        List.of(change(1, "a", 1), change(3, "a", 2), change(1, "b", 3), change(2, "b", 4)));
    assertThat(changes.drain(sink)).isTrue();
    assertThat(handedOn).containsExactly("1 a1.0 b3.0", "2 b4.0", "3 a2.0");
  }

  @Test
  void twoValuesOfAMetricAtOneMomentStayTwoInTheirOrder() {
    OpcUaChanges changes = new OpcUaChanges();
    changes.add(List.of(change(1, "a", 1), change(1, "a", 2), change(1, "b", 3)));
    changes.drain(sink);
    assertThat(handedOn).containsExactly("1 a1.0 b3.0", "1 a2.0");
  }

  @Test
  void whatTheSinkHasNoRoomForWaits() {
    OpcUaChanges changes = new OpcUaChanges();
    changes.add(List.of(change(1, "a", 1)));
    full = true;
    assertThat(changes.drain(sink)).isFalse();
    full = false;
    assertThat(changes.drain(sink)).isTrue();
    assertThat(handedOn).containsExactly("1 a1.0");
  }
}
