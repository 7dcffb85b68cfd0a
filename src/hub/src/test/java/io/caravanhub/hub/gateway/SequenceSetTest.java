package io.caravanhub.hub.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ranges of sequence numbers. */
class SequenceSetTest {
  @Test
  void readsWhatPostgresqlWrites() {
    SequenceSet set = SequenceSet.of("{[1,5),[9,10)}");

    assertThat(set.contains(4)).isTrue();
    assertThat(set.contains(5)).isFalse();
    assertThat(set.contains(9)).isTrue();
    assertThat(set).hasToString("{[1,5),[9,10)}");
    assertThat(SequenceSet.of("{}").isEmpty()).isTrue();
  }

  @Test
  void holdsWhatABitSetHoldsInWhateverOrderItComes() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      SequenceSet set = new SequenceSet();
      BitSet bits = new BitSet();
      SequenceSet other = new SequenceSet();
      for (int i = 0; i < 60; i++) {
        int number = random.nextInt(80);
        assertThat(set.add(number)).isEqualTo(!bits.get(number));
        bits.set(number);
        int second = random.nextInt(80);
        other.add(second);
      }
      SequenceSet both = SequenceSet.of(set.toString());
      both.addAll(other);
      for (int n = 0; n < 90; n++) {
        assertThat(set.contains(n)).isEqualTo(bits.get(n));
        assertThat(both.contains(n)).isEqualTo(bits.get(n) || other.contains(n));
      }
      assertThat(SequenceSet.of(both.toString())).hasToString(both.toString());
    }
  }
}
