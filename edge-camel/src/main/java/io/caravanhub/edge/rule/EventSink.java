package io.caravanhub.edge.rule;

/** Takes what rules notice on its way to the hub. */
@FunctionalInterface
public interface EventSink {
  /**
   * Hands over one event; it is safe when this returns.
   *
   * @param device the serial
   * @param body JSON
   * @throws Exception when it cannot be taken now; it is handed over again later
   */
  void send(String device, byte[] body) throws Exception;
}
