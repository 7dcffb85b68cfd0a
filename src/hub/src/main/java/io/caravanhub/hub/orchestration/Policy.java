package io.caravanhub.hub.orchestration;

import java.util.List;
import java.util.Map;

/**
 * What to do about which events.
 *
 * @param id names it within its tenant
 * @param description for people
 * @param enabled one that is switched off hides the default of its id
 * @param when the events it is for
 * @param then the actions it calls for
 * @param written the policy as it was written, as plain maps and lists
 */
record Policy(
    String id,
    String description,
    boolean enabled,
    PolicyCondition when,
    List<PolicyAction> then,
    Map<String, Object> written) {

  Policy {
    then = List.copyOf(then);
  }
}
