package io.caravanhub.hub.replay;

/** What can be replayed; the bean's name is the kind's. */
interface ReplayKind {
  /** Begins a replay, or goes on with one. The tenant is in force. */
  ReplayWork begin(ReplayJob job);
}
