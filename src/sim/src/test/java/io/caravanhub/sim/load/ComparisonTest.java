package io.caravanhub.sim.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static final long START = 1_800_000_000_000L;
  private static final long END = START + 5_000;
  private static final int METRICS = 3;
  private static final int MESSAGES = 8;

  private final List<LoadDevice> devices =
      IntStream.rangeClosed(1, 20).mapToObj(i -> new LoadDevice("T-" + i, "", START)).toList();
  private final LoadDevice device = devices.get(4);
  @TempDir private Path home;
  private HubStandIn hub;

  @BeforeEach
  void everyMessageIsAcknowledgedAndStored() throws IOException {
    hub = new HubStandIn(home);
    for (LoadDevice each : devices) {
      for (int i = 0; i < MESSAGES; i++) {
        int message = each.measure(i % 4 == 3, START + 10L * i);
        each.ledger().acknowledge(message);
        hub.store(each, message, METRICS);
      }
    }
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void whereEverythingIsThereItIsCountedAndNotRead() throws Exception {
    assertThat(compare()).isEqualTo(new Comparison.Outcome(160, 0, 0, 0, 0));
    assertThat(hub.calls).hasSize(40).allMatch(call -> call.endsWith("/aggregate"));
  }

  @Test
  void aLostMessageIsTold() throws Exception {
    hub.rows.removeIf(row -> is(row, 2));

    assertThat(compare()).isEqualTo(new Comparison.Outcome(159, 1, 0, 0, 0));
  }

  @Test
  void aMessageOfWhichOneRowIsMissingIsLost() throws Exception {
    hub.rows.removeIf(row -> is(row, 6) && row.metric().equals("load_2"));

    assertThat(compare()).isEqualTo(new Comparison.Outcome(159, 1, 0, 0, 0));
  }

  @Test
  void aRowThatIsThereTwiceIsADuplicate() throws Exception {
    hub.rows.add(hub.rows.stream().filter(row -> is(row, 3)).findFirst().orElseThrow());

    assertThat(compare()).isEqualTo(new Comparison.Outcome(160, 0, 1, 0, 0));
  }

  @Test
  void aRowUnderATimeThatNoMessageHadIsADuplicate() throws Exception {
    hub.rows.add(row(START + 25));

    assertThat(compare()).isEqualTo(new Comparison.Outcome(160, 0, 1, 1, 0));
  }

  @Test
  void aMessageThatIsStoredAgainAsOfItsArrivalIsADuplicate() throws Exception {
    for (int i = 0; i < METRICS; i++) {
      hub.rows.add(row(END - 1));
    }

    assertThat(compare()).isEqualTo(new Comparison.Outcome(160, 0, 3, 3, 0));
  }

  @Test
  void aMessageThatIsStoredUnderAnotherTimeOnlyIsLostToo() throws Exception {
    hub.rows.removeIf(row -> is(row, 2));
    hub.rows.add(row(START + 25));

    assertThat(compare()).isEqualTo(new Comparison.Outcome(159, 1, 1, 1, 0));
  }

  @Test
  void rowsOfEarlierRunsDoNotCount() throws Exception {
    hub.rows.add(row(START - 1));
    hub.rows.add(row(START - 3_600_000));

    assertThat(compare()).isEqualTo(new Comparison.Outcome(160, 0, 0, 0, 0));
  }

  @Test
  void aLostRowIsNotMadeUpForByADoubledOne() throws Exception {
    HubStandIn.Row lost = hub.rows.stream().filter(row -> is(row, 1)).findFirst().orElseThrow();
    hub.rows.remove(lost);
    hub.rows.add(
        hub.rows.stream()
            .filter(row -> is(row, 5) && row.metric().equals(lost.metric()))
            .findFirst()
            .orElseThrow());

    assertThat(compare()).isEqualTo(new Comparison.Outcome(159, 1, 1, 0, 0));
  }

  @Test
  void aMessageUnderTheNumberOfAnotherIsLost() throws Exception {
    HubStandIn.Row right =
        hub.rows.stream()
            .filter(row -> is(row, 4) && row.metric().equals(Payloads.SEQUENCE))
            .findFirst()
            .orElseThrow();
    hub.rows.remove(right);
    hub.rows.add(new HubStandIn.Row(right.device(), right.metric(), right.ts(), 77));

    assertThat(compare()).isEqualTo(new Comparison.Outcome(159, 1, 0, 0, 0));
  }

  @Test
  void whatWasNeverAcknowledgedMayBeMissing() throws Exception {
    device.measure(false, START + 1_000);

    assertThat(compare()).isEqualTo(new Comparison.Outcome(160, 0, 0, 0, 0));
  }

  @Test
  void whatWasStoredAndNeverAcknowledgedIsCountedApart() throws Exception {
    hub.store(device, device.measure(false, START + 1_000), METRICS);

    assertThat(compare()).isEqualTo(new Comparison.Outcome(161, 0, 0, 0, 1));
  }

  @Test
  void aDeviceThatSentNothingIsNotAskedFor() throws Exception {
    Comparison.Outcome outcome =
        new Comparison(hub.client(), METRICS, END)
            .of(List.of(new LoadDevice("NEW", "", START)), done -> {});

    assertThat(outcome).isEqualTo(Comparison.Outcome.NONE);
    assertThat(hub.calls).isEmpty();
  }

  @Test
  void longAnswersAreReadPageByPage() throws Exception {
    hub.page = 5;
    hub.rows.removeIf(row -> is(row, 7));

    assertThat(compare()).isEqualTo(new Comparison.Outcome(159, 1, 0, 0, 0));
  }

  @Test
  void itSaysHowFarItIs() throws Exception {
    List<Integer> told = new ArrayList<>();

    new Comparison(hub.client(), METRICS, END).of(devices, told::add);

    assertThat(told).hasSize(20).isSorted().endsWith(20);
  }

  @Test
  void aHubThatIsBusyIsAskedAgain() throws Exception {
    hub.busy.set(1);

    assertThat(compare().lost()).isZero();
    assertThat(hub.calls).hasSize(41);
  }

  @Test
  void withoutATokenItSaysWhereItIsExpected() throws Exception {
    Files.delete(home.resolve("admin.token"));

    assertThatThrownBy(this::compare)
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("no admin token at " + home.resolve("admin.token"));
  }

  private Comparison.Outcome compare() throws Exception {
    return new Comparison(hub.client(), METRICS, END).of(devices, done -> {});
  }

  private HubStandIn.Row row(long ts) {
    return new HubStandIn.Row(device.serial(), Payloads.SEQUENCE, ts, 3);
  }

  private boolean is(HubStandIn.Row row, int message) {
    return row.device().equals(device.serial()) && row.ts() == device.ledger().timestamp(message);
  }
}
