package io.caravanhub.hub.observability;

/**
 * Gauges that are not counted where something happens, but looked up by the {@link FigureClock}.
 */
public interface Figures {
  /** Looks them up anew; after a failure the last ones stay. One thread calls it. */
  void look();
}
