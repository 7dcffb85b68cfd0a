package io.caravanhub.testkit.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.testkit.cloud.HookListener;
import io.caravanhub.testkit.connector.ConnectorFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Bodies that a cloud pushed, written as samples. Stateless. */
public final class HookRecording {
  private HookRecording() {}

  /**
   * Waits for bodies and writes them.
   *
   * @param secret what the cloud signs with, which no file may hold; empty for none
   */
  public static SampleFiles.Written record(
      ConnectorFolder connector, HookListener hooks, int count, String secret, boolean replace)
      throws Exception {
    SampleFiles files = new SampleFiles(connector, replace);
    Map<String, String> secrets =
        secret.isEmpty() ? Map.of() : Map.of(secret, "secret-of-the-test");
    Masking masking = new Masking(Mechanism.words(connector), secrets);
    List<JsonNode> bodies = new ArrayList<>();
    while (bodies.size() < count) {
      try {
        bodies.add(new ObjectMapper().readTree(hooks.next().body()));
      } catch (IOException e) {
        throw new IOException("a body that is no JSON came: " + e.getMessage(), e);
      }
    }
    bodies.forEach(masking::learn);
    return files.write(bodies.stream().map(masking::masked).toList(), masking, secrets);
  }
}
