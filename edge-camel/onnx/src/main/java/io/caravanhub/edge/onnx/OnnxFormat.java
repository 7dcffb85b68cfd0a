package io.caravanhub.edge.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.caravanhub.edge.model.EdgeModel;
import io.caravanhub.edge.model.EdgeModelFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads {@code .onnx} files. The native library is loaded with the first one. */
public final class OnnxFormat implements EdgeModelFormat {
  @Override
  public String extension() {
    return ".onnx";
  }

  @Override
  public EdgeModel open(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    OrtSession session;
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // A gateway's models are small: what threads cost is more than they bring.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      session = OrtEnvironment.getEnvironment().createSession(bytes, options);
    } catch (OrtException e) {
      throw new IOException("not a model that can be run: " + e.getMessage(), e);
    } catch (UnsatisfiedLinkError e) {
      throw new IOException("the ONNX runtime does not run here: " + e.getMessage(), e);
    }
    try {
      return new OnnxModel(session);
    } catch (OrtException | IllegalArgumentException e) {
      close(session);
      throw new IOException(e.getMessage(), e);
    }
  }

  static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
