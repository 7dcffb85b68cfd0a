package io.caravanhub.hub.mapping;

/** What goes along with the changes of mappings. */
public interface FollowsMappings {
  /**
   * Looks at what there is before a change; the tenant is that of the caller.
   *
   * @return what to do after the change, in the same transaction
   */
  Runnable before(String name);

  /** The change of a mapping is committed, and its caller not answered yet. */
  void committed(String tenant, String name);
}
