package io.caravanhub.edge.model;

/** A model that makes numbers of numbers. Used by one thread at a time. */
public interface EdgeModel extends AutoCloseable {
  /** How many numbers it takes, or -1 when it does not say. */
  int inputs();

  /**
   * Infers.
   *
   * @return its outputs, at least one
   * @throws IllegalStateException saying why it could not
   */
  float[] infer(float[] inputs);

  @Override
  void close();
}
