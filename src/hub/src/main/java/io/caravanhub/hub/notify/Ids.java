package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.ProblemException;
import java.util.UUID;

/** Ids of the API. Stateless. */
final class Ids {
  private Ids() {}

  /** 404 for what is no id at all. */
  static UUID key(String what, String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw ProblemException.notFound(what, id);
    }
  }
}
