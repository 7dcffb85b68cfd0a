package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes that kept payloads of all mappings take together. */
class PayloadRoomTest {
  private static final int KILO = 1 << 10;

  private final PayloadRoom room = new PayloadRoom(100 * KILO);

  @Test
  void howeverManyMappingsThereAreTheirPayloadsStayWithinTheRoom() {
    List<PayloadRing> rings = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      PayloadRing ring = room.ring(50 * KILO);
      rings.add(ring);
      for (int n = 0; n < 20; n++) {
        ring.add(n, null, new byte[KILO]);
      }
      assertThat(room.used()).isLessThanOrEqualTo(100 * KILO);
    }
    assertThat(rings.stream().mapToInt(ring -> ring.newest().size()).sum())
        .isEqualTo((int) (room.used() / KILO))
        .isGreaterThan(40);
  }

  @Test
  void ringsThatHoldMoreThanTheirShareMakeRoomForOthers() {
    PayloadRing large = room.ring(100 * KILO);
    for (int n = 0; n < 100; n++) {
      large.add(n, null, new byte[KILO]);
    }
    PayloadRing small = room.ring(100 * KILO);
    small.add(1, null, new byte[KILO]);
    small.add(2, null, new byte[KILO]);

    assertThat(small.newest()).extracting(PayloadRing.Sample::at).contains(2L);
    assertThat(large.newest()).hasSizeBetween(25, 50);
    assertThat(large.newest().get(0).at()).isEqualTo(99);
  }

  @Test
  void aFullRoomStillTakesARingsNewestInPlaceOfItsOldest() {
    PayloadRing only = room.ring(200 * KILO);
    for (int n = 0; n < 90; n++) {
      only.add(n, null, new byte[2 * KILO]);
    }

    assertThat(only.newest().get(0).at()).isEqualTo(89);
    assertThat(room.used()).isLessThanOrEqualTo(100 * KILO);
  }

  @Test
  void aRingThatIsClosedGivesItsRoomBackAndTakesNoMore() {
    PayloadRing ring = room.ring(50 * KILO);
    ring.add(1, null, new byte[KILO]);
    room.close(ring);
    ring.add(2, null, new byte[KILO]);

    assertThat(room.used()).isZero();
    assertThat(ring.newest()).isEmpty();
  }
}
