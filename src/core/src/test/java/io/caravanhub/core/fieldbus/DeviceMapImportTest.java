package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.caravanhub.core.fieldbus.DeviceMapImport.Conflict;
import io.caravanhub.core.fieldbus.DeviceMapImport.Outcome;
import io.caravanhub.core.fieldbus.DeviceMapImport.Report;
import io.caravanhub.core.fieldbus.DeviceMapImport.Row;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceMapImportTest {
  private static final String MAP =
      """
      # Acme meter
      # by hand
      protocol: modbus-tcp
      wordOrder: little
      points:
        - {metric: power, address: 10, type: int32, unit: W, deadband: 5}
        - {metric: mode, address: 20, type: uint16, values: {0: "off", 1: auto}}
      """;
  private static final String CSV =
      """
      Name,Address,Type,Unit,Values,Comment
      voltage,0x1E,uint16,V,,line to line
      power,12,int32,kW,,
      mode,21,uint16,,0=off;1=auto;2=boost,
      broken,70000,int16,,,
      over,11,int16,,,
      """;

  private static Report run(Conflict conflict) {
    return DeviceMapImport.run(CSV, false, MAP, "modbus-tcp", conflict);
  }

  private static DevicePoint point(Report report, String metric) {
    return DeviceMapReader.read(report.map()).points().stream()
        .filter(known -> known.metric().equals(metric))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void skipsWhatTheMapHasAndTellsWhatIsWrongWithItsLine() {
    Report report = run(Conflict.SKIP);
    assertThat(report.rows())
        .containsExactly(
            new Row(2, "voltage", Outcome.ADDED, ""),
            new Row(3, "power", Outcome.SKIPPED, "the map has it already"),
            new Row(4, "mode", Outcome.SKIPPED, "the map has it already"),
            new Row(5, "broken", Outcome.WRONG, "address: expected 0 to 65535, got 70000"),
            new Row(
                6,
                "over",
                Outcome.WRONG,
                "address: register 11 as int16 overlaps register 10 as int32; overlay: true says"
                    + " that both are meant"));
    assertThat(report.ignored()).containsExactly("Comment");
    assertThat(report.map())
        .isEqualTo(MAP + "  - {metric: voltage, address: 30, type: uint16, unit: V}\n");
    assertThat(report.text())
        .contains("line 5     broken")
        .endsWith("1 added, 0 changed, 0 same, 2 skipped, 0 renamed, 2 wrong\n");
  }

  @Test
  void overwritesMergesOrRenames() {
    DevicePoint over = point(run(Conflict.OVERWRITE), "power");
    assertThat(over.unit()).isEqualTo("kW");
    assertThat(over.sampling().deadband()).isNull();
    DevicePoint merged = point(run(Conflict.MERGE), "power");
    assertThat(merged.place().shown()).isEqualTo("register 12");
    assertThat(merged.sampling().deadband()).isEqualTo(5.0);
    assertThat(point(run(Conflict.MERGE), "mode").states()).hasSize(3).containsEntry("0", "off");
    Report renamed = run(Conflict.RENAME);
    assertThat(renamed.rows()).contains(new Row(3, "power", Outcome.RENAMED, "to power_2"));
    assertThat(point(renamed, "power_2").unit()).isEqualTo("kW");
    assertThat(point(renamed, "power").unit()).isEqualTo("W");
  }

  @Test
  void importsNothingWhereAConflictForbidsIt() {
    Report report = run(Conflict.FAIL);
    assertThat(report.map()).isNull();
    assertThat(report.refusal()).isEqualTo("the map has some of the tags already");
  }

  @Test
  void importsTheSameAgainWithoutAChange() {
    String once = run(Conflict.MERGE).map();
    Report again = DeviceMapImport.run(CSV, false, once, "modbus-tcp", Conflict.MERGE);
    assertThat(again.map()).isNull();
    assertThat(again.count(Outcome.SAME)).isEqualTo(4);
  }

  @Test
  void readsJsonAndReferencesOfDataSheets() {
    Report json =
        DeviceMapImport.run(
            """
            [
              {"name": "a", "address": 1, "type": "int16"},
              {"metric": "b", "type": "int16"},
              7
            ]
            """,
            true,
            null,
            "modbus-rtu",
            Conflict.FAIL);
    assertThat(json.map())
        .isEqualTo("protocol: modbus-rtu\npoints:\n  - {metric: a, address: 1, type: int16}\n");
    assertThat(json.rows())
        .extracting(Row::line, Row::outcome)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(2, Outcome.ADDED),
            org.assertj.core.groups.Tuple.tuple(3, Outcome.WRONG),
            org.assertj.core.groups.Tuple.tuple(4, Outcome.WRONG));
    Report csv =
        DeviceMapImport.run(
            "metric;reference;type\nx;40011;int16\ny;30001;int16\nz;00005;bit\nw;50001;int16\n",
            false,
            null,
            "modbus-tcp",
            Conflict.SKIP);
    assertThat(List.of(point(csv, "x"), point(csv, "y"), point(csv, "z")))
        .extracting(known -> ModbusPlace.of(known).register().table() + known.place().shown())
        .containsExactly("HOLDINGregister 10", "INPUTregister 0", "COILcoil 4");
    assertThat(csv.count(Outcome.WRONG)).isEqualTo(1);
    assertThatThrownBy(
            () -> DeviceMapImport.run("a,b\n1,2\n", false, null, "modbus-tcp", Conflict.SKIP))
        .hasMessage("line 1: expected the names of columns, with metric among them, got [a, b]");
  }

  @Test
  void takesTheFieldsOfEveryProtocolAndTheMarkThatExcelPutsFirst() {
    Report bacnet =
        DeviceMapImport.run(
            "\uFEFFmetric,object,cov,covIncrement,priority,index\n"
                + "temp,analog-input:1,true,0.5,8,\n"
                + "level,analog-value:2,false,,,1\n",
            false,
            null,
            "bacnet",
            Conflict.FAIL);
    assertThat(bacnet.rows()).extracting(Row::outcome).containsOnly(Outcome.ADDED);
    assertThat(BacnetPlace.of(point(bacnet, "temp")).covIncrement()).isEqualTo(0.5f);
    Report opcua =
        DeviceMapImport.run(
            "metric;node;queue;deadbandPercent\nflow;\"ns=2;s=flow\";40;5\n",
            false,
            null,
            "opcua",
            Conflict.FAIL);
    assertThat(opcua.rows()).extracting(Row::outcome).containsOnly(Outcome.ADDED);
    assertThat(OpcUaPlace.of(point(opcua, "flow")).queue()).isEqualTo(40);
  }

  @Test
  void largeListsAreDoneInTimeAndLargerOnesRefused() {
    StringBuilder map = new StringBuilder("protocol: modbus-tcp\npoints:\n");
    StringBuilder list = new StringBuilder("metric,address,type,unit\n");
    for (int i = 0; i < DeviceMapImport.MOST; i++) {
      map.append("  - {metric: m").append(i).append(", address: ").append(i);
      map.append(", type: uint16}\n");
      list.append('m').append(i).append(',').append(i).append(",int16,kW\n");
    }
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          Report merged =
              DeviceMapImport.run(
                  list.toString(), false, map.toString(), "modbus-tcp", Conflict.MERGE);
          assertThat(merged.count(Outcome.CHANGED)).isEqualTo(DeviceMapImport.MOST);
          Report renamed =
              DeviceMapImport.run(
                  "metric,address,type\n" + "m0,9000,uint16\n".repeat(DeviceMapImport.MOST),
                  false,
                  map.toString(),
                  "modbus-tcp",
                  Conflict.RENAME);
          assertThat(renamed.count(Outcome.RENAMED)).isEqualTo(DeviceMapImport.MOST);
        });
    assertThatThrownBy(
            () ->
                DeviceMapImport.run(
                    list + "more,9000,int16,kW\n", false, null, "modbus-tcp", Conflict.SKIP))
        .hasMessage("the list has 5001 tags: divide it, at most 5000 are taken");
  }

  @Test
  void whatCannotBeUsedTakesNoPlaceFromOthersAndWhatMovesGivesItsOwnBack() {
    String map =
        "protocol: modbus-tcp\npoints:\n"
            + "  - {metric: a, address: 0, type: int16}\n"
            + "  - {metric: b, address: 0, type: int16}\n"
            + "  - {metric: c, address: 4, type: int16}\n";
    Report report =
        DeviceMapImport.run(
            "metric,address,type,interval\n"
                + "c,0,float32,\n"
                + "c,8,float32,\n"
                + "d,4,float32,soon\n"
                + "e,4,float32,PT1S\n"
                + "a,20,int16,\n"
                + "f,0,float32,\n"
                + "b,21,int16,\n"
                + "g,0,float32,\n",
            false,
            map,
            "modbus-tcp",
            Conflict.OVERWRITE);
    assertThat(report.rows())
        .extracting(Row::outcome)
        .containsExactly(
            Outcome.WRONG,
            Outcome.CHANGED,
            Outcome.WRONG,
            Outcome.ADDED,
            Outcome.CHANGED,
            Outcome.WRONG,
            Outcome.CHANGED,
            Outcome.ADDED);
  }
}
