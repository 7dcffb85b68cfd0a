package io.caravanhub.testkit.scaffold;

import java.util.ArrayList;
import java.util.List;

/** A connector as far as samples and descriptions tell. Belongs to one thread. */
final class ConnectorDraft {
  final List<RequestDraft> requests = new ArrayList<>();

  /** What a person has to find out, a line each. */
  final List<String> byHand = new ArrayList<>();

  final boolean polls;
  String base = "";
  AuthDraft auth = AuthDraft.UNKNOWN;

  ConnectorDraft(boolean polls) {
    this.polls = polls;
  }
}
