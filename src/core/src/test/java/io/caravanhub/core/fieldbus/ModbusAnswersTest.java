package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no answer to the question is refused, with a reason, and the next connection is new. */
class ModbusAnswersTest {
  private static final String MAP =
      """
      protocol: modbus-tcp
      points:
        - {metric: a, address: 7, type: int16}
      """;

  @TempDir Path maps;
  private ScriptedDevice device;
  private FieldbusFixture fieldbus;

  @BeforeEach
  void start() throws Exception {
    device = new ScriptedDevice(ScriptedDevice::right);
    fieldbus = new FieldbusFixture(maps, "modbus-tcp");
    fieldbus.map("m.modbus.yaml", MAP);
  }

  @AfterEach
  void stop() throws IOException {
    fieldbus.close();
    device.close();
  }

  private void connect(Map<String, String> options) {
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            "D",
            "modbus-tcp",
            device.address(),
            1,
            "m.modbus.yaml",
            Duration.ofMillis(50),
            options));
  }

  private void refuses(ScriptedDevice.Answer answer, String reason) {
    connect(Map.of());
    fieldbus.awaitValue("D", "a", 7);
    int accepted = device.accepted.get();
    device.answer = answer;
    await()
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(fieldbus.status("D").error()).isEqualTo(reason);
              assertThat(fieldbus.last("D", "a").path("reason").asText()).isEqualTo(reason);
            });
    device.answer = ScriptedDevice::right;
    fieldbus.awaitValue("D", "a", 7);
    assertThat(device.accepted.get()).isGreaterThan(accepted);
    assertThat(fieldbus.status("D").lastError()).isNotNull();
  }

  private static ScriptedDevice.Answer changed(int index, int value) {
    return request -> {
      byte[] answer = ScriptedDevice.right(request);
      answer[index] = (byte) value;
      return answer;
    };
  }

  @Test
  void refusesAnotherUnit() {
    refuses(changed(6, 9), "unit 9 answered, unit 1 was asked");
  }

  @Test
  void refusesAnotherFunction() {
    refuses(changed(7, 4), "the device answered function 4, function 3 was asked");
  }

  @Test
  void refusesAnotherRequestsAnswer() {
    connect(Map.of());
    device.answer = changed(1, 77);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(fieldbus.last("D", "a").path("reason").asText())
                    .startsWith("the device answered request "));
  }

  @Test
  void refusesMoreRegistersThanAskedFor() {
    refuses(
        request -> {
          byte[] wide = request.clone();
          wide[11] = 2;
          return ScriptedDevice.right(wide);
        },
        "the device gave 4 bytes, 2 were asked for");
  }

  @Test
  void refusesGarbage() {
    refuses(request -> "HTTP/1.1 400 Bad".getBytes(), "what the device sent is no Modbus TCP");
  }

  @Test
  void saysWhenTheDeviceHangsUp() {
    refuses(request -> new byte[0], "the connection was closed by the device");
  }

  @Test
  void saysWhenTheDeviceIsSilent() {
    refuses(request -> null, "no answer within 300 ms to unit 1, read holding 7, quantity 1");
  }

  @Test
  void aBlockThatAloneHasNoAnswerIsBadAndOthersGoOn() throws Exception {
    fieldbus.map(
        "m.modbus.yaml",
        """
        protocol: modbus-tcp
        points:
          - {metric: b, address: 3, type: int16}
          - {metric: a, address: 7, type: int16}
        """);
    device.answer =
        request -> ModbusFraming.word(request, 8) == 3 ? null : ScriptedDevice.right(request);
    connect(Map.of());
    fieldbus.awaitReason("D", "b", SilentBlocks.REASON);
    fieldbus.awaitValue("D", "a", 7);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.status("D").state() == FieldbusStatus.State.UP);
    long reads = fieldbus.status("D").reads();
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("D").reads() > reads + 5);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.status("D").state() == FieldbusStatus.State.UP);
  }

  @Test
  void aGatewayThatDoesNotReachTheDeviceIsAFailedPoll() {
    connect(Map.of());
    fieldbus.awaitValue("D", "a", 7);
    device.answer =
        request -> new byte[] {request[0], request[1], 0, 0, 0, 3, request[6], (byte) 0x83, 11};
    fieldbus.awaitReason(
        "D", "a", "the device refused: gateway target device failed to respond (11)");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.status("D").state() == FieldbusStatus.State.DOWN);
    assertThat(fieldbus.status("D").errors()).isPositive();
  }

  @Test
  void readsNothingOfAnotherDevice() {
    connect(Map.of("identity", "{address: 40, type: uint16, equals: 41}"));
    fieldbus.awaitReason(
        "D", "a", "identity: register 40 is 40.0, expected 41: another device answers");
    assertThat(fieldbus.last("D", "a").path("value").isNull()).isTrue();
    fieldbus.connections.clear();
    connect(Map.of("identity", "{address: 40, type: uint16, equals: 40}"));
    fieldbus.awaitValue("D", "a", 7);
  }

  @Test
  void namesTheHostThatIsNotThere() {
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            "X",
            "modbus-tcp",
            "no-such-host.invalid",
            1,
            "m.modbus.yaml",
            Duration.ofMillis(50)));
    connect(Map.of());
    fieldbus.awaitReason("X", "a", "address: there is no host no-such-host.invalid");
    fieldbus.awaitValue("D", "a", 7);
  }
}
