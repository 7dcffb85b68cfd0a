package io.caravanhub.core.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.SchemaLoader;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import okio.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that Wire's own encoder made, read by a schema file. */
class ProtobufFormatTest {
  private static final String SCHEMA =
      """
      syntax = "proto3";
      package acme;
      import "google/protobuf/timestamp.proto";
      import "google/protobuf/wrappers.proto";
      enum State { UNKNOWN = 0; RUNNING = 1; }
      message Point { string name = 1; double value = 2; Point inner = 3; }
      message Reading {
        string serial = 1;
        int64 time_ms = 2;
        double temperature = 3;
        State state = 4;
        repeated Point points = 5;
        map<string, float> extra = 6;
        repeated int32 packed = 7;
        bytes raw = 8;
        optional double humidity = 9;
        uint32 u32 = 10;
        sint64 s64 = 11;
        fixed32 f32 = 12;
        float single = 13;
        oneof what { string a = 14; int32 b = 15; }
        bool on = 16;
        google.protobuf.Timestamp at = 17;
        google.protobuf.DoubleValue boxed = 18;
      }
      """;

  @TempDir Path folder;
  private PayloadFormat format;

  @BeforeEach
  void declare() throws IOException {
    Files.createDirectories(folder.resolve("acme"));
    Files.writeString(folder.resolve("acme/reading.proto"), SCHEMA);
    format = declared("format: protobuf\nschema: reading.proto\nmessage: acme.Reading\n");
  }

  private PayloadFormat declared(String yaml) throws IOException {
    Path file = folder.resolve("acme/x.payload.yaml");
    Files.writeString(file, yaml);
    return PayloadFile.load(file, folder).format();
  }

  @Test
  void readsEveryTypeAsJsonWouldHaveIt() {
    Map<String, Object> sent = new LinkedHashMap<>();
    sent.put("serial", "S-1");
    sent.put("time_ms", 1_767_225_600_000L);
    sent.put("temperature", -21.5);
    sent.put("state", "RUNNING");
    sent.put("points", List.of(Map.of("name", "p", "value", 1.5)));
    sent.put("packed", List.of(1, -2, 300));
    sent.put("raw", ByteString.encodeUtf8("hi"));
    sent.put("humidity", 0.0);
    sent.put("u32", -1);
    sent.put("s64", -3L);
    sent.put("f32", 7);
    sent.put("single", 21.3f);
    sent.put("b", 5);
    sent.put("on", true);

    Map<?, ?> read = (Map<?, ?>) format.read(encode(sent));

    assertThat(read.get("serial")).isEqualTo("S-1");
    assertThat(read.get("time_ms")).isEqualTo(1_767_225_600_000L);
    assertThat(read.get("temperature")).isEqualTo(-21.5);
    assertThat(read.get("state")).isEqualTo("RUNNING");
    assertThat(read.get("points")).isEqualTo(List.of(Map.of("name", "p", "value", 1.5)));
    assertThat(read.get("packed")).isEqualTo(List.of(1L, -2L, 300L));
    assertThat(read.get("raw")).isEqualTo("aGk=");
    assertThat(read.get("humidity")).isEqualTo(0.0);
    assertThat(read.get("u32")).isEqualTo(4_294_967_295L);
    assertThat(read.get("s64")).isEqualTo(-3L);
    assertThat(read.get("f32")).isEqualTo(7L);
    assertThat(read.get("single")).isEqualTo(21.3);
    assertThat(read.get("b")).isEqualTo(5L);
    assertThat(read.get("on")).isEqualTo(true);
  }

  @Test
  void givesProto3sAbsentScalarsTheirZeroAndLeavesOutWhatHasPresence() {
    Map<?, ?> read = (Map<?, ?>) format.read(encode(Map.of("serial", "S-1")));

    assertThat(read.get("temperature")).isEqualTo(0.0);
    assertThat(read.get("state")).isEqualTo("UNKNOWN");
    assertThat(read.get("on")).isEqualTo(false);
    for (String absent : List.of("humidity", "points", "a", "b", "at", "extra", "boxed")) {
      assertThat(read.containsKey(absent)).as(absent).isFalse();
    }
  }

  @Test
  void readsMapsTimestampsAndWrappers() {
    // extra {"k": 1.5}; at {1767225600 s}; boxed {2.5}
    byte[] bytes =
        HexFormat.of()
            .parseHex(
                "32080a016b15"
                    + "0000c03f"
                    + "8a01060880f2d6ca06"
                    + "920109"
                    + "090000000000000440");

    Map<?, ?> read = (Map<?, ?>) format.read(bytes);

    assertThat(read.get("extra")).isEqualTo(Map.of("k", 1.5));
    assertThat(read.get("at")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(read.get("boxed")).isEqualTo(2.5);
  }

  @Test
  void namesSchemaOffsetAndFieldOfWrongBytes() {
    byte[] whole = encode(Map.of("serial", "S-1", "temperature", 21.5));

    assertThatThrownBy(() -> format.read(Arrays.copyOf(whole, whole.length - 3)))
        .isInstanceOf(PayloadException.class)
        .hasMessage(
            "the payload is not acme.Reading of acme/reading.proto: at offset 6, field temperature: expected 8 bytes, the payload ends in them");
    assertThatThrownBy(
            () -> format.read("{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("at offset");
    assertThatThrownBy(() -> format.read(HexFormat.of().parseHex("0801")))
        .hasMessageContaining("at offset 0, field serial: expected STRING (wire type 2), got 0");
    assertThatThrownBy(() -> format.read(HexFormat.of().parseHex("f80101")))
        .hasMessageContaining("none of its fields is in the schema");
    assertThatThrownBy(() -> format.read(HexFormat.of().parseHex("0a02c328")))
        .hasMessageContaining("field serial: expected a text in UTF-8");
  }

  @Test
  void neverDoesMoreThanRefuseWhateverTheBytes() {
    Random random = new Random(7);
    byte[] whole = encode(Map.of("serial", "S-1", "points", List.of(Map.of("name", "p"))));
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Arrays.copyOf(whole, random.nextInt(40));
      for (int flips = random.nextInt(6); flips >= 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        format.read(bytes);
      } catch (PayloadException e) {
        assertThat(e.getMessage()).contains("acme/reading.proto");
      }
    }
  }

  @Test
  void refusesDeclarationsItCannotUse() {
    assertThatThrownBy(() -> declared("format: xml\n")).hasMessageContaining("expected protobuf");
    assertThatThrownBy(
            () -> declared("format: protobuf\nschema: no.proto\nmessage: acme.Reading\n"))
        .hasMessageContaining("no file no.proto");
    assertThatThrownBy(
            () -> declared("format: protobuf\nschema: ../../etc/x.proto\nmessage: a.B\n"))
        .hasMessageContaining("below the folder");
    assertThatThrownBy(
            () -> declared("format: protobuf\nschema: reading.proto\nmessage: acme.Other\n"))
        .hasMessageContaining("no message \"acme.Other\"");
    assertThatThrownBy(
            () -> {
              Files.writeString(folder.resolve("acme/bad.proto"), "message {");
              declared("format: protobuf\nschema: bad.proto\nmessage: acme.Reading\n");
            })
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("bad.proto");
  }

  private byte[] encode(Map<String, ?> value) {
    SchemaLoader loader = new SchemaLoader(FileSystems.getDefault());
    String base = folder.resolve("acme").toString();
    loader.initRoots(List.of(Location.get(base, "reading.proto")), List.of(Location.get(base)));
    return loader.loadSchema().protoAdapter("acme.Reading", false).encode(value);
  }
}
