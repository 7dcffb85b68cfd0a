package io.caravanhub.edge.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes small ONNX models: protobuf by hand, with the field numbers of onnx.proto (IR version 8,
 * operator set 13).
 */
final class OnnxBytes {
  private static final int FLOAT = 1;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** {@code score = sigmoid(x * weights + bias)} or without the sigmoid; x is {@code [1, n]}. */
  static byte[] linear(float[] weights, float bias, boolean sigmoid) {
    OnnxBytes graph = new OnnxBytes();
    graph.message(1, node("Gemm", sigmoid ? "z" : "score", "x", "w", "b"));
    if (sigmoid) {
      graph.message(1, node("Sigmoid", "score", "z"));
    }
    graph.text(2, "linear");
    graph.message(5, tensor("w", new long[] {weights.length, 1}, weights));
    graph.message(5, tensor("b", new long[] {1}, bias));
    graph.message(11, value("x", 1, weights.length));
    graph.message(12, value("score", 1, 1));
    return model(graph);
  }

  /** {@code score = a + b}, two inputs of one float each. */
  static byte[] sumOfTwo() {
    OnnxBytes graph = new OnnxBytes();
    graph.message(1, node("Add", "score", "a", "b"));
    graph.text(2, "sum");
    graph.message(11, value("a", 1, 1));
    graph.message(11, value("b", 1, 1));
    graph.message(12, value("score", 1, 1));
    return model(graph);
  }

  private static byte[] model(OnnxBytes graph) {
    OnnxBytes operators = new OnnxBytes();
    operators.text(1, "").number(2, 13);
    OnnxBytes model = new OnnxBytes();
    model.number(1, 8).message(7, graph).message(8, operators);
    return model.bytes.toByteArray();
  }

  private static OnnxBytes node(String operator, String output, String... inputs) {
    OnnxBytes node = new OnnxBytes();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operator);
  }

  private static OnnxBytes tensor(String name, long[] shape, float... values) {
    OnnxBytes tensor = new OnnxBytes();
    for (long axis : shape) {
      tensor.number(1, axis);
    }
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return tensor.number(2, FLOAT).text(8, name).block(9, raw.array());
  }

  private static OnnxBytes value(String name, long... shape) {
    OnnxBytes axes = new OnnxBytes();
    for (long axis : shape) {
      axes.message(1, new OnnxBytes().number(1, axis));
    }
    OnnxBytes tensor = new OnnxBytes().number(1, FLOAT).message(2, axes);
    return new OnnxBytes().text(1, name).message(2, new OnnxBytes().message(1, tensor));
  }

  private OnnxBytes number(int field, long value) {
    varint(field << 3);
    varint(value);
    return this;
  }

  private OnnxBytes text(int field, String text) {
    return block(field, text.getBytes(StandardCharsets.UTF_8));
  }

  private OnnxBytes message(int field, OnnxBytes message) {
    return block(field, message.bytes.toByteArray());
  }

  private OnnxBytes block(int field, byte[] block) {
    varint(field << 3 | 2);
    varint(block.length);
    bytes.writeBytes(block);
    return this;
  }

  private void varint(long value) {
    long rest = value;
    while (rest > 127) {
      bytes.write((int) (rest & 127 | 128));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
