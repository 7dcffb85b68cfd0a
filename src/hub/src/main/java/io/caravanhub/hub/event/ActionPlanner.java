package io.caravanhub.hub.event;

/** Decides, inside the transaction of a new event, what has to be done about it. */
public interface ActionPlanner {

  /**
   * Plans the actions of the event.
   *
   * @return how many new actions were planned; an action that is there already is linked instead
   */
  int plan(RecordedEvent event);

  /** Called after the commit of a transaction that planned actions. */
  void committed(String tenant);
}
