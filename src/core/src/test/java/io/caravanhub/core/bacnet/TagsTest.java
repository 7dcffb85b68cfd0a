package io.caravanhub.core.bacnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of clause 20.2 and Annex F, and what is none of them. */
class TagsTest {
  @Test
  void theExamplesOfTheStandardAreWrittenAndReadAsItSays() {
    both("00", new BacnetValue.Null());
    both("11", new BacnetValue.Bool(true));
    both("10", new BacnetValue.Bool(false));
    both("2148", new BacnetValue.Unsigned(72));
    both("3148", new BacnetValue.Signed(72));
    both("31b8", new BacnetValue.Signed(-72));
    both("320080", new BacnetValue.Signed(128));
    both("4442900000", new BacnetValue.Real(72));
    both("55084052000000000000", new BacnetValue.DoubleReal(72));
    both("631234ff", new BacnetValue.Octets("1234ff"));
    both(
        "75190054686973206973206120424143" + "6e657420737472696e6721",
        new BacnetValue.Text("This is a BACnet string!"));
    both("8203a8", new BacnetValue.Bits("10101"));
    both("9100", new BacnetValue.Enumerated(0));
    both("a45b011804", new BacnetValue.Date(91, 1, 24, 4));
    both("b411232d11", new BacnetValue.Time(17, 35, 45, 17));
    both("c400c0000f", new ObjectId(3, 15));
  }

  @ParameterizedTest
  @CsvSource({"7200e4, invalid", "7205e4, ä", "730400e4, ä", "7400c3a478, äx", "750503000000e4, ä"})
  void textIsReadInEachCharacterSet(String octets, String text) {
    String expected = text.equals("invalid") ? "�" : text;
    assertThat(read(octets)).isEqualTo(new BacnetValue.Text(expected));
  }

  @Test
  void theReadPropertyExampleOfAnnexFIsTheSame() throws BacnetException {
    PropertyReference asked = PropertyReference.of(new ObjectId(0, 5), 85);
    assertThat(hex(PropertyAccess.read(asked))).isEqualTo("0c000000051955");
    Apdu ack = Apdu.decode(octets("30010c0c0000000519553e444290999a3f"));
    assertThat(ack).isInstanceOf(Apdu.ComplexAck.class);
    assertThat(PropertyAccess.readAnswer(asked, ((Apdu.ComplexAck) ack).content()))
        .containsExactly(new BacnetValue.Real(72.3f));
  }

  @Test
  void anAnswerAboutAnotherObjectIsRefused() {
    PropertyReference asked = PropertyReference.of(new ObjectId(0, 6), 85);
    assertThatThrownBy(
            () -> PropertyAccess.readAnswer(asked, octets("0c0000000519553e444290999a3f")))
        .hasMessage(
            "asked for analog-input:6 present-value, the device sent analog-input:5 present-value");
  }

  @Test
  void longTextAndHighTagNumbersTakeTheExtendedForms() {
    for (int length : new int[] {4, 252, 253, 254, 70000 % 65000}) {
      BacnetValue text = new BacnetValue.Text("x".repeat(length));
      assertThat(new TagReader(new TagWriter().application(text).octets()).value()).isEqualTo(text);
    }
    byte[] high = new TagWriter().open(20).unsigned(30, 1).close(20).octets();
    assertThat(hex(high)).isEqualTo("fe14f91e01ff14");
    TagReader in = new TagReader(high);
    in.open(20);
    assertThat(in.unsigned(30)).isEqualTo(1);
    in.close(20);
  }

