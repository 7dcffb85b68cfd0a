package io.caravanhub.core.suggest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggesterTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Object read(String json) {
    try {
      return JSON.readValue(json.replace('\'', '"'), Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Suggestion suggest(String... payloads) {
    List<Object> all = new ArrayList<>();
    for (String payload : payloads) {
      all.add(read(payload));
    }
    return Suggester.of(all);
  }

  private static Object apply(Suggestion suggestion, String payload) {
    String jsonata = suggestion.jsonata() == null ? "" : suggestion.jsonata();
    return Mapping.compile(new MappingSource("draft", "1", jsonata, suggestion.fields()))
        .apply(read(payload), Map.of(), MappingBounds.DEFAULT);
  }

  private static String metric(String payload) {
    Proposal first = suggest(payload).proposals().get(0);
    return first.metric() + " " + first.unit();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'SAT_F': 55.1}                                    | supply_air_temp [degF]",
        "{'zone': {'temperature': 21.5}}                    | room_temp Cel",
        "{'batteryVoltage': 3.1}                            | battery_voltage V",
        "{'battery': 91, 'voltage': 3005}                   | battery_level %",
        "{'vdd': 3600}                                      | battery_voltage mV",
        "{'pressure': 1009.2}                               | barometric_pressure hPa",
        "{'suction_pressure_psig': 68}                      | suction_pressure [psi]",
        "{'hum': '48,5 %'}                                  | humidity %",
        "{'co2': {'value': 612, 'unit': 'ppm'}}             | co2 [ppm]",
        "{'temp': 70, 'temp_unit': 'F'}                     | temperature [degF]",
        "{'chwSupplyTemp': 6.5}                             | chilled_water_supply_temp Cel",
        "{'pm2_5': 12}                                      | pm25 ug/m3",
        "{'relay': true}                                    | relay_status null",
        "{'rssi': -71}                                      | signal_strength dB{mW}",
      })
  void knowsAMetricByItsNameUnitAndRange(String payload, String expected) {
    assertThat(metric(payload)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'txInfo': {'frequency': 868100000}}",
        "{'temperature_offset': 2}",
        "{'occupancy_timeout': 90}",
        "{'fw': 'v1.0', 'id': 17, 'name': 'temperature'}",
        "{'temperature': 'n/a'}",
        "{'temperature': 9999}",
        "{'blurb': 3}",
        "{}",
      })
  void proposesNothingForWhatIsNoReading(String payload) {
    Suggestion suggestion = suggest(payload);
    assertThat(suggestion.fields()).isNull();
    assertThat(suggestion.jsonata()).isNull();
    assertThat(suggestion.proposals()).allSatisfy(p -> assertThat(p.why()).isNotBlank());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'t': 1795168800.25, 'temp': 3}                     | t s",
        "{'ts': 1795168800250, 'temp': 3}                    | ts ms",
        "{'time': 1795168800250000, 'temp': 3}               | time us",
        "{'timestamp': '2026-11-20T10:00:00+01:00'}          | timestamp iso",
        "{'Time': '2026-11-20T10:00:00'}                     | Time local",
        "{'received_at': '2026-11-20T10:00:05Z', 'measuredAt': '2026-11-20T10:00:00Z'} | measuredAt iso",
      })
  void findsTheTimeOfMeasurement(String payload, String expected) {
    Suggestion.Timestamp time = suggest(payload).timestamp();
    assertThat(time).isNotNull();
    assertThat(time.path() + " " + time.format()).isEqualTo(expected);
  }

  @Test
  void aListOfNamesAndValuesIsATable() {
    String payload =
        "{'channels': [{'id': 'SA_T', 'v': 50, 'uom': '°F'}, {'id': 'FLT_DP', 'v': 98, 'uom': 'Pa'}]}";
    Suggestion suggestion = suggest(payload);
    assertThat(suggestion.fields())
        .contains("\"channels[id=SA_T].v\": {metric: supply_air_temp, unit: \"[degF]\"}")
        .contains("\"channels[id=FLT_DP].v\": {metric: filter_pressure_drop, unit: Pa}");
    assertThat(apply(suggestion, payload).toString()).contains("supply_air_temp");
  }

  @Test
  void aListOfReadingsWithTimesIsJsonata() {
    String payload =
        "{'history': [{'ts': 1795168800, 'temperature': 3}, {'ts': 1795168860, 'temperature': 4}]}";
    Suggestion suggestion = suggest(payload);
    assertThat(suggestion.fields()).isNull();
    assertThat(apply(suggestion, payload).toString())
        .contains("timestamp=2026-11-20T10:00:00Z", "timestamp=2026-11-20T10:01:00Z");
  }

  @Test
  void phasesAndChannelsHaveMetricsOfTheirOwn() {
    assertThat(suggest("{'voltage_l1': 230, 'voltage_l2': 231, 'a_power': 5}").fields())
        .contains("voltage_l1, unit: V", "voltage_l2, unit: V", "metric: power_l1, unit: W");
    assertThat(suggest("{'meters': [{'power': 5}, {'power': 6}]}").fields())
        .contains("\"meters[0].power\": {metric: power_1", "\"meters[1].power\": {metric: power_2");
  }

  @Test
  void ofTwoFieldsThatSayTheSameTheSurerIsTaken() {
    Suggestion suggestion = suggest("{'temperature': {'tC': 20.0, 'tF': 68.0}}");
    assertThat(suggestion.fields()).contains("temperature.tC").doesNotContain("temperature.tF");
  }

  @Test
  void aMarkerForNoReadingIsNoReading() {
    String payload = "{'temperature': 327.67}";
    Suggestion suggestion = suggest("{'temperature': 21.5}", payload);
    assertThat(suggestion.fields()).contains("unless: [327.67]");
  }

  @Test
  void statesInTextsAreTrueOrFalseAndTheOtherOneIsKnownToo() {
    assertThat(suggest("{'window': 'OPEN'}").fields())
        .contains("{metric: window_open, enum: {OPEN: true, CLOSED: false");
  }

  @Test
  void aSuperheatInFahrenheitIsADifference() {
    String payload = "{'SH_DF': 18}";
    assertThat(apply(suggest(payload), payload).toString()).contains("value=10.0, unit=K");
  }

  @Test
  void anUplinkOfLorawanIsTakenByItsOwnFunction() {
    String payload =
        "{'deviceInfo': {}, 'time': '2026-11-20T10:00:00Z', 'rxInfo': [{'rssi': -90, 'snr': 5}],"
            + " 'object': {'temperature': 4.5}}";
    Suggestion suggestion = suggest(payload);
    assertThat(suggestion.jsonata()).contains("$uplink()");
    assertThat(apply(suggestion, payload).toString())
        .contains("name=temperature, value=4.5", "name=signal_strength, value=-90");
    assertThat(suggestion.proposals())
        .extracting(Proposal::path)
        .contains("object.temperature", "$uplink().radio");
  }

  @Test
  void anArrayOfMessagesAsAWholeIsJsonata() {
    String payload = "[{'ts': 1795168800, 'temperature': 3}, {'ts': 1795168860, 'temperature': 4}]";
    assertThat(apply(suggest(payload), payload).toString()).contains("value=3", "value=4");
  }

  @Test
  void aSeriesOfHundredsOfThousandsIsTakenApartInSeconds() {
    List<Object> payload = new ArrayList<>();
    for (int i = 0; i < 400_000; i++) {
      payload.add(Map.of("t", 1_795_168_800 + i));
    }
    Flattener flattener = new Flattener();
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> flattener.add(payload));
    assertThat(flattener.fields())
        .singleElement()
        .satisfies(f -> assertThat(f.values()).hasSize(200));
  }

  @Test
  void namesTheDevice() {
    assertThat(suggest("{'id': 4, 'meta': {'deviceId': 'A-17'}, 'temperature': 3}").device())
        .isEqualTo("meta.deviceId");
  }
}
