package io.caravanhub.hub.notify;

/** Speaks the protocol of one kind of channel. Thread-safe. */
interface Sender {
  ChannelKind kind();

  /** Whether the same message twice is one message there. */
  default boolean isIdempotent() {
    return false;
  }

  /** One attempt; whatever goes wrong is an outcome. */
  Outcome send(Parcel parcel);
}
