package io.caravanhub.hub.orchestration;

import io.caravanhub.hub.api.Page;
import org.springframework.stereotype.Component;

/** The policy calls of the API. Thread-safe. */
@Component("policyCalls")
public class PolicyCalls {
  private final Policies policies;

  public PolicyCalls(Policies policies) {
    this.policies = policies;
  }

  /** {@code GET /policies}: those in force. */
  public Page<Policy> list() {
    return new Page<>(policies.enabled(), null);
  }
}