  @Test
  void noiseIsRefusedAndNothingElseHappens() {
    Random random = new Random(7);
    List<Consumer<byte[]>> readers =
        List.of(
            Bvlc::decode,
            Npdu::decode,
            Apdu::decode,
            octets -> {
              TagReader in = new TagReader(octets);
              while (!in.atEnd()) {
                in.value();
              }
            },
            CovNotification::decode,
            EventNotification::decode,
            EventSummary::decode,
            PropertyAccess::readMultipleAnswer,
            PropertyAccess::error);
    byte[][] seeds = {
      octets("810a001701040005010c0c000000051955"),
      octets("30010c0c0000000519553e444290999a3f"),
      octets("0c000000001e2955" + "4e4442900000" + "4f1f"),
      octets("09121c020000042c0000000a39004e09552e44428200002f096f2e8204002f4f")
    };
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = seeds[i % seeds.length].clone();
      if (i % 3 == 0) {
        octets = new byte[random.nextInt(40)];
        random.nextBytes(octets);
      } else {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt();
      }
      for (Consumer<byte[]> reader : readers) {
        try {
          reader.accept(octets);
          read++;
        } catch (BacnetFormatException refused) {
          continue;
        }
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void theCovNotificationExampleOfAnnexFIsRead() {
    CovNotification notification =
        CovNotification.decode(
            octets("09121c020000042c0000000a39004e09552e44428200002f096f2e8204002f4f"));
    assertThat(notification.process()).isEqualTo(18);
    assertThat(notification.device()).isEqualTo(4);
    assertThat(notification.object()).isEqualTo(new ObjectId(0, 10));
    assertThat(notification.of(BacnetProperty.PRESENT_VALUE).values())
        .containsExactly(new BacnetValue.Real(65));
    assertThat(notification.of(BacnetProperty.STATUS_FLAGS).values())
        .containsExactly(new BacnetValue.Bits("0000"));
  }

  /** ConfirmedEventNotification, an out-of-range alarm. */
  @Test
  void theEventNotificationExampleOfAnnexFIsRead() {
    EventNotification event =
        EventNotification.decode(
            octets(
                "09011c020000042c000000023e19103f49045964690589009901a900b903"
                    + "ce5e0c42a033331a04802c3f8000003c42a000005fcf"));
    assertThat(event)
        .isEqualTo(
            new EventNotification(
                1,
                4,
                new ObjectId(0, 2),
                new EventTime(16L, null, null),
                4,
                100,
                5,
                null,
                0,
                true,
                0,
                3));
    assertThat(BacnetNames.eventType(event.eventType())).isEqualTo("out-of-range");
    assertThat(event.time()).hasToString("#16");
  }

  @Test
  void timesOfEventsAreComparedAsLongAsTheyAreNear() {
    EventTime first = new EventTime(65_535L, null, null);
    EventTime next = new EventTime(0L, null, null);
    assertThat(first.isJustBefore(next)).isTrue();
    assertThat(next.isJustBefore(first)).isFalse();
    BacnetValue.Date day = new BacnetValue.Date(126, 11, 22, 255);
    EventTime at = new EventTime(null, day, new BacnetValue.Time(3, 4, 5, 0));
    EventTime after = new EventTime(null, day, new BacnetValue.Time(3, 4, 59, 0));
    EventTime later = new EventTime(null, day, new BacnetValue.Time(4, 4, 5, 0));
    assertThat(at.isJustBefore(after)).isTrue();
    assertThat(at.isJustBefore(later)).isFalse();
    assertThat(at.isJustBefore(at)).isFalse();
    assertThat(at).hasToString("2026-11-22 03:04:05.00");
    assertThat(at.isJustBefore(next)).isFalse();
  }

  @Test
  void routedAddressesAreInTheNetworkLayer() {
    Npdu asked = new Npdu(false, true, 2001, "0b", 0, "", octets("1008"));
    assertThat(hex(asked.encode())).isEqualTo("012407d1010bff1008");
    Npdu answer = Npdu.decode(octets("010807d1010b1000"));
    assertThat(answer.sourceNetwork()).isEqualTo(2001);
    assertThat(answer.sourceMac()).isEqualTo("0b");
    assertThat(hex(answer.content())).isEqualTo("1000");
  }

  @Test
  void objectIdentifiersAreNamed() {
    assertThat(ObjectId.parse("analog-input:3")).isEqualTo(new ObjectId(0, 3));
    assertThat(ObjectId.parse("type-300:1")).hasToString("type-300:1");
    assertThatThrownBy(() -> ObjectId.parse("analog:3"))
        .hasMessage("there is no object type \"analog\"");
    assertThatThrownBy(() -> ObjectId.parse("analog-input"))
        .hasMessage("expected type:instance such as analog-input:3, got analog-input");
  }

  private static void both(String hex, BacnetValue value) {
    assertThat(hex(new TagWriter().application(value).octets())).isEqualTo(hex);
    assertThat(read(hex)).isEqualTo(value);
  }

  private static BacnetValue read(String hex) {
    return new TagReader(octets(hex)).value();
  }

  private static byte[] octets(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static String hex(byte[] octets) {
    return HexFormat.of().formatHex(octets);
  }
}
