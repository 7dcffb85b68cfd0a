package io.caravanhub.edge.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.caravanhub.edge.model.EdgeModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model with one input, a row of floats {@code [1, n]} or {@code [n]}, or with n inputs of one
 * float each, in the model's order; its first output of floats or doubles is what it says.
 */
final class OnnxModel implements EdgeModel {
  private final OrtSession session;
  private final List<String> names = new ArrayList<>();
  private final List<long[]> shapes = new ArrayList<>();
  private final int inputs;

  OnnxModel(OrtSession session) throws OrtException {
    this.session = session;
    for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
      names.add(input.getKey());
      if (!(input.getValue().getInfo() instanceof TensorInfo tensor)
          || tensor.type != OnnxJavaType.FLOAT) {
        throw new IllegalArgumentException(
            "its input " + input.getKey() + " is not of floats, but " + input.getValue());
      }
      shapes.add(tensor.getShape());
    }
    boolean several = names.size() > 1;
    for (long[] shape : shapes) {
      if (several && numbers(shape) > 1) {
        throw new IllegalArgumentException("several inputs of several numbers are not supported");
      }
    }
    inputs = several ? names.size() : numbers(shapes.get(0));
  }

  /** How many numbers a shape holds: -1 when its last axis is open; any other open axis is 1. */
  private static int numbers(long[] shape) {
    if (shape.length > 0 && shape[shape.length - 1] < 0) {
      return -1;
    }
    long numbers = 1;
    for (long axis : shape) {
      numbers *= Math.max(axis, 1);
    }
    return (int) numbers;
  }

  private static long[] closed(long[] shape, int numbers) {
    long[] closed = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      closed[i] = shape[i] >= 0 ? shape[i] : i == shape.length - 1 ? numbers : 1;
    }
    return closed;
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public float[] infer(float[] numbers) {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    try {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      int each = names.size() == 1 ? numbers.length : 1;
      for (int i = 0; i < names.size(); i++) {
        FloatBuffer some = FloatBuffer.wrap(numbers, i * each, each);
        tensors.put(
            names.get(i),
            OnnxTensor.createTensor(environment, some.slice(), closed(shapes.get(i), each)));
      }
      try (OrtSession.Result result = session.run(tensors)) {
        return said(result);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } finally {
      tensors.values().forEach(OnnxTensor::close);
    }
  }

  private static float[] said(OrtSession.Result result) {
    for (Map.Entry<String, OnnxValue> output : result) {
      if (output.getValue() instanceof OnnxTensor tensor) {
        if (tensor.getInfo().type == OnnxJavaType.FLOAT) {
          FloatBuffer numbers = tensor.getFloatBuffer();
          float[] said = new float[numbers.remaining()];
          numbers.get(said);
          return required(said);
        }
        if (tensor.getInfo().type == OnnxJavaType.DOUBLE) {
          double[] wide = new double[tensor.getDoubleBuffer().remaining()];
          tensor.getDoubleBuffer().get(wide);
          float[] said = new float[wide.length];
          for (int i = 0; i < wide.length; i++) {
            said[i] = (float) wide[i];
          }
          return required(said);
        }
      }
    }
    throw new IllegalStateException("it has no output of floats");
  }

  private static float[] required(float[] said) {
    if (said.length == 0) {
      throw new IllegalStateException("its output is empty");
    }
    return said;
  }

  @Override
  public void close() {
    OnnxFormat.close(session);
  }
}
